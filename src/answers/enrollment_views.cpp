// SPDX-License-Identifier: MIT
#include "answers/enrollment_views.h"

#include <algorithm>

#include "answers/text_table.h"
#include "certmgr/domain/enrollment/checklist.h"
#include "certmgr/domain/enrollment/grant.h"
#include "certmgr/domain/order_wish.h"

namespace certmgr::answers {

using enrollment::Context;
using enrollment::Grant;
using nlohmann::ordered_json;

namespace {

ordered_json moment(const std::optional<Instant>& at) {
  return at ? ordered_json(to_rfc3339(*at)) : ordered_json();
}

const OrderState* state_of(const std::optional<Order>& order) { return order ? &order->state : nullptr; }

ordered_json trouble_view(const Trouble& trouble) {
  ordered_json view{{"code", trouble.code}, {"message", trouble.message()}, {"hint", trouble.hint}};
  if (!trouble.url.empty()) view["url"] = trouble.url;
  return view;
}

/// Why it is where it is; nothing where the state says it all.
const Trouble* trouble_of(const enrollment::State& state) {
  return std::visit(
      [](const auto& s) -> const Trouble* {
        if constexpr (requires { s.trouble; })
          return &s.trouble;
        else
          return nullptr;
      },
      state);
}

/// What the order met last, and goes on trying.
const Trouble* trouble_on_the_way(const EnrollmentSight& sight) {
  const bool on_its_way = std::holds_alternative<enrollment::Ordered>(sight.enrollment.state);
  return on_its_way && sight.order && sight.order->last_trouble ? &*sight.order->last_trouble : nullptr;
}

ordered_json findings_view(const std::vector<IdentityFinding>& findings) {
  auto list = ordered_json::array();
  for (const auto& finding : findings) list.push_back({{"code", finding.code}, {"why", finding.why}});
  return list;
}

ordered_json verdict_view(const IdentityVerdict& verdict) {
  return {{"asked", to_string(verdict.asked)},
          {"found", verdict.found ? ordered_json(to_string(*verdict.found)) : ordered_json()},
          {"faults", findings_view(verdict.faults)},
          {"warnings", findings_view(verdict.warnings)},
          {"acceptable", verdict.acceptable()},
          {"placeholder", verdict.placeholder()}};
}

ordered_json turn_view(const enrollment::Turn& turn) {
  return {{"party", to_string(turn.party)},
          {"what", turn.what},
          {"command", turn.command.empty() ? ordered_json() : ordered_json(turn.command)},
          {"since", to_rfc3339(turn.since)},
          {"until", moment(turn.until)}};
}

ordered_json approval_view(const enrollment::Approval& approval, const std::string& hash) {
  return {{"person", approval.person},
          {"at", to_rfc3339(approval.at)},
          {"comment", approval.comment},
          {"not_before", moment(approval.window.opens)},
          {"not_after", moment(approval.window.closes)},
          {"request_hash", approval.request_hash},
          {"counts", approval.request_hash == hash}};
}

/// Whether renewals of what is requested now go ahead by it.
bool holds(const Grant& grant, const EnrollmentSight& sight, const Context& context) {
  return !grant.revoked_at && context.now < grant.until &&
         static_cast<int>(grant.words.size()) >= context.rules.quorum &&
         grant.scope_hash == context.sha256(enrollment::renewal_scope(sight.enrollment.request));
}

ordered_json grant_view(const Grant& grant, bool holds) {
  auto persons = ordered_json::array();
  for (const auto& word : grant.words) persons.push_back(word.person);
  return {{"id", grant.id},
          {"persons", std::move(persons)},
          {"until", to_rfc3339(grant.until)},
          {"revoked_at", moment(grant.revoked_at)},
          {"holds", holds},
          {"scope_hash", grant.scope_hash}};
}

char mark_of(enrollment::StepState state) {
  switch (state) {
    case enrollment::StepState::done:
      return 'x';
    case enrollment::StepState::current:
      return '>';
    case enrollment::StepState::stopped:
      return '!';
    case enrollment::StepState::next:
      break;
  }
  return ' ';
}

/// One line, whatever somebody wrote.
std::string row(const std::string& name, std::string value) {
  std::string text = "  " + name;
  text.append(name.size() < 14 ? 14 - name.size() : 1, ' ');
  std::replace_if(
      value.begin(), value.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text + value + "\n";
}

std::string subject_words(const enrollment::Request& request) {
  std::string text;
  for (const auto& attribute : request.subject)
    text += (text.empty() ? "" : ", ") + std::string(attribute.name) + "=" + attribute.value;
  return text;
}

std::string outcome_text(const enrollment::State& state) {
  if (const auto* issued = std::get_if<enrollment::Issued>(&state)) {
    std::string text =
        row("level found", issued->level ? std::string(to_string(*issued->level)) : "none said");
    if (!issued->accepted_by.empty())
      text += row("accepted", "by " + issued->accepted_by + ": " + issued->reason);
    return text;
  }
  if (const auto* denied = std::get_if<enrollment::Denied>(&state))
    return row("denied", "by " + denied->by + ": " + denied->reason);
  if (const auto* withdrawn = std::get_if<enrollment::Withdrawn>(&state))
    return row("withdrawn", (withdrawn->by.empty() ? "" : "by " + withdrawn->by + ": ") + withdrawn->reason);
  std::string text;
  if (const auto* held = std::get_if<enrollment::Quarantined>(&state)) {
    for (const auto& fault : held->verdict.faults) text += row("fault", fault.code + ": " + fault.why);
    for (const auto& warning : held->verdict.warnings) text += row("warning", warning.why);
  }
  if (const auto* trouble = trouble_of(state)) {
    text += row("because", trouble->message());
    if (!trouble->hint.empty()) text += row("do", trouble->hint);
  }
  if (const auto* asked = std::get_if<enrollment::ActionRequired>(&state); asked && !asked->url.empty())
    text += row("at", asked->url);
  return text;
}

}  // namespace

std::string enrollment_table(const std::vector<EnrollmentSight>& sights) {
  TextTable table({"ID", "LABEL", "LEVEL", "ORGANIZATION", "STATE", "WAITS FOR", "SINCE"});
  for (const auto& sight : sights) {
    const auto& request = sight.enrollment.request;
    table.add({std::to_string(sight.enrollment.id), request.spec.label, std::string(to_string(request.level)),
               sight.organization, std::string(sight.state()),
               std::string(enrollment::to_string(sight.turn.party)), to_rfc3339(sight.turn.since)});
  }
  return table.text();
}

Answer told(EnrollmentDesk& desk, const EnrollmentSight& sight) {
  const auto& enrollment = sight.enrollment;
  std::string text = "enrollment " + std::to_string(enrollment.id) + " for " + enrollment.request.spec.label +
                     " is " + std::string(sight.state()) + ", " + turn_text(sight) + "\n";
  text += "  names: " + join(enrollment.request.spec.identifiers) + "\n";
  if (!sight.turn.command.empty()) text += "  next: " + sight.turn.command + "\n";
  return {{{"enrollment", enrollment_details(sight, desk.context(enrollment), desk.grants(enrollment.id))}},
          std::move(text)};
}

std::string turn_text(const EnrollmentSight& sight) {
  const auto& turn = sight.turn;
  if (turn.party == enrollment::Party::nobody) return "nothing is waited for";
  std::string text = "waits for " + std::string(to_string(turn.party));
  if (turn.party == enrollment::Party::ca)
    text = "waits for the CA " + sight.enrollment.request.spec.ca;
  else
    text += ": " + turn.what;
  text += ", since " + to_rfc3339(turn.since);
  if (turn.until) text += ", until " + to_rfc3339(*turn.until);
  return text;
}

namespace {

std::string key_words(const CertificateSpec& spec) {
  if (!spec.csr.empty())
    return std::string(to_string(spec.key_type)) + ", made elsewhere: it comes with a request";
  return std::string(to_string(spec.key_type)) +
         (spec.reuse_key ? ", the same at renewals" : ", new at renewals");
}

/// What an approver agrees to besides names and organization.
ordered_json wishes_view(const CertificateSpec& spec) {
  ordered_json view{{"key_type", to_string(spec.key_type)},
                    {"key_made_elsewhere", !spec.csr.empty()},
                    {"reuse_key", spec.reuse_key},
                    {"profile", spec.profile.name},
                    {"preferred_chain", spec.preferred_chain}};
  view["not_before"] = spec.not_before ? ordered_json(to_string(*spec.not_before)) : ordered_json();
  view["not_after"] = spec.not_after ? ordered_json(to_string(*spec.not_after)) : ordered_json();
  return view;
}

std::string wishes_text(const CertificateSpec& spec) {
  std::string text = row("key", key_words(spec));
  if (!spec.preferred_chain.empty()) text += row("chain", "to " + spec.preferred_chain);
  if (spec.not_before) text += row("valid from", to_string(*spec.not_before));
  if (spec.not_after) text += row("valid until", to_string(*spec.not_after));
  return text;
}

}  // namespace

ordered_json enrollment_view(const EnrollmentSight& sight) {
  const auto& enrollment = sight.enrollment;
  const auto& request = enrollment.request;
  auto names = ordered_json::array();
  for (const auto& identifier : request.spec.identifiers) names.push_back(identifier.value);
  ordered_json view{{"id", enrollment.id},
                    {"label", request.spec.label},
                    {"state", sight.state()},
                    {"level", to_string(request.level)},
                    {"organization", sight.organization},
                    {"organization_version", request.organization_version},
                    {"ca", request.spec.ca},
                    {"identifiers", std::move(names)},
                    {"renewal", request.renewal},
                    {"requested_by", enrollment.authors},
                    {"created_at", to_rfc3339(enrollment.created_at)},
                    {"entered_at", to_rfc3339(enrollment.entered_at)},
                    {"request_hash", sight.request_hash},
                    {"approvals", {{"given", sight.approvals}, {"wanted", sight.quorum}}},
                    {"turn", turn_view(sight.turn)}};
  if (const auto* trouble = trouble_of(enrollment.state)) view["trouble"] = trouble_view(*trouble);
  if (const auto* trouble = trouble_on_the_way(sight)) view["trouble"] = trouble_view(*trouble);
  if (const auto* asked = std::get_if<enrollment::ActionRequired>(&enrollment.state); asked)
    view["url"] = asked->url;
  if (const auto* held = std::get_if<enrollment::Quarantined>(&enrollment.state))
    view["verdict"] = verdict_view(held->verdict);
  if (const auto* issued = std::get_if<enrollment::Issued>(&enrollment.state)) {
    view["level_found"] = issued->level ? ordered_json(to_string(*issued->level)) : ordered_json();
    if (!issued->accepted_by.empty())
      view["accepted"] = {{"by", issued->accepted_by}, {"reason", issued->reason}};
  }
  if (sight.order) view["order_url"] = order_url_of(sight.order->state);
  if (enrollment.replaces != 0) view["replaces"] = enrollment.replaces;
  return view;
}

ordered_json enrollment_details(const EnrollmentSight& sight, const Context& context,
                                const std::vector<Grant>& grants) {
  auto view = enrollment_view(sight);
  view["wishes"] = wishes_view(sight.enrollment.request.spec);
  auto steps = ordered_json::array();
  for (const auto& step : enrollment::steps_of(sight.enrollment, state_of(sight.order), context))
    steps.push_back({{"name", step.name}, {"state", to_string(step.state)}, {"what", step.what}});
  view["steps"] = std::move(steps);
  auto subject = ordered_json::array();
  for (const auto& attribute : sight.enrollment.request.subject)
    subject.push_back({{"name", attribute.name}, {"oid", attribute.oid}, {"value", attribute.value}});
  view["subject"] = std::move(subject);
  auto said = ordered_json::array();
  for (const auto& approval : sight.enrollment.approvals)
    said.push_back(approval_view(approval, sight.request_hash));
  view["approvals_given"] = std::move(said);
  auto leave = ordered_json::array();
  for (const auto& grant : grants) leave.push_back(grant_view(grant, holds(grant, sight, context)));
  view["grants"] = std::move(leave);
  return view;
}

std::string enrollment_text(const EnrollmentSight& sight, const Context& context,
                            const std::vector<Grant>& grants) {
  const auto& enrollment = sight.enrollment;
  const auto& request = enrollment.request;
  std::string text = "enrollment " + std::to_string(enrollment.id) + ": " + request.spec.label + ", " +
                     std::string(to_string(request.level)) + ", " + std::string(sight.state()) + "\n";
  text += row("names", join(request.spec.identifiers));
  text +=
      row("organization", sight.organization + ", version " + std::to_string(request.organization_version));
  text += row("subject", subject_words(request));
  text += row("CA", request.spec.ca +
                        (request.spec.profile.name.empty() ? "" : ", profile " + request.spec.profile.name));
  text += wishes_text(request.spec);
  text += row("request", sight.request_hash);
  text += "\n";
  for (const auto& step : enrollment::steps_of(enrollment, state_of(sight.order), context))
    text += std::string("  [") + mark_of(step.state) + "] " + step.what + "\n";
  text += "\n" + outcome_text(enrollment.state);
  if (const auto* trouble = trouble_on_the_way(sight)) text += row("trouble", trouble->message());
  text += "  " + turn_text(sight) + "\n";
  if (!sight.turn.command.empty()) text += "  next: " + sight.turn.command + "\n";
  for (const auto& grant : grants)
    if (holds(grant, sight, context))
      text += "  grant " + std::to_string(grant.id) + " lets renewals go ahead until " +
              to_rfc3339(grant.until) + "\n";
  return text;
}

ordered_json enrollment_events(const std::vector<Event>& events) {
  auto views = ordered_json::array();
  for (const auto& event : events)
    views.push_back({{"seq", event.seq},
                     {"at", to_rfc3339(event.at)},
                     {"kind", event.draft.kind},
                     {"data", event.draft.data},
                     {"hash", event.hash}});
  return views;
}

std::string enrollment_events_text(const std::vector<Event>& events) {
  std::string text;
  for (const auto& event : events) {
    text += to_rfc3339(event.at) + "  " + event.draft.kind;
    for (const char* key : {"by", "roles", "from", "to", "reason", "code", "why"})
      if (const auto found = event.draft.data.find(key); found != event.draft.data.end())
        text += "  " + std::string(key) + "=" + ordered_json(found->second).dump();
    text += "\n";
  }
  return text;
}

}  // namespace certmgr::answers
