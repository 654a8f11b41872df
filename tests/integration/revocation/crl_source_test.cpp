// SPDX-License-Identifier: MIT
#include "adapters/revocation/crl_source.h"

#include <gmock/gmock.h>

#include <atomic>

#include "certmgr/domain/certificate.h"
#include "integration/revocation/list_maker.h"
#include "integration/revocation/list_server.h"

namespace certmgr::revocation {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::kNow;
using testing::ListAuthority;
using testing::ListServer;
using testing::WantedList;

class MovableClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return at.load(); }
  double jitter() override { return 0; }
  std::atomic<Instant> at{kNow};
};

class Lists : public ::testing::Test {
 protected:
  MovableClock clock_;
  ListServer server_;
  ListAuthority ca_{"Good CA"};
  CrlSource source_{clock_, FetchLimits{std::size_t{64} * 1024, 2s}};

  std::string code_for(const std::string& body) {
    server_.put("/a.crl", body);
    CrlSource fresh(clock_);
    const auto answer = fresh.ask(ca_.chain("1234", {server_.url("/a.crl")}));
    return answer ? (answer->revoked ? "revoked" : "good") : answer.error().code;
  }
};

TEST_F(Lists, TellWhatIsRevokedWhenAndWhy) {
  const std::string highest(40, 'f');  // 20 octets, the first bit set: 21 in DER
  server_.put("/a.crl", ca_.list({.revoked = {{"05", 1}, {"1234", 4}, {"99"}, {highest.substr(1), 0}}}));
  const auto ask = [&](const std::string& serial) {
    return value_or_throw(source_.ask(ca_.chain(serial, {server_.url("/a.crl")})));
  };
  EXPECT_TRUE(ask("1235").known);
  EXPECT_FALSE(ask("1235").revoked);
  EXPECT_EQ(ask("1235").next_update, kNow + 24h);
  EXPECT_TRUE(ask("1234").revoked);
  EXPECT_EQ(ask("1234").revoked_at, kNow - 2h);
  EXPECT_EQ(ask("1234").reason, "superseded");
  EXPECT_EQ(ask("5").reason, "keyCompromise");
  EXPECT_EQ(ask("99").reason, "");
  EXPECT_TRUE(ask("99").revoked);
  EXPECT_EQ(ask(highest.substr(1)).reason, "unspecified");
}

TEST_F(Lists, ThatAreNotNamedOverHttpLeaveItUnknown) {
  for (const std::vector<std::string>& urls :
       {std::vector<std::string>{}, {"ldap://127.0.0.1/cn=x"}, {"file:///etc/passwd"}, {"http://a b/"}}) {
    const auto answer = source_.ask(ca_.chain("1234", urls));
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_FALSE(answer->known);
    EXPECT_FALSE(answer->revoked);
  }
}

TEST_F(Lists, AreBelievedOnlyWhenEverythingFits) {
  const WantedList good{.revoked = {{"1234", 1}}};
  const std::string der = ca_.list(good);
  std::string flipped = der;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  std::string changed = der;
  const std::size_t serial = changed.find("\x12\x34");
  ASSERT_NE(serial, std::string::npos);
  changed[serial] = 0x13;
  const std::string here = "critical,fullname:URI:" + server_.url("/a.crl");
  const std::string elsewhere = "critical,fullname:URI:" + server_.url("/b.crl");
  const struct {
    const char* what;
    std::string body;
    const char* code;
  } cases[] = {
      {"as it should be", der, "revoked"},
      {"of another certificate", ca_.list({.revoked = {{"1235"}}}), "good"},
      {"an empty one", ca_.list({}), "good"},
      {"a part that is ours", ca_.list({.revoked = {{"1234"}}, .scope = here}), "revoked"},
      {"server certificates only", ca_.list({.scope = "critical,onlyuser:TRUE"}), "good"},
      {"nothing at all", "", "crl_malformed"},
      {"a web page", "<html>maintenance</html>", "crl_malformed"},
      {"random octets", std::string("\x30\x82\xff\xff\x30\x00\xff", 7), "crl_malformed"},
      {"half of it", der.substr(0, der.size() / 2), "crl_malformed"},
      {"something behind it", der + "x", "crl_malformed"},
      {"another name", ListAuthority("Other CA").list(good), "crl_untrusted"},
      {"the same name, another key", ListAuthority("Good CA").list(good), "crl_untrusted"},
      {"a changed signature", flipped, "crl_untrusted"},
      {"a changed serial", changed, "crl_untrusted"},
      {"an old one", ca_.list({.revoked = {{"1234"}}, .from = -48h, .until = -1s}), "crl_outdated"},
      {"one from the future", ca_.list({.from = 6min}), "crl_outdated"},
      {"a CA whose clock is fast", ca_.list({.from = 4min}), "good"},
      {"no end", ca_.list({.open_end = true}), "crl_malformed"},
      {"an end before its start", ca_.list({.from = -1h, .until = -2h}), "crl_malformed"},
      {"a part that is not ours", ca_.list({.scope = elsewhere}), "crl_unsupported"},
      {"CA certificates only", ca_.list({.scope = "critical,onlyCA:TRUE"}), "crl_unsupported"},
      {"an indirect one", ca_.list({.scope = "critical,indirectCRL:TRUE"}), "crl_unsupported"},
      {"some reasons only", ca_.list({.scope = "critical,onlysomereasons:keyCompromise"}), "crl_unsupported"},
      {"a delta", ca_.list({.delta = true}), "crl_unsupported"},
      {"an unknown critical extension", ca_.list({.odd = true}), "crl_unsupported"},
      {"the same in an entry", ca_.list({.revoked = {{"77"}}, .odd_entry = "77"}), "crl_malformed"},
  };
  for (const auto& one : cases) EXPECT_EQ(code_for(one.body), one.code) << one.what;
}

