// SPDX-License-Identifier: MIT
#include "web/scrape.h"

#include <prometheus/text_serializer.h>

#include <array>
#include <sstream>
#include <string_view>

#include "certmgr/ports/task_queue.h"
#include "version.h"

namespace certmgr::web {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using Counts = std::map<std::string, std::int64_t>;
using Words = std::vector<std::string>;

constexpr int kLinesAtOnce = 1000;

MetricFamily gauge(const std::string& name, const std::string& help) {
  return {name, help, prometheus::MetricType::Gauge, {}};
}

void add(MetricFamily& family, double value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  family.metric.push_back(std::move(metric));
}

MetricFamily number(const std::string& name, const std::string& help, std::int64_t value) {
  auto family = gauge(name, help);
  add(family, static_cast<double>(value));
  return family;
}

Words task_words() {
  Words words;
  for (const auto kind : kTaskKinds) words.emplace_back(to_string(kind));
  return words;
}

double seconds_of(Instant at) { return std::chrono::duration<double>(at.time_since_epoch()).count(); }

/// Without a sample when there is no such moment.
MetricFamily moment(const std::string& name, const std::string& help, const std::optional<Instant>& at) {
  auto family = gauge(name, help);
  if (at) add(family, seconds_of(*at));
  return family;
}

/// `always` are there even if they are zero: an alert must not miss the first one.
MetricFamily by_word(const std::string& name, const std::string& help, const std::string& label,
                     Counts counts, const Words& always) {
  for (const auto& word : always) counts.try_emplace(word, 0);
  auto family = gauge(name, help);
  for (const auto& [word, count] : counts) add(family, static_cast<double>(count), {{label, word}});
  return family;
}

MetricFamily build_info() {
  auto family = gauge("certmgr_build_info", "Always 1; the version is the label.");
  add(family, 1, {{"version", CERTMGR_VERSION}});
  return family;
}

std::string text_of(const std::vector<MetricFamily>& families) {
  std::vector<MetricFamily> filled;
  for (const auto& family : families)
    if (!family.metric.empty()) filled.push_back(family);
  return prometheus::TextSerializer().Serialize(filled);
}

/// The samples alone: what describes the family was written before the first page.
std::string without_description(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size() && text[at] == '#') {
    const auto line_end = text.find('\n', at);
    at = line_end == std::string::npos ? text.size() : line_end + 1;
  }
  return text.substr(at);
}

MetricFamily certificate_family(bool renewal) {
  return renewal ? gauge("certmgr_certificate_renewal_timestamp_seconds",
                         "When the current version of the certificate is due for renewal.")
                 : gauge("certmgr_certificate_expiry_timestamp_seconds",
                         "When the current version of the certificate ends.");
}

MetricFamily left_alone_family(const std::vector<HalfLeftAlone>& left_alone) {
  Counts counts{{"network", 0}, {"deploy", 0}};
  for (const auto& half : left_alone) counts[half.half == DaemonRole::deploy ? "deploy" : "network"] = 1;
  return by_word("certmgr_half_left_alone", "1 while nobody does the due tasks of this half of the work.",
                 "half", counts, {});
}

std::string head(const OverviewNumbers& numbers, const DaemonPresence& daemons, Instant now) {
  return text_of(families_of(numbers, halves_left_alone(numbers, daemons, now)));
}

}  // namespace

std::vector<MetricFamily> families_of(const OverviewNumbers& numbers,
                                      const std::vector<HalfLeftAlone>& left_alone) {
  return {
      build_info(),
      by_word("certmgr_certificates", "Certificates by how their upkeep stands.", "state", numbers.renewals,
              {"new", "fresh", "ordering", "failing", "parked"}),
      number("certmgr_certificates_expired", "Certificates whose current version has ended.",
             numbers.expired),
      number("certmgr_certificates_neglected",
             "Certificates past their renewal time with more than half of the time to the end gone.",
             numbers.neglected),
      by_word("certmgr_listeners", "Servers by what the last look at their listeners came to.", "state",
              numbers.watches, {"unknown", "good", "wrong", "unreachable", "failed", "parked"}),
      by_word("certmgr_orders_open", "Orders that have not ended.", "state", numbers.open_orders, {}),
      by_word("certmgr_tasks_waiting", "Tasks by kind, due or not, in work or not.", "kind", numbers.waiting,
              task_words()),
      by_word("certmgr_tasks_due", "Tasks whose time has come and that nobody works on.", "party",
              numbers.due, {}),
      number("certmgr_tasks_leased", "Tasks somebody works on.", numbers.leased),
      left_alone_family(left_alone),
      number("certmgr_alarms_open", "Alarms that are not over.", numbers.open_alarms),
      number("certmgr_alarms_past", "Alarms that are over and not yet removed.", numbers.past_alarms),
      moment("certmgr_oldest_due_timestamp_seconds", "Since when the longest waiting due task is due.",
             numbers.oldest_due),
      moment("certmgr_next_due_timestamp_seconds", "When the next task is due.", numbers.next_due),
      moment("certmgr_next_renewal_timestamp_seconds", "When the next certificate is due for renewal.",
             numbers.next_renewal),
  };
}

Scrape::Scrape(Overview& overview, Metrics& metrics, const DaemonPresence& daemons, Instant now,
               bool certificates)
    : overview_(overview),
      head_(head(overview.numbers(now), daemons, now) + text_of(metrics.collect())),
      certificates_(certificates) {}

std::string Scrape::next() {
  if (part_ == Part::head) {
    part_ = certificates_ ? Part::expiry : Part::end;
    return std::move(head_);
  }
  while (part_ != Part::end) {
    const bool renewal = part_ == Part::renewal;
    if (std::string text = page(renewal); !text.empty()) return text;
    part_ = renewal ? Part::end : Part::renewal;
    after_.clear();
  }
  return {};
}

/// Empty when no certificate is left for this part.
std::string Scrape::page(bool renewal) {
  while (true) {
    const bool first = after_.empty();
    const auto lines = overview_.lines(after_, kLinesAtOnce);
    if (lines.empty()) return {};
    after_ = lines.back().label;
    auto family = certificate_family(renewal);
    for (const auto& line : lines) {
      if (const auto& at = renewal ? line.renew_at : line.not_after; at)
        add(family, seconds_of(*at),
            renewal ? std::vector<ClientMetric::Label>{{"label", line.label}}
                    : std::vector<ClientMetric::Label>{{"ca", line.ca}, {"label", line.label}});
    }
    const std::string text = prometheus::TextSerializer().Serialize({family});
    if (std::string samples = first ? text : without_description(text); !samples.empty()) return samples;
  }
}

}  // namespace certmgr::web
