// SPDX-License-Identifier: MIT
#include "adapters/store/enrollment_codec.h"

#include <array>
#include <utility>

#include "adapters/store/state_codec.h"

namespace certmgr::store {
namespace {

using namespace enrollment;

constexpr int kVersion = 1;

// A new state must be written and read below, and needs a fixture in tests/integration/store.
static_assert(std::variant_size_v<State> == 13, "teach the codec the new state");

constexpr std::array<std::pair<Warrant, std::string_view>, 3> kWarrants{{
    {Warrant::not_wanted, "not_wanted"},
    {Warrant::approvals, "approvals"},
    {Warrant::grant, "grant"},
}};

json word_of(Warrant warrant) {
  for (const auto& [known, word] : kWarrants)
    if (known == warrant) return word;
  throw BadPayload("a warrant has no word");
}
Warrant warrant_from(const json& value) {
  const auto text = value.get<std::string>();
  for (const auto& [warrant, word] : kWarrants)
    if (word == text) return warrant;
  throw BadPayload("unknown warrant \"" + text + "\"");
}

CertificateLevel level_from(const json& value) {
  const auto text = value.get<std::string>();
  if (const auto level = parse_certificate_level(text)) return *level;
  throw BadPayload("unknown level \"" + text + "\"");
}

json moment_of(const std::optional<Instant>& at) { return at ? to_json(*at) : json(nullptr); }
std::optional<Instant> moment_from(const json& value) {
  if (value.is_null()) return std::nullopt;
  Instant at;
  from_json(value, at);
  return at;
}

json findings_of(const std::vector<IdentityFinding>& findings) {
  json list = json::array();
  for (const auto& finding : findings) list.push_back({{"code", finding.code}, {"why", finding.why}});
  return list;
}
std::vector<IdentityFinding> findings_from(const json& value) {
  std::vector<IdentityFinding> findings;
  for (const json& entry : value.get_ref<const json::array_t&>())
    findings.push_back({entry.at("code"), entry.at("why")});
  return findings;
}

json verdict_of(const IdentityVerdict& verdict) {
  json value{{"asked", to_string(verdict.asked)},
             {"faults", findings_of(verdict.faults)},
             {"warnings", findings_of(verdict.warnings)}};
  if (verdict.found) value["found"] = to_string(*verdict.found);
  return value;
}
IdentityVerdict verdict_from(const json& value) {
  IdentityVerdict verdict{.asked = level_from(value.at("asked"))};
  if (value.contains("found")) verdict.found = level_from(value.at("found"));
  verdict.faults = findings_from(value.at("faults"));
  verdict.warnings = findings_from(value.at("warnings"));
  return verdict;
}

json order_of(const Ordered& order) {
  return {{"order_id", order.order_id},
          {"placed_at", to_json(order.placed_at)},
          {"placeholder_id", order.placeholder_id}};
}
Ordered order_from(const json& value) {
  Ordered order;
  order.order_id = value.at("order_id");
  from_json(value.at("placed_at"), order.placed_at);
  order.placeholder_id = value.at("placeholder_id");
  return order;
}

json fields(const Draft&) { return json::object(); }
void read(const json&, Draft&) {}
json fields(const PendingApproval&) { return json::object(); }
void read(const json&, PendingApproval&) {}

json fields(const enrollment::Approved& state) { return {{"warrant", word_of(state.warrant)}}; }
void read(const json& value, enrollment::Approved& state) {
  state.warrant = warrant_from(value.at("warrant"));
}

json blocked(const Trouble& trouble, Warrant warrant) {
  return {{"trouble", to_json(trouble)}, {"warrant", word_of(warrant)}};
}
json fields(const BlockedOrg& state) { return blocked(state.trouble, state.warrant); }
void read(const json& value, BlockedOrg& state) {
  from_json(value.at("trouble"), state.trouble);
  state.warrant = warrant_from(value.at("warrant"));
}
json fields(const BlockedCa& state) { return blocked(state.trouble, state.warrant); }
void read(const json& value, BlockedCa& state) {
  from_json(value.at("trouble"), state.trouble);
  state.warrant = warrant_from(value.at("warrant"));
}

json fields(const Ordered& state) { return {{"order", order_of(state)}}; }
void read(const json& value, Ordered& state) { state = order_from(value.at("order")); }

json fields(const ActionRequired& state) {
  return {{"order", order_of(state.order)}, {"trouble", to_json(state.trouble)}, {"url", state.url}};
}
void read(const json& value, ActionRequired& state) {
  state.order = order_from(value.at("order"));
  from_json(value.at("trouble"), state.trouble);
  state.url = value.at("url");
}

json fields(const enrollment::Quarantined& state) {
  return {{"order", order_of(state.order)},
          {"version_id", state.version_id},
          {"verdict", verdict_of(state.verdict)}};
}
void read(const json& value, enrollment::Quarantined& state) {
  state.order = order_from(value.at("order"));
  state.version_id = value.at("version_id");
  state.verdict = verdict_from(value.at("verdict"));
}

json fields(const enrollment::Issued& state) {
  json value{{"version_id", state.version_id}, {"accepted_by", state.accepted_by}, {"reason", state.reason}};
  if (state.level) value["level"] = to_string(*state.level);
  return value;
}
void read(const json& value, enrollment::Issued& state) {
  state.version_id = value.at("version_id");
  state.accepted_by = value.at("accepted_by");
  state.reason = value.at("reason");
  if (value.contains("level")) state.level = level_from(value.at("level"));
}

json fields(const Denied& state) { return {{"by", state.by}, {"reason", state.reason}}; }
void read(const json& value, Denied& state) { state = {value.at("by"), value.at("reason")}; }
json fields(const enrollment::Withdrawn& state) { return {{"by", state.by}, {"reason", state.reason}}; }
void read(const json& value, enrollment::Withdrawn& state) { state = {value.at("by"), value.at("reason")}; }

json fields(const Expired& state) { return {{"trouble", to_json(state.trouble)}}; }
void read(const json& value, Expired& state) { from_json(value.at("trouble"), state.trouble); }

json fields(const enrollment::Failed& state) {
  return {{"trouble", to_json(state.trouble)}, {"revoke_version", state.revoke_version}};
}
void read(const json& value, enrollment::Failed& state) {
  from_json(value.at("trouble"), state.trouble);
  state.revoke_version = value.at("revoke_version");
}

}  // namespace

std::string encode_enrollment(const Enrollment& enrollment) {
  const auto state_fields = [](const auto& state) { return fields(state); };
  return dump({{"v", kVersion},
               {"spec", to_json(enrollment.request.spec)},
               {"renewal", enrollment.request.renewal},
               {"request_revision", enrollment.request.revision},
               {"authors", enrollment.authors},
               {"by_scheduler", enrollment.by_scheduler},
               {"state", encode_state(enrollment.state, state_fields)},
               {"grant_id", enrollment.grant_id},
               {"replaces", enrollment.replaces},
               {"reminded", enrollment.reminded}});
}

void decode_enrollment(const std::string& payload, Enrollment& enrollment) {
  const json value = parse_payload(payload, kVersion);
  from_json(value.at("spec"), enrollment.request.spec);
  enrollment.request.renewal = value.at("renewal");
  enrollment.request.revision = value.at("request_revision");
  enrollment.authors = value.at("authors").get<std::vector<std::string>>();
  enrollment.by_scheduler = value.at("by_scheduler");
  const auto read_fields = [](const json& from, auto& state) { read(from, state); };
  enrollment.state = decode_state<State>(value.at("state"), read_fields);
  enrollment.grant_id = value.at("grant_id");
  enrollment.replaces = value.at("replaces");
  enrollment.reminded = value.at("reminded");
}

std::string encode_approval(const Approval& approval) {
  return dump({{"v", kVersion},
               {"comment", approval.comment},
               {"opens", moment_of(approval.window.opens)},
               {"closes", moment_of(approval.window.closes)}});
}

void decode_approval(const std::string& payload, Approval& approval) {
  const json value = parse_payload(payload, kVersion);
  approval.comment = value.at("comment");
  approval.window = {moment_from(value.at("opens")), moment_from(value.at("closes"))};
}

std::string encode_grant(const Grant& grant) {
  json words = json::array();
  for (const auto& word : grant.words) words.push_back({{"person", word.person}, {"at", to_json(word.at)}});
  return dump({{"v", kVersion},
               {"scope_hash", grant.scope_hash},
               {"words", std::move(words)},
               {"revoked_by", grant.revoked_by}});
}

void decode_grant(const std::string& payload, Grant& grant) {
  const json value = parse_payload(payload, kVersion);
  grant.scope_hash = value.at("scope_hash");
  grant.revoked_by = value.at("revoked_by");
  grant.words.clear();
  for (const json& entry : value.at("words").get_ref<const json::array_t&>()) {
    auto& word = grant.words.emplace_back();
    word.person = entry.at("person");
    from_json(entry.at("at"), word.at);
  }
}

}  // namespace certmgr::store
