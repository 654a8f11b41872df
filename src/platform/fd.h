// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace certmgr::platform {

/// Owns one file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) noexcept : fd_(fd) {}
  ~Fd() { reset(); }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;

  [[nodiscard]] int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  /// Keeps errno, so that it can stand between a failed call and its report.
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

/// What an errno means, for people: "No such file or directory". Thread-safe.
std::string errno_text(int error);

/// Writes everything; false with errno set otherwise.
bool write_all(int fd, std::string_view data);
/// Appends what the file holds, up to `most` octets, to `into`; false with errno set on trouble.
bool read_all(int fd, std::string& into, std::size_t most);

}  // namespace certmgr::platform
