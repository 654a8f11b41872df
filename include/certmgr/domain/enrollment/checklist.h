// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/enrollment/enrollment.h"
#include "certmgr/domain/enrollment/gates.h"

namespace certmgr::enrollment {

/// How a step of the way from request to certificate stands.
enum class StepState { done, current, stopped, next };
std::string_view to_string(StepState state);

struct Step {
  std::string name;  // stable word for scripts: "request", "approval", "organization", ...
  std::string what;  // for people
  StepState state = StepState::next;
  bool operator==(const Step&) const = default;
};

/// The way of an enrollment, from the first step to the last. One step is current while it is open; an
/// enrollment that came to nothing has stopped at one. `order` may be null. Pure.
std::vector<Step> steps_of(const Enrollment& enrollment, const OrderState* order, const Context& context);

}  // namespace certmgr::enrollment
