// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <tl/expected.hpp>

#include "certmgr/domain/instant.h"
#include "platform/fd.h"

namespace certmgr::probe {

/// The moment up to which everything has to be done.
class Deadline {
 public:
  explicit Deadline(Duration limit) : limit_(limit), end_(std::chrono::steady_clock::now() + limit) {}
  /// For poll(): rounded up, never negative.
  [[nodiscard]] int left() const;
  [[nodiscard]] Duration limit() const { return limit_; }
  /// "no answer within 3 s"
  [[nodiscard]] std::string exceeded() const;

 private:
  Duration limit_;
  std::chrono::steady_clock::time_point end_;
};

/// Waits until the socket is ready for `events`; false when the time is over.
bool wait_for(int fd, short events, int milliseconds);

/// A connected, non-blocking socket to the first address of `host` that accepts, or why there is none,
/// for people.
tl::expected<platform::Fd, std::string> connect_to(const std::string& host, int port,
                                                   const Deadline& deadline);

}  // namespace certmgr::probe
