// SPDX-License-Identifier: MIT
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "certmgr/ports/scheduler_watch.h"
#include "certmgr/ports/store.h"
#include "certmgr/ports/task_queue.h"

namespace certmgr::web {

/// What happened since the daemon was started: counted as the scheduler works, and read from the event log
/// for what other processes on the store may have done as well. Thread-safe.
class Metrics final : public SchedulerWatch {
 public:
  /// Counts the events after the newest one. Throws Failure when the store cannot be read.
  explicit Metrics(EventLog& events);

  void stepped(const Step& step) override;
  void breaker(const std::string& party, bool open, Instant until) override;

  /// Takes the events since the last call into account, then gives every family. Throws Failure.
  std::vector<prometheus::MetricFamily> collect();

 private:
  static constexpr std::size_t kResults = 3;  // finished, continued, failed
  /// What the steps of one kind and party are counted with; found when they are first needed. The durations
  /// are those of the kind, whatever the party.
  struct Instruments {
    std::array<prometheus::Counter*, kResults> steps{};
    prometheus::Histogram* durations = nullptr;
  };

  std::string bounded(const std::string& party);
  prometheus::Counter& steps_of(Instruments& known, std::string_view kind, const std::string& party,
                                std::size_t result);
  void count_events();
  void count(const Event& event);

  EventLog& events_;
  std::mutex mutex_;
  std::int64_t counted_;  // seq of the last event that is in the counters
  std::map<std::string, std::array<Instruments, kTaskKinds.size()>> parties_;  // seen so far
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& steps_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Family<prometheus::Counter>& orders_;
  prometheus::Family<prometheus::Counter>& deployments_;
  prometheus::Family<prometheus::Counter>& ca_errors_;
  prometheus::Family<prometheus::Gauge>& breakers_;
};

/// The code as a label of certmgr_ca_errors_total: itself if it is one of the known words, "acme_other" for
/// what a CA made up, empty if it says nothing about a CA.
std::string ca_error_label(const std::string& code);

}  // namespace certmgr::web
