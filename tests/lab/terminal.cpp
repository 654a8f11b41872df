// SPDX-License-Identifier: MIT
#include "lab/terminal.h"

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>

namespace certmgr::lab {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::chrono::milliseconds left(Clock::time_point deadline) {
  return std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
}

}  // namespace

Terminal::Terminal(const std::vector<std::string>& command,
                   const std::map<std::string, std::string>& environment) {
  // All that allocates is done before the fork.
  std::vector<std::string> arguments = command;
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) variables.emplace_back(name).append("=").append(value);
  const auto argv = pointers(arguments);
  const auto envp = pointers(variables);
  pid_ = forkpty(&master_, nullptr, nullptr, nullptr);
  if (pid_ < 0) throw std::runtime_error("cannot make a terminal");
  if (pid_ > 0) return;
  execve(argv[0], argv.data(), envp.data());
  _exit(127);
}

Terminal::~Terminal() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (master_ >= 0) close(master_);
}

bool Terminal::read_some(std::chrono::milliseconds limit) {
  pollfd ready{master_, POLLIN, 0};
  if (poll(&ready, 1, static_cast<int>(std::max<long long>(0, limit.count()))) <= 0) return false;
  std::array<char, 4096> buffer{};
  const ssize_t count = read(master_, buffer.data(), buffer.size());
  if (count <= 0) return false;  // EIO: the other side is closed
  screen_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

bool Terminal::wait_for(const std::string& text, std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (screen_.find(text) == std::string::npos)
    if (!read_some(left(deadline))) return false;
  return true;
}

void Terminal::type(const std::string& line) const {
  const std::string keys = line + "\n";
  if (write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
    throw std::runtime_error("the terminal takes nothing");
}

std::optional<int> Terminal::wait(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (left(deadline).count() > 0 && read_some(left(deadline))) {
  }
  // Its side of the terminal is closed: it has ended, or is about to.
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (left(deadline).count() <= 0) return std::nullopt;
    poll(nullptr, 0, 5);
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace certmgr::lab
