// SPDX-License-Identifier: MIT
#include "platform/unix_listener.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace certmgr::platform {
namespace {

constexpr int kWaiting = 64;  // connections that nobody has accepted yet

Trouble cannot(std::string code, const std::string& path, std::string why, std::string hint) {
  return {.kind = TroubleKind::configuration,
          .code = std::move(code),
          .what = "cannot listen on " + path,
          .why = std::move(why),
          .hint = std::move(hint)};
}

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (!path.starts_with('/') || path.size() >= sizeof(address.sun_path)) return std::nullopt;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

/// Only a refusal says that nobody is there: a socket of another type, or of somebody who is busy, lives.
bool reaches(const sockaddr_un& address) {
  const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ||
         errno != ECONNREFUSED;
}

bool is_socket(const std::string& path) {
  struct stat found {};
  return lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode);
}

/// What the kernel says for users that have no number here (user_namespaces(7)).
uid_t overflow_uid() {
  std::ifstream file("/proc/sys/kernel/overflowuid");
  uid_t uid = 65534;
  file >> uid;
  return uid;
}

}  // namespace

Result<std::unique_ptr<UnixListener>> UnixListener::at(const std::string& path) {
  const auto address = address_of(path);
  if (!address)
    return fail(cannot("socket_path", path, "a socket's path begins with / and has at most 107 octets",
                       "socket = \"/run/certmgr/desk.sock\""));
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return fail(cannot("cannot_listen", path, errno_text(errno), "free file descriptors"));
  if (is_socket(path)) {
    if (reaches(*address))
      return fail(cannot("socket_in_use", path, "another program listens there",
                         "end it, or give this daemon a socket of its own in [web] socket"));
    static_cast<void>(unlink(path.c_str()));
  }
  struct stat made {};
  const auto* name = reinterpret_cast<const sockaddr*>(&*address);
  const bool bound = bind(socket.get(), name, sizeof(*address)) == 0;
  if (!bound || listen(socket.get(), kWaiting) != 0 ||
      // Following no link: the folder may be of a user who may do less than we.
      fchmodat(AT_FDCWD, path.c_str(), 0666, AT_SYMLINK_NOFOLLOW) != 0 || lstat(path.c_str(), &made) != 0) {
    const int error = errno;
    if (bound) static_cast<void>(unlink(path.c_str()));
    return fail(cannot("cannot_listen", path, errno_text(error),
                       "make the folder, and let the daemon's user write to it; nothing else may be there"));
  }
  return std::unique_ptr<UnixListener>(new UnixListener(std::move(socket), path, made));
}

/// Another daemon may have put its own there meanwhile; file systems give the number of a file that went to
/// the next one.
UnixListener::~UnixListener() {
  struct stat found {};
  if (lstat(path_.c_str(), &found) == 0 && found.st_dev == made_.st_dev && found.st_ino == made_.st_ino &&
      found.st_ctim.tv_sec == made_.st_ctim.tv_sec && found.st_ctim.tv_nsec == made_.st_ctim.tv_nsec)
    static_cast<void>(unlink(path_.c_str()));
}

std::optional<uid_t> peer_of(int connection) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  sockaddr_storage own{};
  socklen_t own_size = sizeof(own);
  if (getsockname(connection, reinterpret_cast<sockaddr*>(&own), &own_size) != 0 ||
      own.ss_family != AF_UNIX || getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
      peer.uid == overflow_uid())
    return std::nullopt;
  return peer.uid;
}

}  // namespace certmgr::platform
