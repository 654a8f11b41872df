// SPDX-License-Identifier: MIT
// Keys in a real PKCS#11 token, SoftHSM, through OpenSSL's engine and through its provider.
#include "lab/soft_hsm.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "adapters/token/openssl_token_keys.h"
#include "certmgr/domain/key_type.h"
#include "crypto/foreign_request.h"

namespace certmgr::token {
namespace {

namespace fs = std::filesystem;
using lab::SoftHsm;

struct FilledToken : SoftHsm {
  FilledToken() {
    make_key("EC:prime256v1", "sip", "01");
    make_key("rsa:2048", "sip-rsa", "02");
    make_key("EC:prime256v1", "twin", "03");
    make_key("EC:secp384r1", "twin", "04");
    make_key("EC:prime256v1", "half", "05");
    destroy_public_key("half");
    make_token("same");
    make_token("same");
  }
};

/// One token for all tests of the program, which change nothing in it.
const SoftHsm& hsm() {
  static const FilledToken token;
  return token;
}

enum class Way { engine, provider };

class Token : public ::testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    if (GetParam() == Way::provider && provider().folder.empty()) GTEST_SKIP() << provider().why;
    // The module is loaded by this program.
    ::setenv("SOFTHSM2_CONF", hsm().config_file().c_str(), 1);
    // What the configuration names goes before.
    ::setenv("PKCS11_PROVIDER_MODULE", "/nowhere/module.so", 1);
  }

  static const lab::Pkcs11Provider& provider() {
    static const auto found = lab::find_pkcs11_provider();
    return found;
  }
  static TokenAccess with_module(const std::string& module) {
    if (GetParam() == Way::engine) return {"", "", "pkcs11", module};
    return {"pkcs11", provider().folder.string(), "", module};
  }
  static Result<std::vector<std::uint8_t>> request(
      const std::string& uri, const TokenAccess& access = with_module(SoftHsm::kModule)) {
    const auto key = parse_token_key(uri);
    if (!key) return fail(key.error());
    return OpenSslTokenKeys(access).certificate_request(
        *key, {{IdentifierType::dns, "pbx.example.com"}, {IdentifierType::dns, "sip.example.com"}});
  }
  static std::string code(const std::string& uri, const TokenAccess& access = with_module(SoftHsm::kModule)) {
    const auto made = request(uri, access);
    if (made) return "";
    EXPECT_EQ((made.error().message() + made.error().hint).find(SoftHsm::kPin), std::string::npos);
    EXPECT_NE(made.error().hint, "");
    return made.error().code;
  }
  static std::string pin_file(const std::string& content, fs::perms mode) {
    static const lab::TempDir folder;
    const auto file = folder / "pin";
    fs::remove(file);
    lab::write_file(file, content);
    fs::permissions(file, mode);
    return "?pin-source=file:" + file.string();
  }
};

constexpr auto kOwner = fs::perms::owner_read | fs::perms::owner_write;

TEST_P(Token, KeysOfBothFamiliesSignRequests) {
  const std::pair<const char*, KeyType> keys[] = {{"sip", KeyType::ecdsa_p256},
                                                  {"sip-rsa", KeyType::rsa_2048}};
  for (const auto& [label, type] : keys) {
    const auto der = request(hsm().uri(label));
    ASSERT_TRUE(der) << der.error().message();
    // It checks the signature with the public key that is in the request.
    const auto facts =
        crypto::read_foreign_request({reinterpret_cast<const char*>(der->data()), der->size()});
    ASSERT_TRUE(facts) << facts.error().message();
    EXPECT_EQ(facts->key_type, type);
    EXPECT_EQ(facts->identifiers.size(), 2U);
  }
}

TEST_P(Token, TheSameKeyIsThereAgain) {
  const auto spki = [](const Result<std::vector<std::uint8_t>>& der) {
    return crypto::read_foreign_request({reinterpret_cast<const char*>(der->data()), der->size()})
        ->spki_sha256;
  };
  const auto first = request(hsm().uri("sip"));
  const auto by_id = request("pkcs11:token=pbx;id=%01" + hsm().uri("x").substr(hsm().uri("x").find('?')));
  ASSERT_TRUE(first && by_id);
  EXPECT_EQ(spki(first), spki(by_id));
}

TEST_P(Token, AKeyThatIsNotTheOnlyOneIsRefusedUntilItsIdIsNamed) {
  EXPECT_EQ(code(hsm().uri("twin")), "token_key_ambiguous");
  const auto pin = hsm().uri("x").substr(hsm().uri("x").find('?'));
  const auto der = request("pkcs11:token=pbx;object=twin;id=%04" + pin);
  ASSERT_TRUE(der) << der.error().message();
  const auto facts = crypto::read_foreign_request({reinterpret_cast<const char*>(der->data()), der->size()});
  EXPECT_EQ(facts->key_type, KeyType::ecdsa_p384);
}

