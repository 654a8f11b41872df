// SPDX-License-Identifier: MIT
// The CA revokes a certificate that is in use.
#include <gmock/gmock.h>
#include <openssl/pem.h>

#include <csignal>

#include "e2e/world/moved_clock.h"
#include "lab/authority.h"
#include "lab/nginx.h"
#include "lab/process.h"
#include "lab/strict_ca/strict_ca.h"
#include "lab/tls_client.h"

namespace certmgr::e2e {
namespace {

using lab::wait_until;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kKeyCompromise = 1;

bool same_key(const std::string& one_pem, const std::string& other_pem) {
  const auto key_in = [](const std::string& pem) {
    const lab::BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const lab::X509Ptr leaf(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    return lab::PkeyPtr(leaf == nullptr ? nullptr : X509_get_pubkey(leaf.get()));
  };
  return EVP_PKEY_eq(key_in(one_pem).get(), key_in(other_pem).get()) == 1;
}

/// A CA that publishes a list of what it revoked, and nginx with a certificate of it.
class Revocation : public ::testing::Test {
 protected:
  Revocation() {
    lab::write_pair(lab::self_signed({"placeholder.example.com"}), files_ / "fullchain.pem",
                    files_ / "key.pem");
    nginx_.emplace(lab::NginxOptions{.fullchain = files_ / "fullchain.pem", .key = files_ / "key.pem"});
    run({"server", "add", "web", "--type", "nginx", "--key", (files_ / "key.pem").string(), "--fullchain",
         (files_ / "fullchain.pem").string(), "--set", "nginx_bin=" + nginx_->program().string(), "--set",
         "nginx_conf=" + nginx_->config_file().string(), "--verify",
         "https://127.0.0.1:" + std::to_string(nginx_->port())});
    run({"issue", "a.example.com", "--server", "web"});
    first_ = lab::read_file(files_ / "fullchain.pem");
    EXPECT_EQ(served(), lab::fingerprint_of_pem(first_));
  }

  std::string run(const std::vector<std::string>& arguments) const {
    const auto outcome = certmgr_.run(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    return outcome.output;
  }
  [[nodiscard]] std::string served() const { return lab::tls_fingerprint("127.0.0.1", nginx_->port()); }
  /// Lets the daemon see the new time now and not only within half a minute.
  void move_clock(lab::Process& daemon, const std::string& by) const {
    clock_.move(by);
    daemon.signal(SIGHUP);
  }
  [[nodiscard]] bool alarmed() const {
    return run({"status", "--json"}).find("\"revoked\"") != std::string::npos;
  }

  lab::StrictCa ca_;
  lab::Certmgr certmgr_{CERTMGR_TEST_PROGRAM, lab::config_for(ca_)};
  lab::TempDir files_;
  MovedClock clock_{certmgr_, files_ / "clock"};
  std::optional<lab::Nginx> nginx_;
  std::string first_;
};

TEST_F(Revocation, IsNoticedToldAndCured) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "libfaketime cannot be loaded before a sanitizer's library";
#endif
  ASSERT_TRUE(clock_.works()) << "libfaketime is not installed";
  auto daemon = certmgr_.start({"daemon"});
  ASSERT_TRUE(wait_until([&] { return daemon.errors().find("at work") != std::string::npos; }));
  ASSERT_EQ(ca_.list_fetches(), 0) << "the first look is an hour after the issuance";

  // The CA suggests to renew what it has revoked at once: here it is the list that must tell.
  ca_.change([](auto& behaviour) {
    behaviour.window = lab::strict::Window{"2098-01-01T00:00:00Z", "2099-01-01T00:00:00Z"};
  });
  ca_.revoke(first_, kKeyCompromise);
  move_clock(daemon, "+2h");
  ASSERT_TRUE(wait_until([&] { return served() != lab::fingerprint_of_pem(first_); })) << daemon.errors();
  EXPECT_GE(ca_.list_fetches(), 1);
  const auto second = lab::read_file(files_ / "fullchain.pem");
  ASSERT_TRUE(wait_until([&] { return served() == lab::fingerprint_of_pem(second); })) << daemon.errors();
  EXPECT_FALSE(same_key(first_, second)) << "the old key may be in other hands";
  EXPECT_EQ(lab::names_in(second), std::vector<std::string>{"a.example.com"});
  EXPECT_TRUE(alarmed());
  const auto history = run({"history", "a.example.com", "--json"});
  EXPECT_THAT(history, HasSubstr("certificate.revoked"));
  EXPECT_THAT(history, HasSubstr("keyCompromise"));

  move_clock(daemon, "+3h");
  EXPECT_TRUE(wait_until([&] { return !alarmed(); })) << "a newer version is there: " << daemon.errors();
  EXPECT_EQ(served(), lab::fingerprint_of_pem(second));
  EXPECT_THAT(ca_.violations(), IsEmpty());
}

TEST_F(Revocation, OfAnotherCertificateChangesNothing) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "libfaketime cannot be loaded before a sanitizer's library";
#endif
  ASSERT_TRUE(clock_.works()) << "libfaketime is not installed";
  run({"renew", "a.example.com", "--force"});
  const auto current = served();
  ASSERT_NE(current, lab::fingerprint_of_pem(first_));
  ca_.revoke(first_, kKeyCompromise);
  auto daemon = certmgr_.start({"daemon"});
  ASSERT_TRUE(wait_until([&] { return daemon.errors().find("at work") != std::string::npos; }));
  move_clock(daemon, "+2h");
  ASSERT_TRUE(wait_until([&] { return ca_.list_fetches() > 0; })) << daemon.errors();
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(std::chrono::seconds(20)), 0);
  EXPECT_FALSE(alarmed());
  EXPECT_EQ(served(), current);
  EXPECT_EQ(ca_.count(lab::strict::resources::kFinalize), 2);
}

}  // namespace
}  // namespace certmgr::e2e
