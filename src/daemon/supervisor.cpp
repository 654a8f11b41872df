// SPDX-License-Identifier: MIT
#include "daemon/supervisor.h"

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "platform/child_process.h"

namespace certmgr::daemon {
namespace {

/// A service manager gives up on us later than this (TimeoutStopSec). A step that is cut off is taken up
/// again where it was: its state was saved before it began.
constexpr Duration kStepsMayFinish = std::chrono::seconds(8);
constexpr Duration kStatusEvery = std::chrono::seconds(30);

sigset_t ours() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&set, signal);
  return set;
}

timespec timespec_of(Duration length) {
  const auto ms = length.count();
  return {static_cast<time_t>(ms / 1000), static_cast<long>(ms % 1000) * 1'000'000L};
}

}  // namespace

void Supervisor::block_signals() {
  const sigset_t set = ours();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

Supervisor::Supervisor(Watched watched)
    : watched_(std::move(watched)), thread_([this](const std::stop_token& done) { watch(done); }) {}

Supervisor::~Supervisor() {
  thread_.request_stop();
  pthread_kill(thread_.native_handle(), SIGUSR1);
}

void Supervisor::watch(const std::stop_token& done) {
  const sigset_t set = ours();
  auto give_up = std::chrono::steady_clock::time_point::max();
  const auto watchdog = watched_.manager.watchdog();
  const Duration pause = watchdog ? std::min(kStatusEvery, *watchdog / 2) : kStatusEvery;
  while (!done.stop_requested()) {
    tick();
    const auto left = std::chrono::ceil<Duration>(give_up - std::chrono::steady_clock::now());
    const timespec wait = timespec_of(ending_ ? std::clamp(left, Duration(0), pause) : pause);
    const int signal = sigtimedwait(&set, nullptr, &wait);
    if (signal == SIGTERM || signal == SIGINT || signal == SIGHUP) take(signal);
    if (!ending_) continue;
    const auto now = std::chrono::steady_clock::now();
    if (give_up == std::chrono::steady_clock::time_point::max()) give_up = now + kStepsMayFinish;
    if (now < give_up || done.stop_requested()) continue;
    watched_.progress.warn("daemon", "ends with " + std::to_string(watched_.working()) +
                                         " steps unfinished; they go on where they are at the next start");
    platform::end_all_children();  // a hook that lives on would meet the next one
    std::_Exit(lost_ ? 1 : 0);
  }
}

void Supervisor::take(int signal) {
  if (signal == SIGHUP) {
    watched_.manager.reloading();
    watched_.progress.step("daemon", "reads the configuration again when " +
                                         std::to_string(watched_.working()) + " running steps are done");
    reload_ = true;
  } else {
    watched_.manager.stopping();
    watched_.progress.step("daemon", "ending: no step is begun any more");
    reload_ = false;
    ending_ = true;
  }
  stop_.request_stop();
}

/// True when it is there. A step that runs now may still do its effect, but nothing can note it any more, so
/// none is begun.
bool Supervisor::look_for_store() {
  const auto trouble = watched_.store_lost();
  if (!trouble) return true;
  if (lost_.exchange(true)) return false;
  watched_.manager.stopping();
  watched_.progress.trouble("daemon", *trouble);
  watched_.progress.warn("daemon", "ends with code 1: " + trouble->message());
  reload_ = false;
  ending_ = true;
  stop_.request_stop();
  return false;
}

void Supervisor::tick() {
  try {
    if (!look_for_store()) return;
    const std::string stuck = watched_.stuck();
    if (stuck.empty())
      watched_.manager.keep_alive();
    else
      watched_.progress.warn("daemon", stuck);
    watched_.manager.status(stuck.empty() ? watched_.status_line() : "stuck: " + stuck);
  } catch (const Failure& failure) {
    watched_.progress.warn("daemon", failure.trouble().message());
  }
}

}  // namespace certmgr::daemon
