// SPDX-License-Identifier: MIT
#include "platform/process_identity.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

namespace certmgr::platform {
namespace {

struct Identity {
  std::string host;
  std::string boot;
  std::string pid_namespace;
  long pid = 0;
  std::string started;  // clock ticks after boot
};

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// Only characters that cannot be mistaken for the separator.
std::string plain(std::string text) {
  std::erase_if(text, [](char c) { return c == ':' || c <= ' ' || c == 0x7F; });
  return text;
}

std::string host_id() {
  std::string id = plain(first_line("/etc/machine-id"));
  if (!id.empty()) return id;
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return plain(name.data());
}

std::string pid_namespace() {
  std::array<char, 64> target{};
  const ssize_t length = readlink("/proc/self/ns/pid", target.data(), target.size());
  std::string text(target.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  std::erase_if(text, [](char c) { return c < '0' || c > '9'; });
  return text;
}

struct ProcessFacts {
  bool zombie = false;  // dead, though nobody has asked for its exit code yet
  std::string started;
};

/// From /proc/PID/stat (proc(5)); nothing when it may not be read.
std::optional<ProcessFacts> facts_of(long pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::stringstream content;
  content << file.rdbuf();
  const std::string text = content.str();
  // The second field is the program's name in parentheses and may itself contain some.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  std::vector<std::string> values;
  for (std::string value; fields >> value;) values.push_back(value);
  constexpr std::size_t state = 0;     // field 3
  constexpr std::size_t started = 19;  // field 22
  if (values.size() <= started) return std::nullopt;
  return ProcessFacts{values[state] == "Z" || values[state] == "X", values[started]};
}

Identity self() {
  const long pid = getpid();
  const auto facts = facts_of(pid);
  return {host_id(), plain(first_line("/proc/sys/kernel/random/boot_id")), pid_namespace(), pid,
          facts ? facts->started : "unknown"};
}

std::optional<Identity> parse(std::string_view text) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, ':');) parts.push_back(part);
  if (parts.size() != 5) return std::nullopt;
  Identity identity{parts[0], parts[1], parts[2], 0, parts[4]};
  const char* end = parts[3].data() + parts[3].size();
  const auto read = std::from_chars(parts[3].data(), end, identity.pid);
  if (read.ec != std::errc() || read.ptr != end || identity.pid <= 0) return std::nullopt;
  return identity;
}

}  // namespace

std::string process_identity() {
  const Identity me = self();
  return me.host + ":" + me.boot + ":" + me.pid_namespace + ":" + std::to_string(me.pid) + ":" + me.started;
}

bool process_is_dead(std::string_view identity) {
  const auto other = parse(identity);
  if (!other) return false;
  const Identity me = self();
  if (other->host != me.host) return false;
  if (other->boot.empty() || me.boot.empty()) return false;
  if (other->boot != me.boot) return true;
  // Ids of another container mean nothing here.
  if (other->pid_namespace != me.pid_namespace) return false;
  if (kill(static_cast<pid_t>(other->pid), 0) != 0 && errno == ESRCH) return true;
  const auto facts = facts_of(other->pid);
  return facts && (facts->zombie || (other->started != "unknown" && facts->started != other->started));
}

std::string describe_process(std::string_view identity) {
  const auto other = parse(identity);
  if (!other) return "another process";
  const std::string text = "pid " + std::to_string(other->pid);
  return other->host == host_id() ? text : text + " on host " + other->host;
}

}  // namespace certmgr::platform
