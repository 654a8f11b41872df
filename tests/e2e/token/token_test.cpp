// SPDX-License-Identifier: MIT
// A private key that stays in a PKCS#11 token (SoftHSM): ordered, deployed, renewed.
#include <gmock/gmock.h>

#include "e2e/world/world.h"
#include "lab/soft_hsm.h"

namespace certmgr::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// How certmgr reaches the token: through the engine, through the provider, or through a provider that
/// openssl.cnf starts for all programs, and that alone knows the module.
enum class Way { engine, provider, system };

std::string table_for(Way way) {
  const std::string module = std::string("module = \"") + lab::SoftHsm::kModule + "\"\n";
  switch (way) {
    case Way::engine:
      return "[pkcs11]\nengine = \"pkcs11\"\n" + module;
    case Way::provider:
      return "[pkcs11]\nprovider = \"pkcs11\"\nprovider_path = \"" +
             lab::find_pkcs11_provider().folder.string() + "\"\n" + module;
    case Way::system:
      break;
  }
  return "[pkcs11]\nprovider = \"pkcs11\"\n";
}

class Token : public ::testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    if (GetParam() != Way::engine && provider_.folder.empty()) GTEST_SKIP() << provider_.why;
    hsm_.make_key("EC:prime256v1", "sip", "01");
    world_.certmgr.set_environment("SOFTHSM2_CONF", hsm_.config_file().string());
    if (GetParam() == Way::system) world_.certmgr.set_environment("OPENSSL_CONF", openssl_config().string());
  }
  [[nodiscard]] fs::path openssl_config() const {
    return GetParam() == Way::engine ? hsm_.openssl_config() : hsm_.write_provider_config(provider_);
  }
  Arguments issue(const Arguments& more = {}) const {
    Arguments arguments{"issue", "pbx.example.com", "--key", hsm_.uri("sip")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::string refusal(const Arguments& arguments) { return world_.run_json(arguments, 2)["error"]["code"]; }
  /// nginx that signs with the key in the token, and is registered as "web".
  void start_nginx(const fs::path& fullchain) {
    const auto config = openssl_config();
    const auto softhsm = hsm_.config_file().string();
    const auto key = GetParam() == Way::engine
                         ? "\"engine:pkcs11:pkcs11:token=" + std::string(lab::SoftHsm::kToken) +
                               ";object=sip;pin-source=file:" + hsm_.pin_file().string() + "\""
                         : hsm_.write_key_reference("sip", config).string();
    world_.nginx.emplace(
        lab::NginxOptions{.fullchain = fullchain,
                          .key = key,
                          .environment = {{"OPENSSL_CONF", config.string()}, {"SOFTHSM2_CONF", softhsm}}});
    const auto added = world_.run(
        {"server", "add", "web", "--type", "nginx", "--key", (world_.files / "none.key").string(),
         "--fullchain", fullchain.string(), "--set", "nginx_bin=" + world_.nginx->program().string(), "--set",
         "nginx_conf=" + world_.nginx->config_file().string(), "--set", "openssl_conf=" + config.string(),
         "--set", "softhsm2_conf=" + softhsm, "--verify", world_.nginx_target()});
    ASSERT_EQ(added.exit_code, 0) << added.errors;
  }

  const lab::Pkcs11Provider provider_ = lab::find_pkcs11_provider();
  lab::SoftHsm hsm_;
  World world_{{}, table_for(GetParam())};
};

INSTANTIATE_TEST_SUITE_P(SoftHsm, Token, ::testing::Values(Way::engine, Way::provider, Way::system),
                         [](const auto& test) {
                           return test.param == Way::engine     ? "Engine"
                                  : test.param == Way::provider ? "Provider"
                                                                : "ProviderOfOpensslCnf";
                         });

TEST_P(Token, ItsKeyIsCertifiedServedByNginxAndRenewed) {
  const auto issued = world_.run_json(issue());
  EXPECT_EQ(issued["certificate"]["key"], "csr");
  EXPECT_EQ(issued["certificate"]["key_type"], "ecdsa-p256");
  const auto first = world_.stored_fingerprint("pbx.example.com");
  ASSERT_EQ(world_.run({"export", "pbx.example.com", "--out", world_.files.path().string()}).exit_code, 0);
  EXPECT_FALSE(fs::exists(world_.files / "privkey.pem"));
  start_nginx(world_.files / "fullchain.pem");

  const auto deployed = world_.run_json(issue({"--server", "web"}));
  EXPECT_EQ(deployed["deployments"][0]["state"], "verified");
  EXPECT_EQ(world_.stored_fingerprint("pbx.example.com"), first) << "a new signature is no reason to order";
  EXPECT_EQ(world_.served_by_nginx(), first);

  const auto renewed = world_.run({"renew", "--force", "pbx.example.com"});
  ASSERT_EQ(renewed.exit_code, 0) << renewed.errors;
  EXPECT_NE(world_.stored_fingerprint("pbx.example.com"), first);
  EXPECT_EQ(world_.served_by_nginx(), world_.stored_fingerprint("pbx.example.com"));
  EXPECT_FALSE(fs::exists(world_.files / "none.key")) << "there is no key to write";
  EXPECT_THAT(world_.leftovers(), ElementsAre());
  EXPECT_EQ(world_.run({"db", "check"}).exit_code, 0);
}

TEST_P(Token, IsNeededForIssueAloneAndItsPinIsNowhere) {
  const auto issued = world_.run(issue({"-v"}));
  ASSERT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(issued.output + issued.errors, Not(HasSubstr(lab::SoftHsm::kPin)));
  fs::remove(hsm_.pin_file());
  hsm_.destroy_key("sip");
  const auto renewed = world_.run({"renew", "--force", "pbx.example.com"});
  EXPECT_EQ(renewed.exit_code, 0) << renewed.errors;
  EXPECT_EQ(world_.run_json({"show", "pbx.example.com"})["certificate"]["versions"].size(), 2U);
  for (const auto& file : fs::recursive_directory_iterator(world_.certmgr.dir())) {
    if (!file.is_regular_file()) continue;
    EXPECT_THAT(lab::read_file(file.path()), Not(HasSubstr(lab::SoftHsm::kPin))) << file.path();
  }
}

TEST_P(Token, OtherNamesOrAnotherKeyAreOrderedAndTheSameAreNot) {
  ASSERT_EQ(world_.run(issue({"sip.example.com"})).exit_code, 0);
  const auto versions = [&] {
    return world_.run_json({"show", "pbx.example.com"})["certificate"]["versions"].size();
  };
  EXPECT_EQ(world_.run_json(issue({"sip.example.com"}))["changed"], false);
  const auto turned = world_.run_json({"issue", "sip.example.com", "pbx.example.com", "--label",
                                       "pbx.example.com", "--key", hsm_.uri("sip")});
  EXPECT_EQ(turned["changed"], false) << "the order of names means nothing";
  EXPECT_EQ(versions(), 1U);
  ASSERT_EQ(world_.run(issue({"proxy.example.com"})).exit_code, 0);
  EXPECT_EQ(versions(), 2U);
  hsm_.make_key("rsa:2048", "new", "02");
  const auto other =
      world_.run_json({"issue", "pbx.example.com", "proxy.example.com", "--key", hsm_.uri("new")});
  EXPECT_EQ(other["certificate"]["key_type"], "rsa-2048");
  EXPECT_EQ(versions(), 3U);
  EXPECT_EQ(world_.run_json({"issue", "pbx.example.com", "--key-type", "ecdsa-p256"})["certificate"]["key"],
            "own");
}

TEST_P(Token, WorksWhereTheSystemsOpensslReachesItForAllPrograms) {
  world_.certmgr.set_environment("OPENSSL_CONF", openssl_config().string());
  EXPECT_EQ(world_.run_json(issue())["certificate"]["key"], "csr");
  EXPECT_EQ(world_.run({"renew", "--force", "pbx.example.com"}).exit_code, 0);
  EXPECT_EQ(world_.run_json({"issue", "own.example.com"})["certificate"]["key"], "own");
}

TEST_P(Token, WhatCannotBeIsRefusedBeforeAnythingIsOrdered) {
  EXPECT_EQ(refusal(issue({"--key-type", "rsa-2048"})), "two_keys");
  EXPECT_EQ(refusal(issue({"--reuse-key"})), "two_keys");
  EXPECT_EQ(refusal(issue({"--csr", "/nowhere"})), "two_keys");
  EXPECT_EQ(refusal({"issue", "--key", hsm_.uri("sip")}), "no_names");
  EXPECT_EQ(refusal({"issue", "pbx.example.com", "--key", "/etc/ssl/private/key.pem"}), "bad_key_uri");
  EXPECT_EQ(refusal({"issue", "pbx.example.com", "--key", "pkcs11:token=pbx;object=sip;pin-value=1"}),
            "pin_in_uri");
  const Arguments missing{"issue", "pbx.example.com", "--key", hsm_.uri("none")};
  EXPECT_EQ(refusal(missing), "token_key_missing");
  EXPECT_THAT(world_.run(missing).errors,
              HasSubstr(GetParam() == Way::system ? "with [pkcs11] module" : "pkcs11-tool"));
  hsm_.make_key("EC:secp521r1", "odd", "05");
  EXPECT_EQ(refusal({"issue", "pbx.example.com", "--key", hsm_.uri("odd")}), "bad_csr");
  world_.register_files("all", {"--combined", (world_.files / "all.pem").string()});
  EXPECT_EQ(refusal(issue({"--server", "all"})), "combined_needs_key");
  fs::permissions(hsm_.pin_file(), fs::perms::others_read, fs::perm_options::add);
  EXPECT_EQ(refusal(issue()), "secret_file");
  world_.certmgr.write_config(lab::config_for(world_.pebble));
  const auto without = world_.run(issue());
  EXPECT_EQ(without.exit_code, 2);
  EXPECT_THAT(without.errors, HasSubstr("libengine-pkcs11-openssl"));
  EXPECT_EQ(world_.run_json({"list"})["certificates"].size(), 0U);
}

}  // namespace
}  // namespace certmgr::e2e
