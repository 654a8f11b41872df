// SPDX-License-Identifier: MIT
#include "adapters/deploy/ownership.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "platform/fd.h"

namespace certmgr::deploy {
namespace {

constexpr mode_t kAllBits = 07777;
constexpr mode_t kPermissions = 0777;
constexpr mode_t kOthers = 0007;
constexpr std::size_t kLargestEntry = std::size_t{1024} * 1024;  // a group with tens of thousands of members

Trouble unknown(std::string_view noun, const std::string& name, int error) {
  Trouble trouble;
  trouble.kind = error == 0 ? TroubleKind::permanent : TroubleKind::transient;
  trouble.code = "unknown_" + std::string(noun == "user" ? "owner" : "group");
  trouble.why = "there is no " + std::string(noun) + " '" + name + "'";
  if (error != 0)
    trouble.why =
        "cannot look up the " + std::string(noun) + " '" + name + "': " + platform::errno_text(error);
  trouble.hint = "look with 'getent " + std::string(noun == "user" ? "passwd " : "group ") + name +
                 "', or change it with 'certmgr server set'";
  return trouble;
}

/// getpwnam_r and getgrnam_r differ in their types alone.
template <class Entry, class Lookup>
int look_up(Lookup lookup, const std::string& name, std::vector<char>& memory, Entry& entry, Entry*& found) {
  memory.resize(4096);
  int error = 0;
  while ((error = lookup(name.c_str(), &entry, memory.data(), memory.size(), &found)) == ERANGE &&
         memory.size() < kLargestEntry)
    memory.resize(memory.size() * 2);
  // Some name services report an unknown name by one of these.
  if (error == ENOENT || error == ESRCH) error = 0;
  return error;
}

Result<uid_t> user_id(const std::string& name) {
  std::vector<char> memory;
  passwd entry{};
  passwd* found = nullptr;
  const int error = look_up(getpwnam_r, name, memory, entry, found);
  if (found == nullptr) return fail(unknown("user", name, error));
  return found->pw_uid;
}

Result<gid_t> group_id(const std::string& name) {
  std::vector<char> memory;
  group entry{};
  group* found = nullptr;
  const int error = look_up(getgrnam_r, name, memory, entry, found);
  if (found == nullptr) return fail(unknown("group", name, error));
  return found->gr_gid;
}

bool in_group(gid_t wanted) {
  if (wanted == ::getegid()) return true;
  const int count = ::getgroups(0, nullptr);
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(count, 0)));
  if (::getgroups(count, groups.data()) < 0) return false;
  return std::find(groups.begin(), groups.end(), wanted) != groups.end();
}

}  // namespace

bool Ownership::fits(const struct stat& file) const {
  return (!uid || *uid == file.st_uid) && (!gid || *gid == file.st_gid) && mode == (file.st_mode & kAllBits);
}

Result<Ownership> wanted_ownership(const Server& server, const std::optional<struct stat>& old, bool secret) {
  Ownership wanted;
  wanted.mode = secret ? 0600 : 0644;
  if (old) {
    wanted.uid = old->st_uid;
    wanted.gid = old->st_gid;
    wanted.mode = old->st_mode & kPermissions;
  }
  if (!server.owner.empty()) {
    auto uid = user_id(server.owner);
    if (!uid) return fail(uid.error());
    wanted.uid = *uid;
  }
  if (!server.group.empty()) {
    auto gid = group_id(server.group);
    if (!gid) return fail(gid.error());
    wanted.gid = *gid;
  }
  if (server.mode) wanted.mode = static_cast<mode_t>(*server.mode) & kPermissions;
  if (secret) wanted.mode &= ~kOthers;
  return wanted;
}

Trouble cannot_chown(const std::string& path, const std::string& why) {
  Trouble trouble;
  trouble.code = "cannot_chown";
  trouble.why = path + ": " + why;
  trouble.hint = "run certmgr as root, or name an owner and a group it may give files to";
  return trouble;
}

Result<void> can_give(const Ownership& wanted, const std::string& path) {
  if (::geteuid() == 0) return {};
  if (wanted.uid && *wanted.uid != ::geteuid())
    return fail(cannot_chown(path, "only root can give a file to user " + std::to_string(*wanted.uid)));
  if (wanted.gid && !in_group(*wanted.gid))
    return fail(cannot_chown(
        path, "only root can give a file to group " + std::to_string(*wanted.gid) + ", which we are not in"));
  return {};
}

}  // namespace certmgr::deploy
