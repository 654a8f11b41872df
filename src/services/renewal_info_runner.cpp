// SPDX-License-Identifier: MIT
#include "certmgr/services/renewal_info_runner.h"

namespace certmgr {
namespace {

/// Where there is nothing to ask: the CA may offer it one day, and the next version is asked about anyhow.
constexpr Duration kNothingToAsk = std::chrono::hours(24);

EventDraft event_of(const Certificate& certificate, const Version& version, const RenewalInfo& info) {
  EventDraft event{"renewal.suggested",
                   certificate.spec.label,
                   {{"version", std::to_string(version.number)},
                    {"window_start", to_rfc3339(info.window_start)},
                    {"window_end", to_rfc3339(info.window_end)}}};
  if (!info.explanation_url.empty()) event.data["explanation_url"] = info.explanation_url;
  return event;
}

}  // namespace

StepResult RenewalInfoRunner::again_at(std::int64_t certificate_id, Instant at) {
  parts_.renewal_infos.ask_again(certificate_id, at);
  return {.finished = false, .wake_at = at, .trouble = {}};
}

StepResult RenewalInfoRunner::step(std::int64_t certificate_id, Progress& progress) {
  const auto certificate = parts_.certificates.certificate(certificate_id);
  if (!certificate) return {.finished = true, .wake_at = {}, .trouble = {}};
  const auto version = parts_.certificates.current(certificate_id);
  const Instant now = parts_.clock.now();
  const auto made_for = parts_.orders.last_issued(certificate_id);
  // RFC 9773 section 4.3: a CA is not asked about what has expired.
  if (!version || !made_for || now >= version->not_after)
    return again_at(certificate_id, now + kNothingToAsk);

  progress.step(certificate->spec.label, "asking " + made_for->spec.ca + " when to renew");
  auto answer = parts_.cas.renewal_info(made_for->spec.ca, version->chain_pem);
  if (!answer) return not_told(*certificate, std::move(answer.error()), progress);
  {
    const std::scoped_lock lock(mutex_);
    failures_.erase(certificate_id);
  }
  const double jitter = parts_.clock.jitter();
  if (!*answer) return again_at(certificate_id, next_renewal_info(now + kNothingToAsk, now, jitter));
  const auto& [info, retry_after] = **answer;
  keep(*certificate, *version, info);
  return again_at(certificate_id, next_renewal_info(retry_after, now, jitter));
}

void RenewalInfoRunner::keep(const Certificate& certificate, const Version& version,
                             const RenewalInfo& info) {
  static_cast<void>(parts_.renewal_infos.save_suggestion(version.id, info, parts_.clock.jitter(),
                                                         event_of(certificate, version, info)));
}

StepResult RenewalInfoRunner::not_told(const Certificate& certificate, Trouble trouble, Progress& progress) {
  int failures = 0;
  bool news = false;
  {
    const std::scoped_lock lock(mutex_);
    failures = ++failures_[certificate.id];
    news = failures == 1 && told_ != trouble.message();
    if (news) told_ = trouble.message();
  }
  const Instant at = next_renewal_info(trouble, failures, parts_.clock.now(), parts_.clock.jitter());
  if (news)
    progress.warn(certificate.spec.label,
                  trouble.message() + "; it is renewed at the usual time unless the CA tells another");
  parts_.renewal_infos.ask_again(certificate.id, at);
  return {.finished = false, .wake_at = at, .trouble = std::move(trouble), .failures = failures};
}

}  // namespace certmgr
