// SPDX-License-Identifier: MIT
#include "adapters/store/keyed_server_seal.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>

#include "adapters/store/domain_json.h"
#include "integration/store/stores_fixture.h"

namespace certmgr::store {
namespace {

using ::testing::HasSubstr;

class TheServerSeal : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder_;
  std::string file_ = folder_ / "deploy.key";
  KeyedServerSeal seal_{"file:" + file_};
  Server sip_ = testing::server("sip");
};

TEST_F(TheServerSeal, holds_for_what_was_sealed_and_makes_its_key_for_its_owner_alone) {
  const auto sealed = seal_.sealed(sip_);
  ASSERT_TRUE(sealed);
  EXPECT_THAT(sealed->seal, ::testing::MatchesRegex("v1:[0-9a-f]{64}"));
  EXPECT_TRUE(seal_.check(*sealed));
  EXPECT_EQ(testing::mode_of(file_), 0400U);
  EXPECT_TRUE(KeyedServerSeal("file:" + file_).check(*sealed));
}

TEST_F(TheServerSeal, outlives_the_store) {
  const Server sealed = *seal_.sealed(sip_);
  Server read;
  read.name = sealed.name;
  decode_server(encode_server(sealed), read);
  EXPECT_TRUE(seal_.check(read));
}

TEST_F(TheServerSeal, breaks_with_every_part_of_the_definition) {
  const Server sealed = *seal_.sealed(sip_);
  const std::vector<std::function<void(Server&)>> changes{
      [](Server& s) { s.name += "x"; },
      [](Server& s) { s.type = "kamailio"; },
      [](Server& s) { s.files.key = "/etc/shadow"; },
      [](Server& s) { s.files.cert = "/a"; },
      [](Server& s) { s.files.chain = "/a"; },
      [](Server& s) { s.files.fullchain = "/a"; },
      [](Server& s) { s.files.combined = "/a"; },
      [](Server& s) { s.owner = "nobody"; },
      [](Server& s) { s.group = "nobody"; },
      [](Server& s) { s.mode = 0600; },
      [](Server& s) { s.mode.reset(); },
      [](Server& s) { s.hook = "/tmp/evil"; },
      [](Server& s) { s.settings["nginx_bin"] = "/tmp/evil"; },
      [](Server& s) { s.verify.clear(); },
      [](Server& s) { s.seal.clear(); },
      [](Server& s) { s.seal.back() = s.seal.back() == '0' ? '1' : '0'; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Server changed = sealed;
    changes[i](changed);
    const auto verdict = seal_.check(changed);
    ASSERT_FALSE(verdict) << "change " << i;
    EXPECT_EQ(verdict.error().code, "server_not_sealed");
    EXPECT_EQ(verdict.error().kind, TroubleKind::permanent);
  }
}

TEST_F(TheServerSeal, does_not_mistake_one_part_for_another) {
  Server one = sip_, other = sip_;
  one.owner = "ab", one.group = "c";
  other.owner = "a", other.group = "bc";
  EXPECT_NE(seal_.sealed(one)->seal, seal_.sealed(other)->seal);
}

TEST_F(TheServerSeal, of_another_key_does_not_hold) {
  const Server sealed = *seal_.sealed(sip_);
  const auto verdict = KeyedServerSeal("file:" + (folder_ / "other.key")).check(sealed);
  ASSERT_FALSE(verdict);
  EXPECT_THAT(verdict.error().why, HasSubstr("is missing"));
  EXPECT_NE(access((folder_ / "other.key").c_str(), F_OK), 0) << "a check must not make a key";
}

TEST_F(TheServerSeal, needs_a_key_that_nobody_else_can_read) {
  static_cast<void>(seal_.sealed(sip_));
  chmod(file_.c_str(), 0440);
  const auto sealed = KeyedServerSeal("file:" + file_).sealed(sip_);
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().code, "cannot_seal");
}

}  // namespace
}  // namespace certmgr::store
