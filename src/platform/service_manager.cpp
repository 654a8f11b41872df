// SPDX-License-Identifier: MIT
#include "platform/service_manager.h"

#include <systemd/sd-daemon.h>
#include <time.h>

#include <algorithm>
#include <cstdint>

namespace certmgr::platform {
namespace {

/// The variables stay set: hooks get a clean environment, and every later message needs them.
constexpr int kKeepEnvironment = 0;
constexpr std::size_t kLongestStatus = 512;

void tell(const std::string& message) { sd_notify(kKeepEnvironment, message.c_str()); }

/// Messages are lines of NAME=VALUE: a line break in a text would begin another message.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  if (text.size() > kLongestStatus) text.resize(kLongestStatus);
  return text;
}

std::string monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::to_string(std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000);
}

}  // namespace

void SystemdServiceManager::ready() { tell("READY=1"); }

// The moment is what Type=notify-reload (systemd 253) wants; older versions ignore it.
void SystemdServiceManager::reloading() { tell("RELOADING=1\nMONOTONIC_USEC=" + monotonic_microseconds()); }

void SystemdServiceManager::status(const std::string& text) { tell("STATUS=" + one_line(text)); }

void SystemdServiceManager::stopping() { tell("STOPPING=1"); }

std::optional<Duration> SystemdServiceManager::watchdog() const {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(kKeepEnvironment, &microseconds) <= 0) return std::nullopt;
  return std::max(Duration(1), std::chrono::duration_cast<Duration>(std::chrono::microseconds(microseconds)));
}

void SystemdServiceManager::keep_alive() { tell("WATCHDOG=1"); }

}  // namespace certmgr::platform
