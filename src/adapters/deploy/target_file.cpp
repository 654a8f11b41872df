// SPDX-License-Identifier: MIT
#include "adapters/deploy/target_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

#include "adapters/deploy/file_trouble.h"
#include "platform/secret_text.h"

namespace certmgr::deploy {
namespace {

constexpr const char* kAccessList = "system.posix_acl_access";
constexpr std::size_t kLargestFile = std::size_t{1024} * 1024;  // of a replaced file that has to be copied

/// The access list of the replaced file: without it a service that reads the key by an ACL would lose
/// it, and the ACL's mask, which stands in the group bits of the mode, would open it to the group.
bool copy_access_list(int from, int to) {
  std::array<char, 4096> list{};
  const ssize_t size = ::fgetxattr(from, kAccessList, list.data(), list.size());
  if (size < 0) return errno == ENODATA || errno == ENOTSUP;
  return ::fsetxattr(to, kAccessList, list.data(), static_cast<std::size_t>(size), 0) == 0;
}

bool cannot_link(int error) {
  // EPERM: the filesystem has no hard links, or fs.protected_hardlinks forbids this one.
  return error == EPERM || error == ENOTSUP || error == ENOSYS || error == EMLINK;
}

}  // namespace

TargetFile::TargetFile(std::string path, std::string name, platform::Fd folder)
    : path_(std::move(path)),
      name_(std::move(name)),
      new_("." + name_ + ".certmgr-new"),
      old_("." + name_ + ".certmgr-old"),
      absent_("." + name_ + ".certmgr-absent"),
      copy_("." + name_ + ".certmgr-copy"),
      folder_(std::move(folder)) {}

Result<TargetFile> TargetFile::open(const std::string& path) {
  const std::string folder = folder_of(path);
  platform::Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return fail(file_trouble(path, errno));
  return TargetFile(path, path.substr(path.rfind('/') + 1), std::move(fd));
}

Trouble TargetFile::trouble() const { return file_trouble(path_, errno); }

Result<std::optional<OldFile>> TargetFile::look() const {
  OldFile old;
  if (::fstatat(folder_.get(), name_.c_str(), &old.status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return std::optional<OldFile>();
    return fail(trouble());
  }
  old.link = S_ISLNK(old.status.st_mode);
  if (old.link) {
    old.dangling = ::fstatat(folder_.get(), name_.c_str(), &old.status, 0) != 0;
    return std::optional<OldFile>(old);
  }
  if (S_ISREG(old.status.st_mode)) return std::optional<OldFile>(old);
  Trouble refused;
  refused.code = "not_a_file";
  refused.why = path_ + (S_ISDIR(old.status.st_mode) ? " is a folder" : " is not a regular file");
  refused.hint = "remove it, or correct the path (of a server: 'certmgr server set')";
  return fail(refused);
}

Result<bool> TargetFile::holds(std::string_view content) const {
  platform::Fd file(::openat(folder_.get(), name_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) {
    if (errno == ENOENT || errno == ELOOP) return false;
    return fail(trouble());
  }
  platform::SecretText present;
  if (!platform::read_all(file.get(), present.text(), content.size() + 1)) return fail(trouble());
  return present.text() == content;
}

Result<void> TargetFile::writable() const {
  if (::faccessat(folder_.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) return fail(trouble());
  return {};
}

Result<void> TargetFile::write_new(std::string_view content, const Ownership& wanted,
                                   const std::optional<OldFile>& old) {
  if (auto gone = forget_new(); !gone) return gone;
  platform::Fd file(::openat(folder_.get(), new_.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) return fail(trouble());
  struct stat made {};
  if (::fstat(file.get(), &made) != 0) return fail(trouble());
  const bool give = (wanted.uid && *wanted.uid != made.st_uid) || (wanted.gid && *wanted.gid != made.st_gid);
  if (give && ::fchown(file.get(), wanted.uid.value_or(made.st_uid), wanted.gid.value_or(made.st_gid)) != 0)
    return fail(cannot_chown(path_, platform::errno_text(errno)));
  if (old && !old->dangling) {
    platform::Fd replaced(::openat(folder_.get(), name_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (replaced && !copy_access_list(replaced.get(), file.get())) return fail(trouble());
  }
  if (::fchmod(file.get(), wanted.mode) != 0 || !platform::write_all(file.get(), content) ||
      ::fsync(file.get()) != 0)
    return fail(trouble());
  return {};
}

Result<bool> TargetFile::exists(const std::string& name) const {
  struct stat status {};
  if (::fstatat(folder_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return true;
  if (errno == ENOENT) return false;
  return fail(trouble());
}

Result<bool> TargetFile::kept() const {
  auto old = exists(old_);
  if (!old || *old) return old;
  return exists(absent_);
}

Result<void> TargetFile::keep_old() {
  auto present = exists(name_);
  if (!present) return fail(present.error());
  if (*present) {
    if (auto gone = remove(copy_); !gone) return gone;
    return link_or_copy(name_, old_);
  }
  platform::Fd note(::openat(folder_.get(), absent_.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR));
  if (!note) return fail(trouble());
  return {};
}

Result<void> TargetFile::link_or_copy(const std::string& from, const std::string& to) {
  if (::linkat(folder_.get(), from.c_str(), folder_.get(), to.c_str(), 0) == 0) return {};
  if (!cannot_link(errno)) return fail(trouble());
  // By way of another name: a copy cut short by a kill must never pass for the old file.
  if (auto copied = copy(from, copy_); !copied) return copied;
  if (::renameat(folder_.get(), copy_.c_str(), folder_.get(), to.c_str()) != 0) return fail(trouble());
  return {};
}

Result<void> TargetFile::copy(const std::string& from, const std::string& to) {
  platform::Fd source(::openat(folder_.get(), from.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!source && errno == ELOOP) return copy_link(from, to);
  if (!source) return fail(trouble());
  struct stat status {};
  platform::SecretText content;
  if (::fstat(source.get(), &status) != 0) return fail(trouble());
  if (status.st_size > static_cast<off_t>(kLargestFile)) {
    errno = EFBIG;
    return fail(trouble());
  }
  if (!platform::read_all(source.get(), content.text(), kLargestFile)) return fail(trouble());
  platform::Fd file(::openat(folder_.get(), to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                             S_IRUSR | S_IWUSR));
  if (!file) return fail(trouble());
  struct stat made {};
  if (::fstat(file.get(), &made) != 0) return fail(trouble());
  const bool give = status.st_uid != made.st_uid || status.st_gid != made.st_gid;
  if (give && ::fchown(file.get(), status.st_uid, status.st_gid) != 0) return fail(trouble());
  if (!copy_access_list(source.get(), file.get()) || ::fchmod(file.get(), status.st_mode & ALLPERMS) != 0 ||
      !platform::write_all(file.get(), content.text()) || ::fsync(file.get()) != 0)
    return fail(trouble());
  return {};
}

Result<void> TargetFile::copy_link(const std::string& from, const std::string& to) {
  std::string target(PATH_MAX, '\0');
  const ssize_t size = ::readlinkat(folder_.get(), from.c_str(), target.data(), target.size());
  if (size < 0) return fail(trouble());
  target.resize(static_cast<std::size_t>(size));
  if (::symlinkat(target.c_str(), folder_.get(), to.c_str()) != 0) return fail(trouble());
  return {};
}

Result<void> TargetFile::replace() {
  if (::renameat(folder_.get(), new_.c_str(), folder_.get(), name_.c_str()) != 0) return fail(trouble());
  return {};
}

Result<void> TargetFile::put_back() {
  auto absent = exists(absent_);
  if (!absent) return fail(absent.error());
  if (*absent) return remove(name_);
  for (const auto& stale : {new_, copy_})
    if (auto gone = remove(stale); !gone) return gone;
  if (auto again = link_or_copy(old_, new_); !again) return again;
  if (auto back = replace(); !back) return back;
  // Renaming one name of a file to another name of the same file does nothing and leaves both.
  return forget_new();
}

Result<void> TargetFile::remove(const std::string& name) {
  if (::unlinkat(folder_.get(), name.c_str(), 0) != 0 && errno != ENOENT) return fail(trouble());
  return {};
}

Result<void> TargetFile::forget() {
  for (const auto& name : {new_, copy_, old_, absent_})
    if (auto gone = remove(name); !gone) return gone;
  return {};
}

Result<void> TargetFile::forget_new() { return remove(new_); }

Result<void> TargetFile::sync_folder() {
  if (::fsync(folder_.get()) != 0) return fail(trouble());
  return {};
}

}  // namespace certmgr::deploy
