// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <functional>

namespace certmgr::store::testing {

/// A child process; killed and waited for at the end.
class Child {
 public:
  /// `work` gets a descriptor; what it writes there, wait_for_word() reads.
  explicit Child(const std::function<void(int)>& work);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// The next octet the child wrote; '\0' when it ended without one.
  char wait_for_word();
  void kill();
  /// Its exit code, or -signal.
  int wait();

 private:
  pid_t pid_ = -1;
  int reader_ = -1;
};

/// For the child: tells the parent one octet.
void say(int descriptor, char word);
/// For the child: does nothing until it is killed.
[[noreturn]] void sleep_for_ever();

}  // namespace certmgr::store::testing
