// SPDX-License-Identifier: MIT
#include "platform/wake.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "platform/daemon_lock.h"

namespace certmgr::platform {
namespace {

std::string socket_path(const std::string& store_path, DaemonRole role) {
  return store_path + "." + std::string(to_string(role)) + ".wake";
}

/// A socket's address holds 107 octets, a store's path may be longer: the folder is named by a descriptor.
struct Address {
  Fd folder;
  sockaddr_un name{};
};

Address address_of(const std::string& path) {
  const std::filesystem::path file(path);
  const std::string parent = file.parent_path().empty() ? "." : file.parent_path().string();
  Address address{Fd(open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), {}};
  address.name.sun_family = AF_UNIX;
  const std::string text =
      "/proc/self/fd/" + std::to_string(address.folder.get()) + "/" + file.filename().string();
  if (text.size() < sizeof(address.name.sun_path))
    std::memcpy(address.name.sun_path, text.c_str(), text.size() + 1);
  return address;
}

void drain(int fd) {
  std::array<char, 64> octets{};
  while (read(fd, octets.data(), octets.size()) > 0) {
  }
}

Trouble cannot_listen(const std::string& path, int error) {
  return {.kind = TroubleKind::configuration,
          .code = "daemon_socket",
          .what = "cannot start the daemon",
          .why = path + " cannot be made: " + errno_text(error),
          .hint = "the daemon must be able to write to the folder of the store"};
}

}  // namespace

Result<std::unique_ptr<WakeBell>> WakeBell::listen(const std::string& store_path, DaemonRole role) {
  const std::string path = socket_path(store_path, role);
  Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  Fd event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  Fd timer(timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!socket || !event || !timer) return fail(cannot_listen(path, errno));
  static_cast<void>(unlink(path.c_str()));
  const Address address = address_of(path);
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address.name), sizeof(address.name)) != 0)
    return fail(cannot_listen(path, errno));
  // The store's folder decides who gets here; the two daemons run as different users.
  // Without following a link: the folder may be of a user who may do less than we.
  static_cast<void>(fchmodat(AT_FDCWD, path.c_str(), 0666, AT_SYMLINK_NOFOLLOW));
  auto bell =
      std::unique_ptr<WakeBell>(new WakeBell(std::move(socket), std::move(event), std::move(timer), path));
  bell->watch_clock();
  return bell;
}

WakeBell::~WakeBell() { static_cast<void>(unlink(path_.c_str())); }

/// A timer in the far future that only exists to be cancelled when the wall clock is set.
void WakeBell::watch_clock() {
  itimerspec far{};
  clock_gettime(CLOCK_REALTIME, &far.it_value);
  far.it_value.tv_sec += 365L * 24 * 3600;
  timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, nullptr);
}

void WakeBell::wait(Duration most) {
  std::array<pollfd, 3> watched{
      {{socket_.get(), POLLIN, 0}, {event_.get(), POLLIN, 0}, {timer_.get(), POLLIN, 0}}};
  static_cast<void>(poll(watched.data(), watched.size(), static_cast<int>(most.count())));
  if (watched[0].revents != 0) drain(socket_.get());
  if (watched[1].revents != 0) drain(event_.get());
  if (watched[2].revents != 0) {
    drain(timer_.get());
    watch_clock();
  }
}

void WakeBell::ring() {
  const std::uint64_t one = 1;
  static_cast<void>(write(event_.get(), &one, sizeof(one)));
}

struct Waker::Socket {
  Address address;
};

Waker::Waker(const std::string& store_path, std::optional<DaemonRole> self)
    : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  for (const auto role : {DaemonRole::all, DaemonRole::network, DaemonRole::deploy})
    if (role != self) daemons_.push_back({address_of(socket_path(store_path, role))});
}

Waker::~Waker() = default;

void Waker::ring() const {
  for (const auto& daemon : daemons_)
    static_cast<void>(sendto(socket_.get(), "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&daemon.address.name),
                             sizeof(daemon.address.name)));
}

}  // namespace certmgr::platform
