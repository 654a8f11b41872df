// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "platform/unix_listener.h"
#include "web/enrollment_pages.h"

namespace certmgr::web {

/// A Unix socket at which users of this machine decide about enrollments without a way to the store, until it
/// is destroyed.
class PeerDoor {
 public:
  /// `pages` must outlive it. Throws Failure.
  PeerDoor(const std::string& path, const EnrollmentPages& pages);

 private:
  std::unique_ptr<platform::UnixListener> socket_;
  HttpServer server_;  // ends before its socket's file goes
};

}  // namespace certmgr::web