TEST_F(Lists, AreNotBelievedFromACaThatMayNotSignThem) {
  const ListAuthority modest("Modest CA", "keyCertSign");
  server_.put("/m.crl", modest.list({}));
  EXPECT_EQ(source_.ask(modest.chain("1", {server_.url("/m.crl")})).error().code, "crl_untrusted");
}

TEST_F(Lists, NeedTheIssuerInTheChain) {
  server_.put("/a.crl", ca_.list({}));
  EXPECT_EQ(source_.ask(ca_.chain("1", {server_.url("/a.crl")}, false)).error().code, "crl_no_issuer");
  const std::string foreign = ca_.chain("1", {server_.url("/a.crl")}, false) +
                              certmgr::split_chain(ListAuthority("Good CA").chain("2", {})).chain_pem;
  EXPECT_EQ(source_.ask(foreign).error().code, "crl_no_issuer") << "the right name, and not the signer";
  EXPECT_EQ(source_.ask("garbage").error().code, "chain_malformed");
  EXPECT_EQ(server_.fetched("/a.crl"), 0);
}

TEST_F(Lists, ThatCannotBeHadAreATroubleThatNamesTheAddress) {
  const auto redirect = [&](httplib::Response& response) { response.set_redirect(server_.url("/good.crl")); };
  const auto endless = [](httplib::Response& response) {
    response.set_chunked_content_provider("application/pkix-crl", [](std::size_t, httplib::DataSink& sink) {
      static const std::string piece(1 << 16, 'x');
      return sink.write(piece.data(), piece.size());
    });
  };
  const auto stuck = [](httplib::Response& response) {
    response.set_content_provider(1000, "application/pkix-crl",
                                  [sent = false](std::size_t, std::size_t, httplib::DataSink& sink) mutable {
                                    if (!sent) sink.write("x", 1);
                                    sent = true;
                                    return sink.is_writable();
                                  });
  };
  server_.put("/good.crl", ca_.list({}));
  server_.put("/big.crl", std::string(std::size_t{65} * 1024, 'x'));
  server_.answer("/moved.crl", redirect);
  server_.answer("/endless.crl", endless);
  server_.answer("/stuck.crl", stuck);
  const struct {
    const char* path;
    const char* code;
    const char* why;
  } cases[] = {
      {"/none.crl", "crl_unreachable", "404"},        {"/moved.crl", "crl_unreachable", "redirect"},
      {"/big.crl", "crl_too_large", "64 KiB"},        {"/endless.crl", "crl_too_large", "64 KiB"},
      {"/stuck.crl", "crl_unreachable", "timed out"},
  };
  CrlSource hasty(clock_, FetchLimits{std::size_t{64} * 1024, 500ms});
  for (const auto& one : cases) {
    const auto answer = hasty.ask(ca_.chain("1", {server_.url(one.path)}));
    ASSERT_FALSE(answer) << one.path;
    EXPECT_EQ(answer.error().code, one.code) << one.path;
    EXPECT_THAT(answer.error().why, HasSubstr(one.why)) << one.path;
    EXPECT_THAT(answer.error().what, HasSubstr(server_.url(one.path)));
    EXPECT_FALSE(answer.error().hint.empty());
  }
  EXPECT_EQ(server_.fetched("/good.crl"), 0) << "a redirect was followed";
  const std::string nobody = "http://127.0.0.1:" + std::to_string(lab::free_port()) + "/a.crl";
  EXPECT_EQ(hasty.ask(ca_.chain("1", {nobody})).error().code, "crl_unreachable");
}

