// SPDX-License-Identifier: MIT
#include "lab/process.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <utility>

#include "lab/temp_dir.h"

namespace certmgr::lab {

bool wait_until(const std::function<bool()>& happened, milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!happened()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(milliseconds(5));  // between two looks, not instead of one
  }
  return true;
}

std::map<std::string, std::string> own_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return variables;
}

namespace {

int open_output(const std::filesystem::path& path) {
  const auto& target = path.empty() ? std::filesystem::path("/dev/null") : path;
  const int fd = open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) throw std::runtime_error("cannot write " + target.string());
  return fd;
}

gid_t group_of(uid_t user) {
  const passwd* entry = getpwuid(user);
  if (entry == nullptr) throw std::runtime_error("no user " + std::to_string(user));
  return entry->pw_gid;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct Launch {
  char* const* command;
  char* const* environment;
  const char* directory;
  int output;
  int errors;
  int death_signal;
  pid_t parent;
  const char* login;  // a number; null: as ours
  int program = -1;   // open, for another user
  uid_t user = 0;
  gid_t group = 0;
};

/// proc_pid_loginuid(5). Async-signal-safe.
bool log_in(const char* uid) {
  const int file = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = write(file, uid, std::strlen(uid)) == static_cast<ssize_t>(std::strlen(uid));
  close(file);
  return written;
}

/// False: the parent died before it could be watched. To be asked again after a change of the user, which
/// makes the kernel forget it.
bool is_watched(const Launch& launch) {
  prctl(PR_SET_PDEATHSIG, launch.death_signal);
  return getppid() == launch.parent;
}

[[noreturn]] void run_as_other(const Launch& launch) {
  if (setgroups(0, nullptr) == 0 && setgid(launch.group) == 0 && setuid(launch.user) == 0 &&
      is_watched(launch))
    syscall(SYS_execveat, launch.program, "", launch.command, launch.environment, AT_EMPTY_PATH);
  _exit(126);
}

/// Runs in the forked child, where only async-signal-safe calls are allowed.
[[noreturn]] void become(const Launch& launch) {
  setpgid(0, 0);
  if (!is_watched(launch)) _exit(126);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);  // a library in this process may ignore it, which is inherited
  if (launch.login != nullptr && !log_in(launch.login)) _exit(126);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(launch.output, STDOUT_FILENO);
  dup2(launch.errors, STDERR_FILENO);
  if (launch.directory != nullptr && chdir(launch.directory) != 0) _exit(126);
  if (launch.program >= 0) run_as_other(launch);
  execve(launch.command[0], launch.command, launch.environment);
  _exit(127);
}

}  // namespace

bool may_log_in() {
  if (getuid() != 0) return false;
  const pid_t child = fork();
  if (child == 0) _exit(log_in("1") ? 0 : 1);
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Process::Process(ProcessOptions options) : output_(options.output), errors_(options.errors) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : options.environment) {
    variables.push_back(std::string(name).append("=").append(value));
  }
  const auto command = pointers_to(options.command);
  const auto environment = pointers_to(variables);
  const int output = open_output(output_);
  const int errors = errors_.empty() ? output : open_output(errors_);
  const std::string login = std::to_string(options.login.value_or(0));
  Launch launch{command.data(),
                environment.data(),
                options.directory.empty() ? nullptr : options.directory.c_str(),
                output,
                errors,
                options.death_signal,
                getpid(),
                options.login ? login.c_str() : nullptr};
  if (options.user) {
    launch.user = *options.user;
    launch.group = group_of(*options.user);
    launch.program = open(options.command.at(0).c_str(), O_PATH | O_CLOEXEC);
  }
  pid_ = fork();
  if (pid_ == 0) become(launch);
  if (launch.program >= 0) close(launch.program);
  close(output);
  if (errors != output) close(errors);
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  setpgid(pid_, pid_);  // also here: whoever comes first
  // glibc 2.36 declares pidfd_open() without C linkage.
  pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (pidfd_ < 0) throw std::runtime_error(std::string("pidfd_open: ") + std::strerror(errno));
  fcntl(pidfd_, F_SETFD, FD_CLOEXEC);
}

Process::~Process() { end(); }

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::exchange(other.pidfd_, -1)),
      status_(other.status_),
      output_(std::move(other.output_)),
      errors_(std::move(other.errors_)) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    end();
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::exchange(other.pidfd_, -1);
    status_ = other.status_;
    output_ = std::move(other.output_);
    errors_ = std::move(other.errors_);
  }
  return *this;
}

bool Process::ended_within(milliseconds limit) {
  pollfd watched{pidfd_, POLLIN, 0};
  return poll(&watched, 1, static_cast<int>(limit.count())) == 1;
}

void Process::reap() {
  // The group is ended while its leader is still a zombie: its number cannot be somebody else's yet.
  kill(-pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  close(std::exchange(pidfd_, -1));
}

bool Process::running() { return pidfd_ >= 0 && !ended_within(milliseconds(0)); }

std::optional<int> Process::wait(milliseconds limit) {
  if (pidfd_ >= 0 && ended_within(limit)) reap();
  return status_;
}

void Process::signal(int number) const {
  if (pidfd_ >= 0) syscall(SYS_pidfd_send_signal, pidfd_, number, nullptr, 0);
}

void Process::end() {
  if (pidfd_ < 0) return;
  signal(SIGTERM);
  if (!ended_within(std::chrono::seconds(5))) {
    signal(SIGKILL);
    ended_within(std::chrono::seconds(5));
  }
  reap();
}

std::string Process::output() const { return output_.empty() ? std::string() : read_file(output_); }
std::string Process::errors() const { return errors_.empty() ? output() : read_file(errors_); }

bool Process::wait_for_output(std::string_view text, milliseconds limit) {
  return wait_until([&] { return output().find(text) != std::string::npos || !running(); }, limit) &&
         output().find(text) != std::string::npos;
}

}  // namespace certmgr::lab
