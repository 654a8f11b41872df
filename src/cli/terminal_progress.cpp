// SPDX-License-Identifier: MIT
#include "cli/terminal_progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

namespace certmgr::cli {
namespace {

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

}  // namespace

TerminalProgress::TerminalProgress(const Output& output)
    : silent_(output.quiet()), terminal_(isatty(STDERR_FILENO) == 1) {}

TerminalProgress::~TerminalProgress() {
  const std::scoped_lock lock(mutex_);
  clear_line();
}

void TerminalProgress::clear_line() {
  if (!line_open_) return;
  std::cerr << "\r\033[K" << std::flush;
  line_open_ = false;
}

void TerminalProgress::step(const std::string& subject, const std::string& text) {
  const std::scoped_lock lock(mutex_);
  if (silent_ || last_[subject] == text) return;
  last_[subject] = text;
  std::string line = printable(subject + ": " + text);
  if (!terminal_) {
    std::cerr << line << '\n' << std::flush;
    return;
  }
  if (const auto width = terminal_width(); line.size() >= width) line.resize(width - 1);
  clear_line();
  std::cerr << line << std::flush;
  line_open_ = true;
}

void TerminalProgress::warn(const std::string& subject, const std::string& text) {
  const std::scoped_lock lock(mutex_);
  if (silent_) return;
  clear_line();
  std::cerr << "certmgr: warning: " << printable(subject + ": " + text) << '\n' << std::flush;
}

}  // namespace certmgr::cli
