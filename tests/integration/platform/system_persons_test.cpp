// SPDX-License-Identifier: MIT
#include "platform/system_persons.h"

#include <gmock/gmock.h>
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>

namespace certmgr::platform {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uid_t kDaemon = 1;  // the users of these numbers are the same on every Debian system
constexpr uid_t kWwwData = 33;
constexpr uid_t kNoUser = 4'000'123'456;

/// What `work` says in a child, whose users are its own.
std::string in_child(const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    const std::string said = work();
    _exit(write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string text(4096, '\0');
  const ssize_t length = read(ends[0], text.data(), text.size());
  text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return text;
}

std::string me() {
  const auto name = SystemPersons().me();
  return name ? *name : name.error().code + ": " + name.error().why;
}

bool log_in(uid_t uid) {
  std::ofstream file("/proc/self/loginuid");
  file << uid << std::flush;
  return file.good();
}

/// A login and a user, as the kernel has them; "" where they cannot be had here.
std::string person_with(std::optional<uid_t> login, uid_t user) {
  return in_child([&] {
    if (login && !log_in(*login)) return std::string();
    if (user != 0 && setuid(user) != 0) return std::string();
    return me();
  });
}

TEST(SystemPersons, ALoginIsANumberThatSomebodyHas) {
  EXPECT_EQ(parse_login_uid("1000"), 1000U);
  EXPECT_EQ(parse_login_uid("0"), 0U);
  for (const char* text : {"4294967295", "4294967296", "", "-1", "12 ", "root", "0x1"})
    EXPECT_EQ(parse_login_uid(text), std::nullopt) << text;
}

TEST(SystemPersons, TheLoginCountsForRootAlone) {
  EXPECT_EQ(acting_uid(1000, 0), 1000U);
  EXPECT_EQ(acting_uid(0, 0), 0U);
  EXPECT_EQ(acting_uid(std::nullopt, 0), 0U);
  EXPECT_EQ(acting_uid(1000, 1000), 1000U);
  EXPECT_EQ(acting_uid(1000, 33), 33U) << "who has become somebody else has not stayed the one who logged in";
  EXPECT_EQ(acting_uid(0, 33), 33U) << "nor has who made the login up";
  EXPECT_EQ(acting_uid(std::nullopt, 33), 33U);
}

TEST(SystemPersons, TheKernelSaysWhoActs) {
  if (getuid() != 0) GTEST_SKIP() << "only root can be everybody";
  EXPECT_EQ(person_with(std::nullopt, kDaemon), "daemon");
  const auto logged_in = person_with(kWwwData, 0);
  if (logged_in.empty()) GTEST_SKIP() << "the kernel lets no login be set here";
  EXPECT_EQ(logged_in, "www-data") << "who has become root by sudo";
  EXPECT_EQ(person_with(kWwwData, kWwwData), "www-data");
  EXPECT_EQ(person_with(kWwwData, kDaemon), "daemon");
  EXPECT_EQ(person_with(0, kDaemon), "daemon");
}

TEST(SystemPersons, AUserWithoutANameIsRefused) {
  if (getuid() != 0) GTEST_SKIP() << "only root can be everybody";
  EXPECT_THAT(person_with(std::nullopt, kNoUser), HasSubstr("unknown_person: the system has no name"));
}

TEST(SystemPersons, TheEnvironmentIsNotBelieved) {
  const auto usual = in_child(me);
  const auto told = in_child([] {
    for (const char* name : {"SUDO_USER", "LOGNAME", "USER", "USERNAME"}) setenv(name, "daemon", 1);
    for (const char* name : {"SUDO_UID", "PKEXEC_UID"}) setenv(name, "1", 1);
    return me();
  });
  EXPECT_NE(usual, "daemon");
  EXPECT_EQ(told, usual);
}

TEST(SystemPersons, GroupsAreThoseOfTheDatabaseThePrimaryOneToo) {
  SystemPersons persons;
  EXPECT_THAT(persons.groups_of("www-data"), Contains("www-data"));
  EXPECT_THAT(persons.groups_of("games"), Contains("games"));
  EXPECT_THAT(persons.groups_of("nobody"), Contains("nogroup"));
  for (const char* name : {"", "no-such-person", "@games", "root\n"})
    EXPECT_THAT(persons.groups_of(name), IsEmpty()) << name;
  setgrent();
  while (const auto* entry = getgrent())
    for (char** member = entry->gr_mem; *member != nullptr; ++member)
      if (getpwnam(*member) != nullptr) {
        EXPECT_THAT(persons.groups_of(*member), Contains(std::string(entry->gr_name))) << *member;
      }
  endgrent();
}

}  // namespace
}  // namespace certmgr::platform
