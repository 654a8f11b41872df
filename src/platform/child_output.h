// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "platform/fd.h"

namespace certmgr::platform {

/// What a child writes and we read.
struct ChildPipe {
  Fd reader;  // does not wait
  Fd writer;  // above 2: should our own 0, 1 or 2 be closed, the new ends would bear those numbers

  /// 0 or an errno.
  int open();
};

/// Keeps the end of a text of any length in bounded memory.
class Tail {
 public:
  explicit Tail(std::size_t keep) : keep_(keep) {}
  void append(const char* data, std::size_t size);
  std::string take();

 private:
  void trim();
  std::size_t keep_;
  std::string text_;
};

/// One way out of a child, read without waiting; the end of what came is kept.
class Outlet {
 public:
  Outlet(Fd pipe, std::size_t keep) : pipe_(std::move(pipe)), tail_(keep) {}

  [[nodiscard]] int fd() const { return pipe_.get(); }
  [[nodiscard]] bool open() const { return static_cast<bool>(pipe_); }
  std::string take() { return tail_.take(); }

  /// True: there may be more.
  bool read_some();
  /// What the child itself wrote is in the pipe by its end. A grandchild may go on writing, so no more than
  /// a full pipe is taken.
  void read_rest();

 private:
  Fd pipe_;
  Tail tail_;
};

}  // namespace certmgr::platform
