// SPDX-License-Identifier: MIT
// The way through a provider, with OpenSSL's own default provider and key files, which are there everywhere.
// Users cannot come here with a file: TokenKey is read from a pkcs11 URI.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "adapters/token/provider_key.h"
#include "crypto/foreign_request.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::token {
namespace {

class Provider : public ::testing::Test {
 protected:
  std::string file(const std::string& content) {
    const auto path = folder_ / "key.pem";
    lab::write_file(path, content);
    return "file:" + path.string();
  }
  std::string encrypted(const std::string& pem) {
    lab::write_file(folder_ / "plain.pem", pem);
    lab::write_file(folder_ / "pass", "secret\n");
    lab::Process process(
        {.command = {"/usr/bin/openssl", "pkcs8", "-topk8", "-in", (folder_ / "plain.pem").string(),
                     "-passout", "file:" + (folder_ / "pass").string()},
         .output = folder_ / "encrypted.pem"});
    EXPECT_EQ(process.wait(std::chrono::seconds(30)), 0);
    return file(lab::read_file(folder_ / "encrypted.pem"));
  }

  lab::TempDir folder_;
  crypto::PkeyPtr key_ = std::move(*crypto::generate_key(KeyType::ecdsa_p256));
  std::string pem_ = *crypto::to_pem(*key_);
};

TEST_F(Provider, FindsTheKeyWhichThenSigns) {
  const auto opened = open_with_provider("default", "", file(pem_), "");
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ(*crypto::spki_sha256(*opened->key), *crypto::spki_sha256(*key_));
  const auto der = crypto::certificate_request(*opened->key, {{IdentifierType::dns, "pbx.example.com"}});
  ASSERT_TRUE(der) << der.error().message();
  EXPECT_TRUE(crypto::read_foreign_request({reinterpret_cast<const char*>(der->data()), der->size()}));
}

TEST_F(Provider, RefusesTwoKeysAndNone) {
  const auto two = open_with_provider(
      "default", "", file(pem_ + *crypto::to_pem(**crypto::generate_key(KeyType::ecdsa_p384))), "");
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().code, "token_key_ambiguous");
  const auto none = open_with_provider("default", "", file(""), "");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "token_key_missing");
  for (const char* uri : {"file:/nowhere/key.pem", "nonesuch:x"}) {
    const auto nowhere = open_with_provider("default", "", uri, "");
    ASSERT_FALSE(nowhere) << uri;
    EXPECT_EQ(nowhere.error().code, "token_module") << uri;
  }
}

TEST_F(Provider, IsAnsweredWithThePinAndNotByTheTerminal) {
  const auto uri = encrypted(pem_);
  EXPECT_TRUE(open_with_provider("default", "", uri, "secret"));
  EXPECT_FALSE(open_with_provider("default", "", uri, "wrong"));
  EXPECT_FALSE(open_with_provider("default", "", uri, ""));
}

TEST_F(Provider, ThatIsNotInstalledIsNamed) {
  const auto opened = open_with_provider("nonesuch", folder_.path().string(), file(pem_), "");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "no_token_access");
  EXPECT_EQ(opened.error().kind, TroubleKind::configuration);
}

TEST_F(Provider, ThatOthersCanChangeIsRefused) {
  const auto module = folder_ / "ours.so";
  lab::write_file(module, "no code");
  const auto code = [&] {
    const auto opened = open_with_provider("ours", folder_.path().string(), file(pem_), "");
    EXPECT_FALSE(opened);
    return opened ? "" : opened.error().code;
  };
  // The folder counts as much as the file: who may rename in it puts another one there.
  for (const auto& changeable : {module, folder_.path()}) {
    const auto sound = std::filesystem::status(changeable).permissions();
    std::filesystem::permissions(changeable, std::filesystem::perms::others_write,
                                 std::filesystem::perm_options::add);
    EXPECT_EQ(code(), "token_module") << changeable;
    std::filesystem::permissions(changeable, sound);
    EXPECT_EQ(code(), "no_token_access") << "trusted, and then found to be no provider";
  }
  if (::getuid() != 0) GTEST_SKIP() << "only root can give files away";
  ASSERT_EQ(::chown(module.c_str(), 1, static_cast<gid_t>(-1)), 0);
  EXPECT_EQ(code(), "token_module") << "its owner may change it";
}

}  // namespace
}  // namespace certmgr::token
