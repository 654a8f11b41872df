// SPDX-License-Identifier: MIT
#include "platform/port_owner.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

namespace certmgr::platform {
namespace {

/// A process names itself as it likes, also with control characters for the terminal that shows it.
std::string printable(std::string name) {
  std::erase(name, '\n');
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return name;
}

std::string name_of_process(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/comm");
  std::string name;
  std::getline(in, name);
  return printable(std::move(name));
}

/// The sockets listening on the port in one of the kernel's tables, as /proc/PID/fd links name them.
void add_listening_sockets(const char* table, std::uint16_t port, std::set<std::string>& sockets) {
  static constexpr std::string_view kListening = "0A";
  std::ifstream in(table);
  std::string line;
  std::getline(in, line);  // headings
  while (std::getline(in, line)) {
    std::istringstream columns(line);
    std::string slot, local, remote, state, queues, timer, retransmits, user, timeouts, inode;
    columns >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeouts >>
        inode;
    const auto colon = local.rfind(':');
    if (state != kListening || colon == std::string::npos) continue;
    unsigned number = 0;
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), number, 16);
    if (number == port) sockets.insert("socket:[" + inode + "]");
  }
}

bool holds_one_of(const std::filesystem::path& process, const std::set<std::string>& sockets) {
  std::error_code error;  // a process may end while it is looked at, or not be ours to look at
  std::filesystem::directory_iterator entries(process / "fd", error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::array<char, 64> target{};
    const ssize_t size = readlink(entries->path().c_str(), target.data(), target.size());
    if (size > 0 && sockets.contains(std::string(target.data(), static_cast<std::size_t>(size)))) return true;
  }
  return false;
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> pids;
  std::error_code error;
  std::filesystem::directory_iterator entries("/proc", error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const auto name = entries->path().filename().string();
    pid_t pid = 0;
    const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (bad == std::errc() && end == name.data() + name.size()) pids.push_back(pid);
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

}  // namespace

std::string PortOwner::text() const { return name + " (pid " + std::to_string(pid) + ")"; }

std::optional<PortOwner> port_owner(std::uint16_t port) {
  std::set<std::string> sockets;
  add_listening_sockets("/proc/net/tcp", port, sockets);
  add_listening_sockets("/proc/net/tcp6", port, sockets);
  if (sockets.empty()) return std::nullopt;
  for (const pid_t pid : all_processes()) {
    const auto text = std::to_string(pid);
    if (!holds_one_of("/proc/" + text, sockets)) continue;
    if (auto name = name_of_process(text); !name.empty()) return PortOwner{std::move(name), pid};
  }
  return std::nullopt;
}

std::string own_process_name() { return name_of_process("self"); }

}  // namespace certmgr::platform
