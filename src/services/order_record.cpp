// SPDX-License-Identifier: MIT
#include "services/order_record.h"

#include <algorithm>
#include <set>

namespace certmgr {
namespace {

/// What is held in memory for longer is worth a save; and a scheduler lets go of what rests for longer
/// (SchedulerSettings::keep), so that what was not saved would be asked for, and waited for, from the
/// beginning.
constexpr Duration kLongestPause = std::chrono::seconds(2);

/// Empty: it is about the order itself, and not about proofs that it does not need any more.
std::string kind_of_cleanup(const Order& before, const Order& after) {
  if (after.leftovers.size() > before.leftovers.size()) return "order.proofs_left";
  if (!is_final(before.state)) return {};
  if (!after.leftovers.empty()) return "order.proofs_left";
  return after.cleanups == 0 ? "order.proofs_withdrawn" : "order.proofs_abandoned";
}

/// Each once: one of several values names all of them.
std::string reasons_of(const std::vector<Leftover>& leftovers) {
  std::string text;
  std::set<std::string> told;
  for (const auto& left : leftovers)
    if (told.insert(left.why).second) text += (text.empty() ? "" : "; ") + left.why;
  return text;
}

EventDraft event_of_cleanup(std::string kind, const Order& before, const Order& after) {
  EventDraft event{std::move(kind), after.spec.label, {{"order", std::to_string(after.id)}}};
  const auto& left = after.leftovers.empty() ? before.leftovers : after.leftovers;
  if (left.empty()) return event;
  event.data["proofs"] = places_of(left);
  if (event.kind != "order.proofs_withdrawn") event.data["why"] = reasons_of(left);
  return event;
}

bool is_unsent(const OrderState& state) {
  const auto* ordering = std::get_if<Ordering>(&state);
  return ordering != nullptr && ordering->unsent;
}

}  // namespace

std::string why_left(const Trouble& trouble) {
  constexpr std::size_t kMost = 200;
  const auto line = trouble.detail.substr(0, std::min(trouble.detail.find('\n'), kMost));
  return trouble.message() + (line.empty() ? "" : " (" + line + ")");
}

EventDraft event_of(const Order& before, const Order& after) {
  if (auto cleanup = kind_of_cleanup(before, after); !cleanup.empty())
    return event_of_cleanup(std::move(cleanup), before, after);
  EventDraft event{"order." + std::string(name_of(after.state)), after.spec.label, {}};
  event.data["order"] = std::to_string(after.id);
  if (name_of(before.state) != name_of(after.state)) event.data["from"] = name_of(before.state);
  if (const auto url = order_url_of(after.state); !url.empty()) event.data["url"] = url;
  const bool placed =
      std::holds_alternative<Ordering>(before.state) && before.state.index() != after.state.index();
  if (placed && after.replaces != 0) event.data["replaces"] = std::to_string(after.replaces);
  if (placed && !after.profile.empty()) event.data["profile"] = after.profile;
  if (after.last_trouble) {
    event.data["trouble"] = after.last_trouble->message();
    event.data["code"] = after.last_trouble->code;
  }
  return event;
}

bool must_be_saved(const Order& before, const Order& after, Instant now) {
  const bool polled = before.state.index() == after.state.index() && before.published == after.published;
  const Duration pause = after.wake_at - (polled ? before.wake_at : now);
  // One that waits for people takes long: how often it was looked for must grow from run to run.
  return after.enrollment_id != 0 || is_final(after.state) ||
         key_id_of(before.state) != key_id_of(after.state) ||
         order_url_of(before.state) != order_url_of(after.state) ||
         is_unsent(before.state) != is_unsent(after.state) ||
         (!after.published.empty() && after.published != before.published) ||
         after.leftovers != before.leftovers || before.attempts != after.attempts ||
         before.last_trouble != after.last_trouble || pause > kLongestPause;
}

void tell_of_proofs(const Order& before, const Order& after, Progress& progress) {
  const auto& label = after.spec.label;
  const bool tried = is_final(after.state);
  for (std::size_t i = tried ? 0 : before.leftovers.size(); i < after.leftovers.size(); ++i)
    progress.warn(label, places_of({after.leftovers[i]}) +
                             " could not be withdrawn: " + after.leftovers[i].why + "; it is tried again");
  if (!after.leftovers.empty() || after.cleanups == 0) return;
  for (const auto& left : before.leftovers)
    progress.warn(label, "gives up what could not be withdrawn for a week: remove " + places_of({left}) +
                             " by hand (" + left.why + ")");
}

}  // namespace certmgr
