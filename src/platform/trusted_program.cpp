// SPDX-License-Identifier: MIT
#include "platform/trusted_program.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "platform/fd.h"

namespace certmgr::platform {
namespace {

std::optional<std::string> why_changeable(const std::string& path, const struct stat& found) {
  // The group may write when we are not root: many systems give every user a group of their own.
  const bool group_is_trusted = ::geteuid() != 0 || found.st_gid == 0;
  const mode_t unguarded = group_is_trusted ? S_IWOTH : S_IWOTH | S_IWGRP;
  // In a folder like /tmp nobody can replace what is not theirs.
  const bool sticky = S_ISDIR(found.st_mode) && (found.st_mode & S_ISVTX) != 0;
  if (!sticky && (found.st_mode & unguarded) != 0) return path + " can be changed by other users";
  if (found.st_uid != 0 && found.st_uid != ::geteuid())
    return path + " belongs to user " + std::to_string(found.st_uid) + ", who could change it";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> why_untrusted(const std::string& path) {
  if (!path.starts_with('/')) return path + " is not an absolute path";
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  if (error) return path + ": " + errno_text(error.value());
  for (const std::string& part : {real.string(), real.parent_path().string()}) {
    struct stat found {};
    if (::stat(part.c_str(), &found) != 0) return part + ": " + errno_text(errno);
    if (part == real && !S_ISREG(found.st_mode)) return part + " is not a regular file";
    if (auto why = why_changeable(part, found)) return why;
  }
  return std::nullopt;
}

}  // namespace certmgr::platform
