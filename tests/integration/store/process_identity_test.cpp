// SPDX-License-Identifier: MIT
#include "platform/process_identity.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <sstream>

#include "integration/store/process.h"
#include "integration/store/support.h"

namespace certmgr::platform {
namespace {

using ::testing::Eq;

std::vector<std::string> parts_of(const std::string& identity) {
  std::vector<std::string> parts;
  std::istringstream stream(identity);
  for (std::string part; std::getline(stream, part, ':');) parts.push_back(part);
  return parts;
}

std::string changed(std::size_t part, const std::string& value) {
  std::vector<std::string> parts = parts_of(process_identity());
  parts.at(part) = value;
  return parts[0] + ":" + parts[1] + ":" + parts[2] + ":" + parts[3] + ":" + parts[4];
}

TEST(ProcessIdentity, has_five_parts_and_stays_the_same) {
  EXPECT_EQ(parts_of(process_identity()).size(), 5U);
  EXPECT_EQ(process_identity(), process_identity());
  EXPECT_EQ(parts_of(process_identity())[3], std::to_string(getpid()));
}

TEST(ProcessIdentity, differs_in_a_child) {
  const std::string mine = process_identity();
  EXPECT_EQ(
      store::testing::in_child([&] { return process_identity() != mine && !process_is_dead(mine) ? 0 : 1; }),
      0);
}

TEST(ProcessIsDead, is_false_for_the_living) { EXPECT_FALSE(process_is_dead(process_identity())); }

TEST(ProcessIsDead, is_true_once_a_process_was_killed_even_before_anybody_waited_for_it) {
  store::testing::Child child([](int) { store::testing::sleep_for_ever(); });
  std::string identity = changed(3, std::to_string(child.pid()));
  // The start time is that of the child, as it would have written it.
  identity = identity.substr(0, identity.rfind(':')) + ":unknown";
  EXPECT_FALSE(process_is_dead(identity));
  child.kill();
  bool dead = false;
  for (int i = 0; i < 1000 && !dead; ++i) {
    dead = process_is_dead(identity);
    usleep(1000);
  }
  EXPECT_TRUE(dead);
  child.wait();
  EXPECT_TRUE(process_is_dead(identity));
}

TEST(ProcessIsDead, notices_that_the_id_went_to_another_process) {
  EXPECT_TRUE(process_is_dead(changed(4, "1")));
}

TEST(ProcessIsDead, is_true_after_a_reboot) { EXPECT_TRUE(process_is_dead(changed(1, "another-boot"))); }

TEST(ProcessIsDead, is_false_whenever_it_cannot_be_certain) {
  EXPECT_FALSE(process_is_dead(changed(0, "another-host")));
  // The id means another process there, so that its start time says nothing.
  const std::string elsewhere = changed(2, "4026539999");
  EXPECT_FALSE(process_is_dead(elsewhere.substr(0, elsewhere.rfind(':')) + ":1"));
  for (const char* text : {"", "x", "a:b:c:d:e", "::::", "a:b:c:-1:e", "a:b:c:1:e:f"}) {
    EXPECT_FALSE(process_is_dead(text)) << text;
  }
}

TEST(DescribeProcess, names_the_id_and_another_host) {
  EXPECT_THAT(describe_process(process_identity()), Eq("pid " + std::to_string(getpid())));
  EXPECT_THAT(describe_process(changed(0, "elsewhere")),
              Eq("pid " + std::to_string(getpid()) + " on host elsewhere"));
  EXPECT_THAT(describe_process("rubbish"), Eq("another process"));
}

}  // namespace
}  // namespace certmgr::platform
