// SPDX-License-Identifier: MIT
#include <algorithm>

#include "certmgr/domain/enrollment/machine.h"
#include "domain/enrollment/time_limit.h"

namespace certmgr::enrollment {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

/// How long an organization may take to be validated before the request is given up.
constexpr days kBlockedMost{30};

/// When somebody is told that the CA takes long.
constexpr Duration kFirstReminder = 24h;
constexpr Duration kSecondReminder = 72h;
constexpr Duration kLaterReminders = 24h;

std::string about(const Enrollment& enrollment) {
  return "enrollment " + std::to_string(enrollment.id) + " for " + enrollment.request.spec.label;
}

Trouble not_decided(const Enrollment& enrollment, const Context& context) {
  return {.kind = TroubleKind::permanent,
          .code = "approval_expired",
          .what = about(enrollment) + " has ended",
          .why = "it was not approved within " + humanize(context.rules.window),
          .hint = "request it anew with certmgr issue"};
}

Trouble window_passed(const Enrollment& enrollment, Instant closed) {
  return {.kind = TroubleKind::permanent,
          .code = "approval_expired",
          .what = about(enrollment) + " has ended",
          .why = "it was approved to be ordered before " + to_rfc3339(closed),
          .hint = "request it anew with certmgr issue, and have it approved with a later window"};
}

Trouble never_validated(const Enrollment& enrollment, const Trouble& last) {
  return {.kind = TroubleKind::permanent,
          .code = "org_not_validated",
          .what = about(enrollment) + " was given up",
          .why = "within " + std::to_string(kBlockedMost.count()) + " days " + enrollment.request.spec.ca +
                 " has not validated the organization: " + last.why,
          .hint = last.hint};
}

bool is_approved_and_unsent(const State& state) {
  return std::holds_alternative<Approved>(state) || std::holds_alternative<BlockedOrg>(state) ||
         std::holds_alternative<BlockedCa>(state);
}

/// How many of the reminders have come after so long, and when the next one comes.
int reminders_after(Duration waited) {
  if (waited < kFirstReminder) return 0;
  if (waited < kSecondReminder) return 1;
  return 2 + static_cast<int>((waited - kSecondReminder) / kLaterReminders);
}

Duration reminder_at(int number) {
  return number <= 1 ? kFirstReminder : kSecondReminder + kLaterReminders * (number - 2);
}

void look_at_silence(Look& look, Instant placed_at, Instant now) {
  const Duration waited = now - placed_at;
  const int reached = reminders_after(waited);
  look.wake_at = placed_at + reminder_at(reached + 1);
  if (reached <= look.enrollment.reminded) return;
  look.enrollment.reminded = reached;
  look.reminder = SlowCa{waited};
  look.changed = true;
}

}  // namespace

std::optional<Instant> time_limit(const Enrollment& enrollment, const Context& context) {
  if (std::holds_alternative<PendingApproval>(enrollment.state))
    return enrollment.entered_at + context.rules.window;
  if (!is_approved_and_unsent(enrollment.state)) return std::nullopt;
  const auto closes = window_of(enrollment, context).closes;
  if (!std::holds_alternative<BlockedOrg>(enrollment.state)) return closes;
  return std::min<Instant>(enrollment.entered_at + kBlockedMost, closes.value_or(Instant::max()));
}

std::optional<State> ended_by_time(const Enrollment& enrollment, const Context& context) {
  const auto limit = time_limit(enrollment, context);
  if (!limit || context.now < *limit) return std::nullopt;
  if (std::holds_alternative<PendingApproval>(enrollment.state))
    return Expired{not_decided(enrollment, context)};
  const auto* blocked = std::get_if<BlockedOrg>(&enrollment.state);
  if (blocked != nullptr && *limit == enrollment.entered_at + kBlockedMost)
    return Failed{never_validated(enrollment, blocked->trouble)};
  return Expired{window_passed(enrollment, *limit)};
}

Look look_at(Enrollment enrollment, const Context& context) {
  if (auto ended = ended_by_time(enrollment, context)) {
    enrollment.state = std::move(*ended);
    enrollment.entered_at = context.now;
    return {.enrollment = std::move(enrollment), .changed = true};
  }
  Look look{.enrollment = std::move(enrollment)};
  look.wake_at = time_limit(look.enrollment, context);
  if (std::holds_alternative<Approved>(look.enrollment.state))
    look.wake_at = std::max(context.now, window_of(look.enrollment, context).opens.value_or(context.now));
  if (const auto* order = std::get_if<Ordered>(&look.enrollment.state))
    look_at_silence(look, order->placed_at, context.now);
  return look;
}

}  // namespace certmgr::enrollment
