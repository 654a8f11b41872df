// SPDX-License-Identifier: MIT
#include "platform/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "platform/child_output.h"
#include "platform/fd.h"
#include "platform/group_guard.h"

namespace certmgr::platform {
namespace {

using Steady = std::chrono::steady_clock;

class SpawnActions {
 public:
  SpawnActions() { posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class SpawnAttributes {
 public:
  SpawnAttributes() { posix_spawnattr_init(&attributes_); }
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  posix_spawnattr_t* get() { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(const std::vector<std::string>& texts, const std::string* first) {
  std::vector<char*> result;
  result.reserve(texts.size() + 2);
  if (first != nullptr) result.push_back(const_cast<char*>(first->c_str()));
  for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

/// posix_spawn rather than fork: it shares our memory until the exec, so it neither copies the page
/// tables of a big process nor can meet a lock that another thread held at the moment of the fork.
int spawn(const ChildCommand& command, const Fd& input, int answer, int output, pid_t& pid) {
  SpawnActions actions;
  posix_spawn_file_actions_adddup2(actions.get(), answer, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(actions.get(), output, STDERR_FILENO);
  if (input)
    posix_spawn_file_actions_adddup2(actions.get(), input.get(), STDIN_FILENO);
  else
    posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(actions.get(), STDERR_FILENO + 1);
  posix_spawn_file_actions_addchdir_np(actions.get(), "/");

  SpawnAttributes attributes;
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(attributes.get(), &signals);
  sigfillset(&signals);
  posix_spawnattr_setsigdefault(attributes.get(), &signals);
  posix_spawnattr_setpgroup(attributes.get(), 0);
  posix_spawnattr_setflags(attributes.get(),
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  auto arguments = pointers(command.arguments, &command.program);
  auto environment = pointers(command.environment, nullptr);
  return posix_spawn(&pid, command.program.c_str(), actions.get(), attributes.get(), arguments.data(),
                     environment.data());
}

/// A file in memory rather than a pipe: a child that reads late, or never, holds up nobody. 0 or an errno.
int open_input(const std::string& content, Fd& input) {
  if (content.empty()) return 0;
  Fd file(::memfd_create("input", MFD_CLOEXEC));
  if (!file || !write_all(file.get(), content) || ::lseek(file.get(), 0, SEEK_SET) != 0) return errno;
  // Above 2, as the pipes are: none of the three may take the place of another before that is in its own.
  input = Fd(::fcntl(file.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  return input ? 0 : errno;
}

std::string why_not_started(const std::string& program, int error) {
  struct stat status {};
  if (error == ENOENT && ::stat(program.c_str(), &status) == 0)
    return "the interpreter named in its first line (#!) does not exist";
  if (error == ENOEXEC) return "it is neither a program for this machine nor a script with a #! line";
  if (error == EACCES && ::access(program.c_str(), X_OK) != 0) return "it is not executable";
  if (error == EACCES) return "it may not be executed (interpreter, folder or a mount with noexec)";
  return errno_text(error);
}

int milliseconds_until(Steady::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, INT_MAX));
}

/// A started child: reads its output and waits for its end. It is reaped last, so that its number, and
/// with it the number of its process group, cannot be given to somebody else while we send signals.
class RunningChild {
 public:
  RunningChild(pid_t pid, Fd handle, Outlet answer, Outlet output)
      : pid_(pid), handle_(std::move(handle)), answer_(std::move(answer)), output_(std::move(output)) {}

  /// Reads until the child has ended; false if it is still running at `end`.
  bool wait_until(Steady::time_point end) {
    while (!ended_ && listen(end)) {
    }
    return ended_;
  }

  void end_group(Duration grace) {
    ::kill(-pid_, SIGTERM);
    // All that are left of the group hold the output: when it closes, the last has gone.
    const auto grace_end = Steady::now() + grace;
    while ((!ended_ || answer_.open() || output_.open()) && listen(grace_end)) {
    }
    ::kill(-pid_, SIGKILL);
    wait_until(Steady::now() + kKillWait);
  }

  std::optional<int> reap() {
    int status = 0;
    pid_t got = -1;
    do {
      got = ::waitpid(pid_, &status, WNOHANG);
    } while (got < 0 && errno == EINTR);
    if (got != pid_) return std::nullopt;
    return status;
  }

  std::string take_answer() { return answer_.take(); }
  std::string take_output() { return output_.take(); }

 private:
  static constexpr std::chrono::seconds kKillWait{5};  // a process stuck in the kernel cannot be ended

  /// Waits for output or for the child's end; false when the time is over.
  bool listen(Steady::time_point end) {
    std::array<pollfd, 3> polled{
        {{ended_ ? -1 : handle_.get(), POLLIN, 0}, {answer_.fd(), POLLIN, 0}, {output_.fd(), POLLIN, 0}}};
    const int left = milliseconds_until(end);
    const int ready = ::poll(polled.data(), polled.size(), left);
    if (ready < 0) return errno == EINTR;
    if (ready == 0) return left > 0;
    if (polled[1].revents != 0) answer_.read_some();
    if (polled[2].revents != 0) output_.read_some();
    if (polled[0].revents == 0) return left > 0;  // one that never stops printing is no reason to stay
    ended_ = true;
    answer_.read_rest();
    output_.read_rest();
    return true;
  }

  pid_t pid_;
  Fd handle_;
  Outlet answer_;  // closed from the start when stdout goes to output_
  Outlet output_;
  bool ended_ = false;
};

ChildResult not_started(int error, std::string why) {
  ChildResult result;
  result.error = error;
  result.why = std::move(why);
  return result;
}

/// Without a handle the child cannot be waited for with a limit; this needs a full descriptor table.
ChildResult give_up(pid_t pid, int error) {
  ::kill(-pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return not_started(error, errno_text(error));
}

/// The groups of children that run at this moment.
class RunningGroups {
 public:
  void add(pid_t group) {
    const std::scoped_lock lock(mutex_);
    groups_.insert(group);
  }
  void remove(pid_t group) {
    const std::scoped_lock lock(mutex_);
    groups_.erase(group);
  }
  void kill_all() {
    const std::scoped_lock lock(mutex_);
    for (const pid_t group : groups_) ::kill(-group, SIGKILL);
  }

 private:
  std::mutex mutex_;
  std::set<pid_t> groups_;
};

RunningGroups& running_groups() {
  static RunningGroups groups;
  return groups;
}

/// Out of the list before the child is waited for: after that its number may be somebody else's.
class Listed {
 public:
  explicit Listed(pid_t group) : group_(group) { running_groups().add(group_); }
  ~Listed() { running_groups().remove(group_); }
  Listed(const Listed&) = delete;
  Listed& operator=(const Listed&) = delete;

 private:
  pid_t group_;
};

}  // namespace

void end_all_children() { running_groups().kill_all(); }

ChildResult run_child(const ChildCommand& command) {
  ChildPipe output;
  ChildPipe answer;
  int error = output.open();
  if (error == 0 && command.answer_apart) error = answer.open();
  if (error != 0) return not_started(error, errno_text(error));

  Fd input;
  error = open_input(command.input, input);
  if (error != 0) return not_started(error, errno_text(error));
  std::optional<GroupGuard> guard(std::in_place);
  if (guard->error() != 0) return not_started(guard->error(), errno_text(guard->error()));
  pid_t pid = -1;
  const int standard_output = command.answer_apart ? answer.writer.get() : output.writer.get();
  error = spawn(command, input, standard_output, output.writer.get(), pid);
  if (error != 0) return not_started(error, why_not_started(command.program, error));
  guard->keep(pid);
  output.writer.reset();
  answer.writer.reset();
  input.reset();
  // By number: the C library's header of Debian 12 declares it for C alone.
  Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!handle) return give_up(pid, errno);

  RunningChild child(pid, std::move(handle), Outlet(std::move(answer.reader), command.keep_output),
                     Outlet(std::move(output.reader), command.keep_output));
  bool in_time = false;
  {
    const Listed listed(pid);
    in_time = child.wait_until(Steady::now() + command.limit);
    if (!in_time) child.end_group(command.grace);
  }
  guard.reset();  // before the number can be somebody else's
  const std::optional<int> status = child.reap();

  ChildResult result;
  result.answer = child.take_answer();
  result.output = child.take_output();
  if (!in_time) {
    result.end = ChildEnd::timed_out;
  } else if (!status) {
    result.error = ECHILD;
    result.why = "its exit status was lost (is SIGCHLD ignored?)";
  } else if (WIFSIGNALED(*status)) {
    result.end = ChildEnd::signalled;
    result.signal = WTERMSIG(*status);
  } else {
    result.end = ChildEnd::exited;
    result.exit_code = WEXITSTATUS(*status);
  }
  return result;
}

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace certmgr::platform
