// SPDX-License-Identifier: MIT
#include "lab/own_network.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <string_view>

#include "lab/temp_dir.h"

namespace certmgr::lab {
namespace {

std::string failed(const std::string& what) { return what + ": " + std::strerror(errno); }

std::string bring_loopback_up() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return failed("no socket");
  ifreq request{};
  constexpr std::string_view name = "lo";
  std::copy(name.begin(), name.end(), std::begin(request.ifr_name));
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool up = ioctl(socket, SIOCSIFFLAGS, &request) == 0;
  const std::string why = up ? std::string() : failed("loopback does not come up");
  close(socket);
  return why;
}

std::string resolve_by_loopback() {
  // Nothing of it shows outside, and it goes with the last process in here.
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return failed("cannot mount");
  const TempDir dir;
  write_file(dir / "resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:2\n");
  std::error_code error;
  const auto target = std::filesystem::canonical("/etc/resolv.conf", error);
  if (error) return "there is no /etc/resolv.conf";
  const bool mounted = mount((dir / "resolv.conf").c_str(), target.c_str(), nullptr, MS_BIND, nullptr) == 0;
  return mounted ? std::string() : failed("cannot mount over " + target.string());
}

}  // namespace

std::string enter_own_network() {
  if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0) return failed("no network of our own");
  const std::string why = bring_loopback_up();
  return why.empty() ? resolve_by_loopback() : why;
}

}  // namespace certmgr::lab
