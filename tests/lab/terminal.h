// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace certmgr::lab {

/// A program on a terminal of its own (a pty), as a person would run it. It does not outlive this object.
class Terminal {
 public:
  /// `command`[0] is a path; no shell.
  Terminal(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Whether `text` turned up on the screen within `limit`.
  bool wait_for(const std::string& text, std::chrono::milliseconds limit = std::chrono::seconds(20));
  /// What a person types, with the Enter key behind it.
  void type(const std::string& line) const;
  /// The exit status once it has ended; nullopt: not within `limit`.
  std::optional<int> wait(std::chrono::milliseconds limit = std::chrono::seconds(30));
  /// All that was written so far, what was typed included.
  [[nodiscard]] const std::string& screen() const { return screen_; }

 private:
  bool read_some(std::chrono::milliseconds limit);

  pid_t pid_ = -1;
  int master_ = -1;
  std::string screen_;
};

}  // namespace certmgr::lab
