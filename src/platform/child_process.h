// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "certmgr/domain/instant.h"

namespace certmgr::platform {

struct ChildCommand {
  std::string program = {};                   // absolute path
  std::vector<std::string> arguments = {};    // without the program's name
  std::vector<std::string> environment = {};  // "NAME=value", nothing else is inherited
  std::string input = {};                     // what it can read; no matter whether it does
  Duration limit = std::chrono::seconds(60);
  Duration grace = std::chrono::seconds(2);  // between SIGTERM and SIGKILL
  std::size_t keep_output = std::size_t{64} * 1024;
  bool answer_apart = false;  // stdout into ChildResult::answer, and not into `output`
};

enum class ChildEnd {
  exited,       // exit_code
  signalled,    // signal
  timed_out,    // its process group was ended
  not_started,  // why
};

struct ChildResult {
  ChildEnd end = ChildEnd::not_started;
  int exit_code = 0;
  int signal = 0;
  int error = 0;       // errno, when it was not started
  std::string why;     // the same for people
  std::string output;  // the last `keep_output` octets of stdout and stderr, as they came
  std::string answer;  // likewise of stdout alone, if that was asked for
};

/// Runs a program to its end: in its own process group, which does not outlive us, with "/" as its folder,
/// nothing but `input` to read, no file of ours open, signals as a fresh process has them. Returns when the
/// program has ended, even if something it started in the background still holds its output open.
/// Thread-safe.
ChildResult run_child(const ChildCommand& command);

/// "SIGSEGV", or "signal 70".
std::string signal_name(int signal);

/// Kills what run_child() of any thread waits for, with all that it started. For a process that must end now.
void end_all_children();

}  // namespace certmgr::platform
