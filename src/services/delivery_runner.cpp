// SPDX-License-Identifier: MIT
#include "certmgr/services/delivery_runner.h"

#include <algorithm>

#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

/// Nothing will ever make the same call succeed: the receiver refuses it, or the channel is gone.
bool is_final(const Trouble& trouble) {
  return trouble.kind == TroubleKind::permanent || trouble.kind == TroubleKind::usage;
}

Instant begun(const Delivery& delivery) {
  const bool over = delivery.message == Notice::Message::recovered;
  return over ? delivery.alarm.cleared_at.value_or(delivery.alarm.raised_at) : delivery.alarm.raised_at;
}

}  // namespace

StepResult DeliveryRunner::step(std::int64_t delivery_id, Progress& progress) {
  const auto delivery = alarms_.delivery(delivery_id);
  if (!delivery) return {.finished = true, .trouble = std::nullopt};  // dropped: the alarm was over before
  progress.step(delivery->alarm.draft.subject, "telling " + delivery->channel);
  const auto sent = notifier_.send(delivery->channel, {delivery->message, delivery->alarm, host_});
  if (!sent) return settle(*delivery, sent.error(), progress);
  alarms_.delivered(delivery_id);
  return {.finished = true, .trouble = std::nullopt};
}

StepResult DeliveryRunner::settle(const Delivery& delivery, const Trouble& trouble, Progress& progress) {
  const Instant now = clock_.now();
  progress.trouble(delivery.channel, trouble);
  const int failures = delivery.attempts + 1;
  Instant again = now + retry_delay(failures, clock_.jitter(), kLongestDeliveryPause);
  if (trouble.retry_at) again = std::max(again, std::min(*trouble.retry_at, now + kLongestDeliveryPause));
  if (is_final(trouble) || again > begun(delivery) + kDeliveryGivenUp) {
    const std::string end = is_final(trouble) ? "" : " (given up after " + humanize(kDeliveryGivenUp) + ")";
    alarms_.drop_delivery(delivery.id, trouble.message() + end);
    progress.warn(delivery.alarm.draft.subject, trouble.message() + end);
    return {.finished = true, .trouble = trouble, .failures = failures};
  }
  alarms_.delivery_failed(delivery.id, trouble.message(), again);
  return {.wake_at = again, .trouble = trouble, .failures = failures};
}

}  // namespace certmgr
