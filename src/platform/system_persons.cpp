// SPDX-License-Identifier: MIT
#include "platform/system_persons.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <functional>
#include <limits>
#include <vector>

namespace certmgr::platform {
namespace {

constexpr uid_t kNobodyLoggedIn = std::numeric_limits<uid_t>::max();  // proc_pid_loginuid(5)
constexpr std::size_t kMostMemory = 1U << 20;                         // groups can have many members

std::optional<uid_t> login_uid() {
  std::ifstream file("/proc/self/loginuid");
  std::string line;
  std::getline(file, line);
  return parse_login_uid(line);
}

/// Calls getpwuid_r(3) or one like it with as much memory as it wants; false: there is no such entry.
bool look_up(std::vector<char>& memory, const std::function<int(char*, std::size_t, bool&)>& ask) {
  for (memory.resize(4096);; memory.resize(memory.size() * 2)) {
    bool found = false;
    const int error = ask(memory.data(), memory.size(), found);
    if (error != ERANGE || memory.size() >= kMostMemory) return error == 0 && found;
  }
}

std::optional<std::string> name_of_user(uid_t uid) {
  std::vector<char> memory;
  passwd entry{};
  const bool found = look_up(memory, [&](char* at, std::size_t size, bool& there) {
    passwd* result = nullptr;
    const int error = ::getpwuid_r(uid, &entry, at, size, &result);
    there = result != nullptr;
    return error;
  });
  if (!found || *entry.pw_name == '\0') return std::nullopt;
  return entry.pw_name;
}

Trouble unknown_person(std::string why, std::string hint) {
  return {.kind = TroubleKind::usage,
          .code = "unknown_person",
          .what = "cannot tell who acts",
          .why = std::move(why),
          .hint = std::move(hint)};
}

Result<std::string> named(uid_t uid) {
  if (auto name = name_of_user(uid)) return *name;
  return fail(unknown_person("the system has no name for the user id " + std::to_string(uid),
                             "log in as a user that 'getent passwd' shows"));
}

std::optional<gid_t> primary_group(const std::string& person) {
  std::vector<char> memory;
  passwd entry{};
  const bool found = look_up(memory, [&](char* at, std::size_t size, bool& there) {
    passwd* result = nullptr;
    const int error = ::getpwnam_r(person.c_str(), &entry, at, size, &result);
    there = result != nullptr;
    return error;
  });
  return found ? std::optional(entry.pw_gid) : std::nullopt;
}

std::optional<std::string> name_of_group(gid_t gid) {
  std::vector<char> memory;
  group entry{};
  const bool found = look_up(memory, [&](char* at, std::size_t size, bool& there) {
    group* result = nullptr;
    const int error = ::getgrgid_r(gid, &entry, at, size, &result);
    there = result != nullptr;
    return error;
  });
  return found ? std::optional<std::string>(entry.gr_name) : std::nullopt;
}

}  // namespace

std::optional<uid_t> parse_login_uid(std::string_view text) {
  uid_t uid = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), uid);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return uid == kNobodyLoggedIn ? std::nullopt : std::optional(uid);
}

uid_t acting_uid(std::optional<uid_t> login, uid_t real) { return login && real == 0 ? *login : real; }

Result<std::string> SystemPersons::me() { return named(acting_uid(login_uid(), ::getuid())); }

Result<std::string> SystemPersons::caller(std::uint32_t uid) {
  if (uid == 0)
    return fail(unknown_person("a socket does not tell who became root",
                               "root needs no socket: run 'certmgr enrollment' without --socket"));
  return named(uid);
}

std::set<std::string> SystemPersons::groups_of(const std::string& person) {
  const auto primary = primary_group(person);
  if (!primary) return {};
  std::vector<gid_t> gids(64);
  int count = static_cast<int>(gids.size());
  // The second call has the number that the first one told.
  if (::getgrouplist(person.c_str(), *primary, gids.data(), &count) < 0) {
    gids.resize(static_cast<std::size_t>(count));
    if (::getgrouplist(person.c_str(), *primary, gids.data(), &count) < 0) return {};
  }
  gids.resize(static_cast<std::size_t>(count));
  std::set<std::string> names;
  for (const gid_t gid : gids)
    if (auto name = name_of_group(gid)) names.insert(std::move(*name));
  return names;
}

}  // namespace certmgr::platform