TEST_F(Lists, AreTakenFromTheNextPlaceWhenOneDoesNotAnswer) {
  server_.put("/good.crl", ca_.list({.revoked = {{"1"}}}));
  server_.put("/bad.crl", "garbage");
  const std::string chain =
      ca_.chain("1", {server_.url("/none.crl"), server_.url("/bad.crl"), server_.url("/good.crl")});
  EXPECT_TRUE(value_or_throw(source_.ask(chain)).revoked);
}

TEST_F(Lists, AreFetchedOnceForAllThatNameThem) {
  server_.put("/a.crl", ca_.list({.revoked = {{"7"}}, .until = 90min}));
  std::vector<std::thread> threads;
  std::atomic<int> revoked = 0;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&, i] {
      const auto answer = source_.ask(ca_.chain(std::to_string(i % 10), {server_.url("/a.crl")}));
      if (answer && answer->revoked) ++revoked;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(server_.fetched("/a.crl"), 1);
  EXPECT_EQ(revoked, 1);
  const auto ask = [&] { return source_.ask(ca_.chain("7", {server_.url("/a.crl")})); };
  clock_.at = kNow + 59min;
  EXPECT_TRUE(ask());
  EXPECT_EQ(server_.fetched("/a.crl"), 1);
  clock_.at = kNow + 61min;
  EXPECT_TRUE(ask());
  EXPECT_EQ(server_.fetched("/a.crl"), 2) << "kept for an hour";
  clock_.at = kNow + 91min;
  EXPECT_EQ(ask().error().code, "crl_outdated");
  EXPECT_EQ(server_.fetched("/a.crl"), 3) << "never past its own end";
}

TEST_F(Lists, ThatCannotBeHadAreNotAskedForByEveryone) {
  const auto ask = [&] { return source_.ask(ca_.chain("7", {server_.url("/a.crl")})); };
  EXPECT_FALSE(ask());
  EXPECT_FALSE(ask());
  EXPECT_EQ(server_.fetched("/a.crl"), 1);
  server_.put("/a.crl", ca_.list({}));
  clock_.at = kNow + 2min;
  EXPECT_TRUE(ask());
}

TEST_F(Lists, OfOneCaAreNoAnswerForAnother) {
  const ListAuthority imitator("Good CA");
  server_.put("/a.crl", ca_.list({}));
  EXPECT_TRUE(source_.ask(ca_.chain("7", {server_.url("/a.crl")})));
  EXPECT_EQ(source_.ask(imitator.chain("7", {server_.url("/a.crl")})).error().code, "crl_untrusted");
}

TEST_F(Lists, AreForgottenWhenTheyGetTooMany) {
  CrlSource small(clock_, {}, CacheLimits{.lists = 2, .entries = 5});
  const auto ask = [&](const std::string& path) {
    return value_or_throw(small.ask(ca_.chain("7", {server_.url(path)}))).revoked;
  };
  for (const std::string path : {"/1", "/2", "/3"}) server_.put(path, ca_.list({.revoked = {{"7"}}}));
  server_.put("/many", ca_.list({.revoked = {{"1"}, {"2"}, {"3"}, {"4"}, {"5"}, {"7"}}}));
  EXPECT_TRUE(ask("/many"));
  EXPECT_TRUE(ask("/many"));
  EXPECT_EQ(server_.fetched("/many"), 2) << "used, but not kept";
  for (const std::string path : {"/1", "/2", "/3"}) {
    clock_.at = clock_.at.load() + 1s;
    EXPECT_TRUE(ask(path));
  }
  EXPECT_TRUE(ask("/3"));
  EXPECT_TRUE(ask("/2"));
  EXPECT_EQ(server_.fetched("/3"), 1);
  EXPECT_EQ(server_.fetched("/2"), 1);
  EXPECT_TRUE(ask("/1"));
  EXPECT_EQ(server_.fetched("/1"), 2) << "what ends first went";
}

}  // namespace
}  // namespace certmgr::revocation
