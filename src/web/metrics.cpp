// SPDX-License-Identifier: MIT
#include "web/metrics.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace certmgr::web {
namespace {

constexpr std::size_t kMostParties = 200;  // more are counted together
constexpr int kEventsAtOnce = 1000;
constexpr std::array<std::string_view, 4> kOrderEnds{"issued", "failed", "quarantined", "withdrawn"};
constexpr std::array<std::string_view, 3> kDeploymentEnds{"verified", "rolled_back", "failed"};

// RFC 8555 section 6.7, behind "acme_".
constexpr std::array<std::string_view, 24> kProblems{"accountDoesNotExist",
                                                     "alreadyRevoked",
                                                     "badCSR",
                                                     "badNonce",
                                                     "badPublicKey",
                                                     "badRevocationReason",
                                                     "caa",
                                                     "badSignatureAlgorithm",
                                                     "compound",
                                                     "connection",
                                                     "dns",
                                                     "externalAccountRequired",
                                                     "incorrectResponse",
                                                     "invalidContact",
                                                     "malformed",
                                                     "orderNotReady",
                                                     "rateLimited",
                                                     "rejectedIdentifier",
                                                     "serverInternal",
                                                     "tls",
                                                     "unauthorized",
                                                     "unsupportedIdentifier",
                                                     "unsupportedContact",
                                                     "userActionRequired"};
// Our own words for what a CA did or did not do.
constexpr std::array<std::string_view, 12> kOwnCodes{
    "ca_no_answer",         "ca_problem",    "ca_protocol",    "ca_server_error",
    "ca_timeout",           "ca_untrusted",  "ca_unreachable", "order_invalid",
    "authorization_failed", "ca_rate_limit", "ca_paused",      "order_expired"};

prometheus::Histogram::BucketBoundaries buckets() {
  return {0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300};
}

template <class Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Counts the end of something, if the event is one. A line about an order that had ended before (its
/// proofs were withdrawn only now) names the order but no state it came from.
template <class Words>
void count_end(const Event& event, std::string_view prefix, const Words& ends,
               prometheus::Family<prometheus::Counter>& family) {
  const std::string& kind = event.draft.kind;
  if (!kind.starts_with(prefix) || !contains(ends, std::string_view(kind).substr(prefix.size()))) return;
  if (event.draft.data.contains("order") && !event.draft.data.contains("from")) return;
  family.Add({{"result", kind.substr(prefix.size())}}).Increment();
}

}  // namespace

std::string ca_error_label(const std::string& code) {
  constexpr std::string_view acme = "acme_";
  if (code.starts_with(acme))
    return contains(kProblems, std::string_view(code).substr(acme.size())) ? code : "acme_other";
  return contains(kOwnCodes, code) ? code : std::string();
}

Metrics::Metrics(EventLog& events)
    : events_(events),
      counted_(events.last_seq()),
      steps_(prometheus::BuildCounter()
                 .Name("certmgr_steps_total")
                 .Help("Steps of tasks: finished, continued (goes on later) or failed.")
                 .Register(registry_)),
      durations_(prometheus::BuildHistogram()
                     .Name("certmgr_step_duration_seconds")
                     .Help("How long one step of a task took.")
                     .Register(registry_)),
      orders_(prometheus::BuildCounter()
                  .Name("certmgr_orders_total")
                  .Help("Orders that ended, by this or another process on the store.")
                  .Register(registry_)),
      deployments_(prometheus::BuildCounter()
                       .Name("certmgr_deployments_total")
                       .Help("Deployments that ended, by this or another process on the store.")
                       .Register(registry_)),
      ca_errors_(prometheus::BuildCounter()
                     .Name("certmgr_ca_errors_total")
                     .Help("Requests a CA refused or did not answer.")
                     .Register(registry_)),
      breakers_(prometheus::BuildGauge()
                    .Name("certmgr_breaker_open")
                    .Help("1 while a party is left alone because it failed again and again.")
                    .Register(registry_)) {
  // From zero on, so that the first increase is seen.
  for (const auto end : kOrderEnds) orders_.Add({{"result", std::string(end)}});
  for (const auto end : kDeploymentEnds) deployments_.Add({{"result", std::string(end)}});
}

std::string Metrics::bounded(const std::string& party) {
  if (parties_.contains(party)) return party;
  if (parties_.size() >= kMostParties) return "other";
  return parties_.try_emplace(party).first->first;
}

prometheus::Counter& Metrics::steps_of(Instruments& known, std::string_view kind, const std::string& party,
                                       std::size_t result) {
  constexpr std::array<const char*, kResults> words{"finished", "continued", "failed"};
  auto& counter = known.steps.at(result);
  if (counter == nullptr)
    counter = &steps_.Add({{"kind", std::string(kind)}, {"party", party}, {"result", words.at(result)}});
  return *counter;
}

void Metrics::stepped(const Step& step) {
  const std::string_view kind = to_string(step.task.kind);
  const std::size_t unfailed = step.finished ? 0 : 1;
  const std::lock_guard lock(mutex_);
  const std::string party = bounded(step.party);
  auto& known = parties_[party].at(static_cast<std::size_t>(step.task.kind));
  steps_of(known, kind, party, step.trouble_code.empty() ? unfailed : 2).Increment();
  if (known.durations == nullptr) known.durations = &durations_.Add({{"kind", std::string(kind)}}, buckets());
  known.durations->Observe(std::chrono::duration<double>(step.took).count());
  constexpr std::string_view ca = "ca:";
  if (const auto code = ca_error_label(step.trouble_code); !code.empty() && party.starts_with(ca))
    ca_errors_.Add({{"ca", party.substr(ca.size())}, {"code", code}}).Increment();
}

void Metrics::breaker(const std::string& party, bool open, Instant /*until*/) {
  const std::lock_guard lock(mutex_);
  breakers_.Add({{"party", bounded(party)}}).Set(open ? 1 : 0);
}

void Metrics::count(const Event& event) {
  count_end(event, "order.", kOrderEnds, orders_);
  count_end(event, "deployment.", kDeploymentEnds, deployments_);
}

void Metrics::count_events() {
  const std::lock_guard lock(mutex_);
  while (true) {
    const auto events = events_.events_after(counted_, kEventsAtOnce);
    for (const auto& event : events) count(event);
    if (!events.empty()) counted_ = events.back().seq;
    if (events.size() < kEventsAtOnce) return;
  }
}

std::vector<prometheus::MetricFamily> Metrics::collect() {
  count_events();
  return registry_.Collect();
}

}  // namespace certmgr::web
