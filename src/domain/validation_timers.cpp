// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "certmgr/domain/organization_validation.h"

namespace certmgr {
namespace {

using std::chrono::days;

constexpr std::array<int, 5> kRemindDaysAhead{60, 30, 14, 7, 1};
constexpr days kExpiringBefore{kRemindDaysAhead.front()};
constexpr days kChaseEvery{10};

/// The smallest of the steps that has come.
int step_reached(Day expires, Instant now) {
  int reached = 0;
  for (const int step : kRemindDaysAhead)
    if (now >= Instant(expires - days(step))) reached = step;
  return reached;
}

Instant next_step(Day expires, Instant now) {
  for (const int step : kRemindDaysAhead)
    if (const Instant at(expires - days(step)); at > now) return at;
  return Instant(expires);
}

void look_at_end(ValidationLook& look, Instant now) {
  auto& validation = look.validation;
  if (!validation.expires) return;
  const Day expires = *validation.expires;
  if (now >= Instant(expires)) {
    validation.state = ValidationState::expired;
    validation.entered_at = now;
    validation.reason = "its evidence became too old on " + to_text(expires);
    look.changed = true;
    return;
  }
  look.wake_at = next_step(expires, now);
  if (now < Instant(expires - kExpiringBefore)) return;
  if (validation.state == ValidationState::validated) {
    validation.state = ValidationState::expiring;
    validation.entered_at = now;
    look.changed = true;
  }
  const int reached = step_reached(expires, now);
  if (validation.reminded != 0 && reached >= validation.reminded) return;
  validation.reminded = reached;
  look.changed = true;
  // One reminder tells what is left, however many were missed while nobody looked.
  const auto left = std::chrono::ceil<days>(Instant(expires) - now);
  look.reminder = ValidationReminder{ValidationReminder::Kind::ends, static_cast<int>(left.count())};
}

void look_at_vetting(ValidationLook& look, Instant now) {
  auto& validation = look.validation;
  const Instant last = validation.chased_at.value_or(validation.entered_at);
  look.wake_at = last + kChaseEvery;
  if (now < *look.wake_at) return;
  const auto since = std::chrono::floor<days>(now - validation.entered_at);
  look.reminder = ValidationReminder{ValidationReminder::Kind::takes_long, static_cast<int>(since.count())};
  validation.chased_at = now;
  look.changed = true;
  look.wake_at = now + kChaseEvery;
}

}  // namespace

ValidationLook look_at(OrganizationValidation validation, Instant now) {
  ValidationLook look{std::move(validation), false, {}, {}};
  if (is_in_force(look.validation.state)) look_at_end(look, now);
  if (look.validation.state == ValidationState::in_vetting) look_at_vetting(look, now);
  return look;
}

}  // namespace certmgr
