// SPDX-License-Identifier: MIT
#include "e2e/world/small_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace certmgr::e2e {
namespace {

constexpr const char* kFiller = "filler";

/// Processes are started by this thread, so it is enough that this thread has the namespace.
bool enter_own_namespace() {
  static const bool entered =
      unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  return entered;
}

}  // namespace

std::unique_ptr<SmallDisk> SmallDisk::mount(std::size_t bytes, std::string& why_not) {
  std::unique_ptr<SmallDisk> disk(new SmallDisk);  // NOLINT: the constructor is private
  const std::string size = "size=" + std::to_string(bytes) + ",mode=0700";
  disk->mounted_ = enter_own_namespace() &&
                   ::mount("tmpfs", disk->path().c_str(), "tmpfs", MS_NOSUID | MS_NODEV, size.c_str()) == 0;
  if (disk->mounted_) return disk;
  why_not = std::string("skip: mounting a small file system is not permitted here: ") + std::strerror(errno);
  return nullptr;
}

SmallDisk::~SmallDisk() {
  if (mounted_) umount2(path().c_str(), MNT_DETACH);
}

void SmallDisk::fill(std::size_t left) {
  int error = ENOSPC;
  // Whoever works on the disk meanwhile may take what was free a moment ago.
  for (int tries = 0; error == ENOSPC && tries < 100; ++tries) {
    struct statvfs now {};
    if (statvfs(path().c_str(), &now) != 0) throw std::runtime_error("statvfs");
    const auto free = static_cast<off_t>(now.f_bavail * now.f_frsize) - static_cast<off_t>(left);
    if (free <= 0) return;
    const int fd = open((path() / kFiller).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    error = fd < 0 ? errno : posix_fallocate(fd, 0, free);
    close(fd);
  }
  if (error != 0) throw std::runtime_error(std::string("cannot fill the disk: ") + std::strerror(error));
}

void SmallDisk::make_room() { std::filesystem::remove(path() / kFiller); }

void SmallDisk::set_read_only(bool read_only) const {
  unsigned long flags = MS_REMOUNT | MS_NOSUID | MS_NODEV;
  if (read_only) flags |= MS_RDONLY;
  if (::mount("tmpfs", path().c_str(), "tmpfs", flags, nullptr) != 0)
    throw std::runtime_error(std::string("cannot remount: ") + std::strerror(errno));
}

}  // namespace certmgr::e2e
