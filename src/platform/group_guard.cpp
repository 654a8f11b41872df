// SPDX-License-Identifier: MIT
#include "platform/group_guard.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>

namespace certmgr::platform {
namespace {

/// By number: the C library's header of Debian 12 declares it for C alone.
int open_process(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

void close_from_to(int first, int last) {
  if (first <= last)
    ::syscall(SYS_close_range, static_cast<unsigned>(first), static_cast<unsigned>(last), 0U);
}

bool has_ended(int process, int milliseconds) {
  pollfd watched{process, POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&watched, 1, milliseconds);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

/// Runs in a fork of a process with threads, so nothing but system calls is allowed. Everything of ours is
/// closed first: a lock or a listening socket must not stay in use for longer than we live.
[[noreturn]] void stand_guard(int parent, int told) {
  const int low = std::min(parent, told);
  const int high = std::max(parent, told);
  close_from_to(0, low - 1);
  close_from_to(low + 1, high - 1);
  close_from_to(high + 1, INT_MAX);
  ::setpgid(0, 0);
  ::prctl(PR_SET_NAME, "certmgr-guard");
  has_ended(parent, -1);
  std::uint64_t leader = 0;
  if (::read(told, &leader, sizeof(leader)) != sizeof(leader)) ::_exit(0);
  // One that has ended by itself may leave in the background what it likes.
  const auto pid = static_cast<pid_t>(leader);
  const int process = open_process(pid);
  if (process >= 0 && !has_ended(process, 0)) ::kill(-pid, SIGKILL);
  ::_exit(0);
}

/// The guard is born with every signal blocked: what ends its parent by a signal to all is not for it.
class AllBlocked {
 public:
  AllBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~AllBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  AllBlocked(const AllBlocked&) = delete;
  AllBlocked& operator=(const AllBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

GroupGuard::GroupGuard() : told_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  const Fd self(told_ ? open_process(::getpid()) : -1);
  if (!self) {
    error_ = errno;
    return;
  }
  const AllBlocked blocked;
  pid_ = ::fork();
  if (pid_ == 0) stand_guard(self.get(), told_.get());
  if (pid_ < 0) error_ = errno;
}

GroupGuard::~GroupGuard() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void GroupGuard::keep(pid_t leader) const {
  const auto number = static_cast<std::uint64_t>(leader);
  // It has room for one number, so this does not fail.
  static_cast<void>(::write(told_.get(), &number, sizeof(number)));
}

}  // namespace certmgr::platform
