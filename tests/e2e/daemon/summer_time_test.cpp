// SPDX-License-Identifier: MIT
// The two nights when clocks on walls are changed: nothing is early, late or done twice.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "e2e/world/moved_clock.h"
#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_seconds;

/// 01:00 UTC on the last Sunday of the month, next year: when the European Union changes its clocks.
sys_seconds change_in(std::chrono::month month) {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const auto year = std::chrono::year_month_day(today).year() + std::chrono::years(1);
  return std::chrono::sys_days(year / month / std::chrono::Sunday[std::chrono::last]) + 1h;
}

std::string text_of(sys_seconds at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  char text[32];
  std::snprintf(text, sizeof(text), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

/// With its rule, so that no data about zones need be installed.
constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";

const char* berlin() {
  return std::filesystem::exists("/usr/share/zoneinfo/Europe/Berlin") ? "Europe/Berlin" : kBerlin;
}

/// What a daemon does from some seconds before `change` on with a certificate that is due at `due`.
struct Night {
  std::vector<std::string> kinds;  // of events, oldest first
  std::string ordered_at;
};

Night live_through(const char* zone, sys_seconds change, sys_seconds due) {
  World world({.validity_seconds = 800 * 86400});
  EXPECT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  EXPECT_EQ(world.run({"daemon", "--once"}).exit_code, 0);
  {
    SQLite::Database store(world.certmgr.store_file().string(), SQLite::OPEN_READWRITE, 5000);
    const std::string at = std::to_string(due.time_since_epoch().count() * 1000);
    // With a life that began earlier, that is when it is due.
    const std::string earlier = at + " - (SELECT renew_at FROM renewals)";
    store.exec("UPDATE versions SET not_before = not_before + " + earlier + ", not_after = not_after + " +
               earlier);
    store.exec("UPDATE renewals SET renew_at = " + at);
    store.exec("UPDATE tasks SET due_at = " + at + " WHERE kind = 'renewal'");
  }
  const auto before = world.run_json({"history"})["events"].size();

  const MovedClock clock(world.certmgr, world.files / "clock");
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  clock.move("+" + std::to_string((change - 3s - now).count()));
  world.certmgr.set_environment("TZ", zone);
  auto daemon = world.certmgr.start({"daemon"});
  const auto renewed = [&] {
    return world.run_json({"show", "a.example.com"})["certificate"]["versions"].size() == 2;
  };
  EXPECT_TRUE(lab::wait_until(renewed)) << zone << daemon.errors();
  daemon.signal(SIGHUP);  // after another look at everything
  EXPECT_TRUE(lab::wait_until([&] {
    return daemon.errors().find("the configuration was read again") != std::string::npos;
  })) << daemon.errors();
  daemon.end();

  Night night;
  const json events = world.run_json({"history"})["events"];
  for (auto i = before; i < events.size(); ++i) {
    const std::string kind = events[i]["kind"];
    // Pebble takes a known authorization again now and then, which has nothing to do with clocks.
    if (kind != "order.validating") night.kinds.push_back(kind);
    if (kind == "order.approved") night.ordered_at = events[i]["at"];
  }
  const std::string here = world.run({"list"}).output;
  world.certmgr.set_environment("TZ", "UTC");
  EXPECT_EQ(world.run({"list"}).output, here) << "times are shown in UTC wherever one is";
  return night;
}

class SummerTime : public ::testing::TestWithParam<std::chrono::month> {};

TEST_P(SummerTime, ChangesNothingThatADaemonDoes) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "libfaketime cannot be loaded before a sanitizer's library";
#endif
  const sys_seconds change = change_in(GetParam());
  const sys_seconds due = change + 2s;  // in the hour that is left out, or that comes twice
  const Night utc = live_through("UTC", change, due);
  const Night in_berlin = live_through(berlin(), change, due);
  EXPECT_EQ(in_berlin.kinds, utc.kinds);
  EXPECT_FALSE(utc.kinds.empty());
  for (const auto& night : {utc, in_berlin}) {
    EXPECT_GE(night.ordered_at, text_of(due)) << "too early";
    EXPECT_LT(night.ordered_at, text_of(due + 30min)) << "an hour late";
  }
}

INSTANTIATE_TEST_SUITE_P(Nights, SummerTime, ::testing::Values(std::chrono::March, std::chrono::October),
                         [](const auto& of) { return of.param == std::chrono::March ? "begins" : "ends"; });

}  // namespace
}  // namespace certmgr::e2e
