// SPDX-License-Identifier: MIT
#include "platform/local_host.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "lab/temp_dir.h"

namespace certmgr::platform {
namespace {

using ::testing::Contains;

TEST(LocalHost, KnowsItsOwnAddresses) { EXPECT_THAT(LocalHost().addresses(), Contains("127.0.0.1")); }

TEST(LocalHost, ASecretIsForItsOwnerAlone) {
  const lab::TempDir dir;
  const auto path = (dir / "secret").string();
  const LocalHost host;
  EXPECT_EQ(host.check_secret(path).error().code, "secret_file") << "nothing is there";
  lab::write_file(path, "x");
  for (const auto& [mode, good] : {std::pair(0600, true), {0400, true}, {0640, false}, {0604, false}}) {
    ASSERT_EQ(chmod(path.c_str(), static_cast<mode_t>(mode)), 0);
    EXPECT_EQ(host.check_secret(path).has_value(), good) << std::oct << mode;
  }
  EXPECT_FALSE(host.check_secret(dir.path().string())) << "a folder is no secret";
}

TEST(LocalHost, AServersKeyMayBelongToAGroup) {
  const lab::TempDir dir;
  const auto path = (dir / "key.pem").string();
  const LocalHost host;
  EXPECT_EQ(host.check_key_in_place(path).error().code, "file_missing");
  lab::write_file(path, "x");
  for (const auto& [mode, good] : {std::pair(0600, true), {0640, true}, {0644, false}, {0602, false}}) {
    ASSERT_EQ(chmod(path.c_str(), static_cast<mode_t>(mode)), 0);
    EXPECT_EQ(host.check_key_in_place(path).has_value(), good) << std::oct << mode;
  }
}

TEST(LocalHost, AProgramIsExecutableAndNobodyElsesToChange) {
  const lab::TempDir dir;
  const auto path = (dir / "hook").string();
  const LocalHost host;
  EXPECT_FALSE(host.check_program(path));
  lab::write_file(path, "#!/bin/sh\n");
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  EXPECT_FALSE(host.check_program(path));
  ASSERT_EQ(chmod(path.c_str(), 0700), 0);
  EXPECT_TRUE(host.check_program(path));
  ASSERT_EQ(chmod(path.c_str(), 0702), 0);
  EXPECT_FALSE(host.check_program(path));
}

}  // namespace
}  // namespace certmgr::platform