TEST_P(Token, WhatIsNotThereIsNamed) {
  const auto pin = hsm().uri("x").substr(hsm().uri("x").find('?'));
  EXPECT_EQ(code(hsm().uri("none")), "token_key_missing");
  EXPECT_EQ(code("pkcs11:token=pbx;object=sip;id=%07" + pin), "token_key_missing");
  const auto missing = request("pkcs11:token=nowhere;object=sip" + pin);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "token_missing");
  EXPECT_NE(missing.error().why.find("pbx"), std::string::npos) << missing.error().why;
  EXPECT_EQ(code("pkcs11:token=same;object=sip" + pin), "token_ambiguous");
}

TEST_P(Token, ThePinComesFromAFileOfTheOwnerAlone) {
  const std::string key = "pkcs11:token=pbx;object=sip";
  EXPECT_EQ(code(key + pin_file("271828", kOwner)), "");
  EXPECT_EQ(code(key + pin_file("271828\n", kOwner)), "") << "an editor ends the line";
  EXPECT_EQ(code(key + pin_file("999999\n", kOwner)), "pin_refused");
  EXPECT_EQ(code(key + pin_file("1\n", kOwner)), "pin_refused") << "too short for the token";
  EXPECT_EQ(code(key + pin_file("271828\n", kOwner | fs::perms::others_read)), "secret_file");
  EXPECT_EQ(code(key + pin_file("271828\n", kOwner | fs::perms::group_read)), "secret_file");
  EXPECT_EQ(code(key + pin_file("\n", kOwner)), "secret_file");
  EXPECT_EQ(code(key + "?pin-source=file:/nowhere/pin"), "secret_file");
  EXPECT_EQ(code(key), "pin_missing");
  EXPECT_EQ(code(key + "?pin-value=271828"), "pin_in_uri");
}

TEST_P(Token, WhatTheConfigurationLacksIsNamed) {
  EXPECT_EQ(code(hsm().uri("sip"), {}), "no_token_access");
  EXPECT_EQ(code(hsm().uri("sip"), {"", "", "nonesuch", SoftHsm::kModule}), "no_token_access");
  EXPECT_EQ(code(hsm().uri("sip"), with_module("/nowhere/module.so")), "token_module");
  EXPECT_EQ(code(hsm().uri("sip"), with_module(hsm().config_file().string())), "token_module");
  if (GetParam() == Way::provider) {
    EXPECT_EQ(code(hsm().uri("sip"), with_module("")), "token_module");
  }
  EXPECT_EQ(code(hsm().uri("sip"), {"nonesuch", "", "", ""}), "no_token_access");
  EXPECT_EQ(code(hsm().uri("sip"), {"nonesuch", "", "", SoftHsm::kModule}), "no_token_access");
  EXPECT_EQ(code(hsm().uri("sip")), "") << "a failure leaves nothing behind";
}

TEST_P(Token, AKeyWhosePublicHalfIsNowhereIsNamed) {
  const auto made = request(hsm().uri("half"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, "token_key_unusable");
  EXPECT_NE(made.error().hint.find("public key"), std::string::npos) << made.error().hint;
}

TEST_P(Token, AKeyOfAnotherKindIsNamed) {
  const SoftHsm mixed;
  mixed.make_key("EC:prime256v1", "sip", "01");
  mixed.make_key("EC:edwards25519", "ed", "02");
  ::setenv("SOFTHSM2_CONF", mixed.config_file().c_str(), 1);
  const auto sip = request(mixed.uri("sip"));
  const auto other = request(mixed.uri("ed"));
  ASSERT_FALSE(other);
  if (!sip && GetParam() == Way::engine) {
    // That of Debian 12 takes no key at all then.
    EXPECT_EQ(sip.error().code, "token_failed");
    EXPECT_NE(sip.error().hint.find("Ed25519"), std::string::npos) << sip.error().hint;
    return;
  }
  EXPECT_TRUE(sip) << sip.error().message();
  EXPECT_EQ(other.error().code, "token_key_unusable");
  EXPECT_NE(other.error().hint.find("P-256"), std::string::npos) << other.error().hint;
}

TEST_P(Token, AModuleThatOthersCouldChangeIsNotLoaded) {
  const lab::TempDir folder;
  const auto module = folder / "module.so";
  fs::copy_file(fs::canonical(SoftHsm::kModule), module);
  const auto access = with_module(module.string());
  fs::permissions(module, fs::perms::others_write, fs::perm_options::add);
  EXPECT_EQ(code(hsm().uri("sip"), access), "token_module");
  fs::permissions(module, fs::perms::others_write, fs::perm_options::remove);
  EXPECT_EQ(code(hsm().uri("sip"), access), "");
}

INSTANTIATE_TEST_SUITE_P(SoftHsm, Token, ::testing::Values(Way::engine, Way::provider),
                         [](const auto& test) { return test.param == Way::engine ? "Engine" : "Provider"; });

}  // namespace
}  // namespace certmgr::token
