// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certmgr::lab {

using std::chrono::milliseconds;

/// Checks again and again whether an event has happened (a port accepts, a line is in a log); false
/// when it has not within `limit`.
bool wait_until(const std::function<bool()>& happened, milliseconds limit = std::chrono::seconds(20));

struct ProcessOptions {
  std::vector<std::string> command = {};  // [0] is a path; no shell
  std::map<std::string, std::string> environment = {};
  std::filesystem::path output = {};     // stdout
  std::filesystem::path errors = {};     // stderr; empty: goes to `output` too
  std::filesystem::path directory = {};  // empty: ours
  /// What the kernel sends it when the test's thread that started it ends, however that happens.
  int death_signal = SIGTERM;
  /// The login that the kernel is told of, as by pam_loginuid(8). Needs may_log_in().
  std::optional<uid_t> login = std::nullopt;
  /// Who it runs as, with the primary group of that user and no other; nullopt: as we. Its program is opened
  /// before, so that it may lie where that user has no way to. Needs root.
  std::optional<uid_t> user = std::nullopt;
};

/// Whether a child of ours can have another login than we: not without root, and in no session whose login
/// the kernel keeps for good.
bool may_log_in();

/// The environment this program was started with.
std::map<std::string, std::string> own_environment();

/// A program that runs in its own process group and does not outlive this object, nor the thread
/// that created it.
class Process {
 public:
  explicit Process(ProcessOptions options);
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running();
  /// The exit status, 128 + N after signal N, nullopt while it still runs after `limit`.
  std::optional<int> wait(milliseconds limit);
  void signal(int number) const;
  /// SIGTERM, then SIGKILL to it and to what it left in its group. May be repeated.
  void end();

  [[nodiscard]] std::string output() const;
  [[nodiscard]] std::string errors() const;
  /// Whether `text` turned up in its output within `limit`.
  bool wait_for_output(std::string_view text, milliseconds limit = std::chrono::seconds(20));

 private:
  bool ended_within(milliseconds limit);
  void reap();

  pid_t pid_ = -1;
  int pidfd_ = -1;
  std::optional<int> status_;
  std::filesystem::path output_;
  std::filesystem::path errors_;
};

}  // namespace certmgr::lab
