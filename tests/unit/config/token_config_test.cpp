// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "config/config.h"

namespace certmgr::config {
namespace {

TEST(TokenConfig, NamesAProviderOrAnEngineAndItsModule) {
  const auto engine = parse("[pkcs11]\nengine = \"pkcs11\"\nmodule = \"/usr/lib/m.so\"\n", "t.toml");
  ASSERT_TRUE(engine) << engine.error().message();
  EXPECT_EQ(engine->token.engine, "pkcs11");
  EXPECT_EQ(engine->token.module, "/usr/lib/m.so");
  const auto provider = parse("[pkcs11]\nprovider = \"pkcs11\"\nprovider_path = \"/opt/ossl\"\n", "t.toml");
  ASSERT_TRUE(provider) << provider.error().message();
  EXPECT_EQ(provider->token.provider, "pkcs11");
  EXPECT_EQ(provider->token.provider_path, "/opt/ossl");
  EXPECT_EQ(provider->token.module, "") << "openssl.cnf may name it";
  const auto both = parse("[pkcs11]\nprovider = \"pkcs11\"\nmodule = \"/usr/lib/m.so\"\n", "t.toml");
  ASSERT_TRUE(both) << both.error().message();
  EXPECT_EQ(both->token.module, "/usr/lib/m.so");
  EXPECT_EQ(parse("", "t.toml")->token.engine, "");
}

TEST(TokenConfig, IsRefusedWhereItSaysTooLittleOrTooMuch) {
  for (const char* table :
       {"", "module = \"/m.so\"", "engine = \"pkcs11\"", "provider = \"pkcs11\"\nmodule = \"m.so\"",
        "provider = \"p\"\nengine = \"e\"\nmodule = \"/m.so\"", "engine = \"../e\"\nmodule = \"/m.so\"",
        "engine = \"pkcs11\"\nmodule = \"m.so\"", "provider = \"\"",
        "engine = \"pkcs11\"\nmodule = \"/m.so\"\nprovider_path = \"/opt\"",
        "provider = \"pkcs11\"\nprovider_path = \"opt\"", "pin = \"1234\"\nprovider = \"pkcs11\""}) {
    const auto config = parse("[pkcs11]\n" + std::string(table) + "\n", "t.toml");
    ASSERT_FALSE(config) << table;
    EXPECT_EQ(config.error().kind, TroubleKind::configuration) << table;
  }
}

}  // namespace
}  // namespace certmgr::config
