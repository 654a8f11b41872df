// SPDX-License-Identifier: MIT
#include "platform/trusted_program.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "platform/fd.h"

namespace certmgr::platform {
namespace {

std::optional<Distrust> changeable(const std::string& path, const struct stat& found) {
  // The group may write when we are not root: many systems give every user a group of their own.
  const bool group_is_trusted = ::geteuid() != 0 || found.st_gid == 0;
  const mode_t unguarded = group_is_trusted ? S_IWOTH : S_IWOTH | S_IWGRP;
  // In a folder like /tmp nobody can replace what is not theirs.
  const bool sticky = S_ISDIR(found.st_mode) && (found.st_mode & S_ISVTX) != 0;
  if (!sticky && (found.st_mode & unguarded) != 0)
    return Distrust{path + " can be changed by other users", "chmod go-w " + path};
  if (found.st_uid != 0 && found.st_uid != ::geteuid())
    return Distrust{path + " belongs to user " + std::to_string(found.st_uid) + ", who could change it",
                    "chown root " + path};
  return std::nullopt;
}

}  // namespace

std::optional<Distrust> distrust(const std::string& path) {
  if (!path.starts_with('/')) return Distrust{path + " is not an absolute path", "give it as /folder/name"};
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  if (error) return Distrust{path + ": " + errno_text(error.value()), "name a program that is there"};
  for (const std::string& part : {real.string(), real.parent_path().string()}) {
    struct stat found {};
    if (::stat(part.c_str(), &found) != 0)
      return Distrust{part + ": " + errno_text(errno), "name a program that is there"};
    if (part == real && !S_ISREG(found.st_mode))
      return Distrust{part + " is not a regular file", "give the path of a program"};
    if (auto found_out = changeable(part, found)) return found_out;
  }
  return std::nullopt;
}

}  // namespace certmgr::platform
