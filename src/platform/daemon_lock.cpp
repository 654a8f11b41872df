// SPDX-License-Identifier: MIT
#include "platform/daemon_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace certmgr::platform {
namespace {

/// One lock per half of the work; a daemon that does all of it takes both.
std::string lock_file(const std::string& store_path, DaemonRole half) {
  return store_path + "." + std::string(to_string(half)) + ".lock";
}

std::vector<DaemonRole> halves(DaemonRole role) {
  if (role == DaemonRole::all) return {DaemonRole::network, DaemonRole::deploy};
  return {role};
}

/// Whoever holds the lock has written its pid into the file.
std::string holder(int fd) {
  std::string pid;
  static_cast<void>(lseek(fd, 0, SEEK_SET));
  read_all(fd, pid, 32);
  std::erase_if(pid, [](char c) { return c < '0' || c > '9'; });
  return pid.empty() ? "another process" : "pid " + pid;
}

Trouble cannot_lock(const std::string& path, int error) {
  return {.kind = TroubleKind::configuration,
          .code = "daemon_lock",
          .what = "cannot start the daemon",
          .why = path + " cannot be used: " + errno_text(error),
          .hint = "the daemon must be able to write to the folder of the store"};
}

Result<Fd> lock(const std::string& path) {
  Fd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file) return fail(cannot_lock(path, errno));
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail(cannot_lock(path, errno));
    return fail({.kind = TroubleKind::usage,
                 .code = "daemon_running",
                 .what = "cannot start the daemon",
                 .why = "one is at work on this store already (" + holder(file.get()) + ")",
                 .hint = "stop it first, or leave the work to it"});
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(file.get(), 0) != 0 || !write_all(file.get(), pid)) return fail(cannot_lock(path, errno));
  return file;
}

}  // namespace

std::string_view to_string(DaemonRole role) {
  switch (role) {
    case DaemonRole::all:
      return "all";
    case DaemonRole::network:
      return "network";
    case DaemonRole::deploy:
      return "deploy";
  }
  return "all";
}

Result<DaemonLock> DaemonLock::take(const std::string& store_path, DaemonRole role) {
  std::vector<Fd> files;
  for (const auto half : halves(role)) {
    auto file = lock(lock_file(store_path, half));
    if (!file) return fail(std::move(file.error()));
    files.push_back(std::move(*file));
  }
  return DaemonLock(std::move(files));
}

Result<void> refuse_vanished_store(const std::string& store_path) {
  if (access(store_path.c_str(), F_OK) == 0 || errno != ENOENT) return {};
  for (const auto half : {DaemonRole::network, DaemonRole::deploy}) {
    const std::string left = lock_file(store_path, half);
    if (access(left.c_str(), F_OK) != 0) continue;
    Trouble trouble{.kind = TroubleKind::store, .code = "store_vanished"};
    trouble.what = "cannot start the daemon";
    trouble.why = store_path + " is not there, but the lock of a daemon that worked on it is";
    trouble.hint = "bring back the store from a backup; to begin with an empty one, remove " + left;
    return fail(std::move(trouble));
  }
  return {};
}

std::optional<std::string> LockedPresence::serving(TaskKind kind) const {
  const Fd file(open(lock_file(store_path_, half_of(kind)).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return std::nullopt;
  if (flock(file.get(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK) return std::nullopt;
  return holder(file.get());
}

}  // namespace certmgr::platform
