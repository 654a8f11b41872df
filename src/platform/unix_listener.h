// SPDX-License-Identifier: MIT
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "certmgr/domain/trouble.h"
#include "platform/fd.h"

namespace certmgr::platform {

/// A socket in the file system that every user of the machine may connect to; its file goes with it. Who
/// connects is told by the kernel.
class UnixListener {
 public:
  /// Takes the place of a socket that nobody listens on any more, of nothing else. Trouble (configuration)
  /// "socket_path" for a path that a socket cannot have, "socket_in_use" when somebody listens there,
  /// "cannot_listen" with the reason.
  static Result<std::unique_ptr<UnixListener>> at(const std::string& path);
  ~UnixListener();
  UnixListener(const UnixListener&) = delete;
  UnixListener& operator=(const UnixListener&) = delete;

  /// For who accepts; once.
  [[nodiscard]] Fd take() { return std::move(socket_); }

 private:
  UnixListener(Fd socket, std::string path, const struct stat& made)
      : socket_(std::move(socket)), path_(std::move(path)), made_(made) {}

  Fd socket_;
  std::string path_;
  struct stat made_;  // the file, as we made it
};

/// The user at the other end of a connection, as it was when it connected (SO_PEERCRED, unix(7)). nullopt for
/// a connection of another family, and for users that our user namespace has no number for.
std::optional<uid_t> peer_of(int connection);

}  // namespace certmgr::platform
