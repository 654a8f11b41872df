// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>
#include <httplib.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "lab/ports.h"
#include "web/status_server.h"

namespace certmgr::web {

class FixedClock : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return Instant(Duration(1'800'000'000'000)); }
  [[nodiscard]] double jitter() override { return 0; }
};

inline Failure store_failure() {
  return Failure({.kind = TroubleKind::store,
                  .code = "store_io",
                  .what = "cannot read the store",
                  .why = "the disk is gone",
                  .hint = "plug it in"});
}

/// An overview a test fills, under the lock while the server runs. After `pages_left` pages of lines the
/// store fails.
class FakeOverview : public Overview {
 public:
  OverviewNumbers numbers(Instant /*now*/) override {
    const std::lock_guard lock(mutex);
    if (broken) throw store_failure();
    return made_up;
  }
  OverviewGlance glance(Instant /*now*/) override {
    const std::lock_guard lock(mutex);
    if (broken) throw store_failure();
    const OverviewGlance& part = made_up;
    return part;
  }
  std::vector<CertificateLine> lines(const std::string& after, int limit) override {
    const std::lock_guard lock(mutex);
    if (pages_left && (*pages_left)-- == 0) throw store_failure();
    std::vector<CertificateLine> page;
    for (const auto& line : all)
      if (line.label > after && page.size() < static_cast<std::size_t>(limit)) page.push_back(line);
    biggest_page = std::max(biggest_page, page.size());
    return page;
  }
  std::vector<TroubledCertificate> troubled(int /*limit*/) override { return {}; }

  std::mutex mutex;
  OverviewNumbers made_up;
  std::vector<CertificateLine> all;
  bool broken = false;
  std::optional<int> pages_left;
  std::size_t biggest_page = 0;
};

class FakeEventLog : public EventLog {
 public:
  void append(const EventDraft& event) override {
    const std::lock_guard lock(mutex_);
    log_.push_back({static_cast<std::int64_t>(log_.size()) + 1, {}, event, {}});
  }
  std::vector<Event> events(const std::string& /*subject*/, int /*limit*/) override { return {}; }
  std::vector<Event> events_after(std::int64_t seq, int limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<Event> page;
    for (const auto& event : log_)
      if (event.seq > seq && page.size() < static_cast<std::size_t>(limit)) page.push_back(event);
    return page;
  }
  EventLogReport verify() override { return {}; }
  std::int64_t last_seq() override {
    const std::lock_guard lock(mutex_);
    return static_cast<std::int64_t>(log_.size());
  }

 private:
  std::mutex mutex_;
  std::vector<Event> log_;
};

/// A daemon of certificates and none of servers.
class FakePresence : public DaemonPresence {
 public:
  [[nodiscard]] std::optional<std::string> serving(TaskKind kind) const override {
    return half_of(kind) == DaemonRole::network ? std::optional<std::string>("pid 1") : std::nullopt;
  }
};

inline SchedulerHealth running_scheduler() {
  SchedulerHealth health;
  health.running = true;
  return health;
}

/// A status server on a port of its own, and everything it reads.
class Stand : public ::testing::Test {
 protected:
  StatusSources sources(bool certificate_metrics = true) {
    return {overview_,
            *metrics_,
            clock_,
            daemons_,
            [] { return std::nullopt; },
            [this] {
              const std::lock_guard lock(overview_.mutex);
              return scheduler_;
            },
            certificate_metrics};
  }
  void start(HttpLimits limits = {}, bool certificate_metrics = true) {
    metrics_ = std::make_unique<Metrics>(events_);
    server_ = std::make_unique<StatusServer>("127.0.0.1:" + std::to_string(port_),
                                             sources(certificate_metrics), limits);
  }
  struct Answer {
    int status = 0;  // 0: none came
    std::string body;
    std::string type;
  };
  [[nodiscard]] Answer get(const std::string& path) const {
    httplib::Client client("127.0.0.1", port_);
    const auto result = client.Get(path);
    if (!result) return {};
    return {result->status, result->body, result->get_header_value("Content-Type")};
  }

  int port_ = lab::free_port();
  FixedClock clock_;
  FakePresence daemons_;
  FakeOverview overview_;
  FakeEventLog events_;
  SchedulerHealth scheduler_ = running_scheduler();  // under the overview's lock
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<StatusServer> server_;
};

}  // namespace certmgr::web
