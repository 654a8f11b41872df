// SPDX-License-Identifier: MIT
#include "adapters/store/order_codec.h"

#include "adapters/store/json_object.h"
#include "adapters/store/state_codec.h"

namespace certmgr::store {
namespace {

constexpr int kVersion = 1;

// A new state must be written and read below, and needs a fixture in tests/integration/store.
static_assert(std::variant_size_v<OrderState> == 10, "teach the codec the new state");

json fields(const Approved&) { return json::object(); }
void read(const json&, Approved&) {}

json fields(const Ordering& state) {
  json value{{"key_id", state.key_id}};
  if (state.unsent) value["unsent"] = true;
  return value;
}
void read(const json& value, Ordering& state) {
  state.key_id = value.at("key_id");
  state.unsent = value.value("unsent", false);
}

json fields(const Validating& state) {
  json value = object_of("order_url", state.order_url, "finalize_url", state.finalize_url, "key_id",
                         state.key_id, "authorizations_left", state.authorizations_left);
  if (state.proof) value["proof"] = to_json(*state.proof);
  if (!state.unseen.empty()) value["unseen"] = to_json(state.unseen);
  return value;
}
void read(const json& value, Validating& state) {
  state.order_url = value.at("order_url");
  state.finalize_url = value.at("finalize_url");
  state.key_id = value.at("key_id");
  state.authorizations_left = value.at("authorizations_left").get<std::vector<std::string>>();
  if (value.contains("proof")) from_json(value.at("proof"), state.proof.emplace());
  if (value.contains("unseen")) from_json(value.at("unseen"), state.unseen);
}

json words_of(const std::vector<ChallengeType>& types) {
  json words = json::array();
  for (const auto type : types) words.push_back(to_string(type));
  return words;
}
std::vector<ChallengeType> types_in(const json& value, const char* member) {
  std::vector<ChallengeType> types;
  for (const json& word : value.value(member, json::array()))
    if (const auto type = parse_challenge_type(word.get<std::string>())) types.push_back(*type);
  return types;
}

json subject_of(const std::vector<SubjectAttribute>& attributes) {
  json subject = json::array();
  for (const auto& attribute : attributes)
    subject.push_back({{"oid", attribute.oid}, {"value", attribute.value}});
  return subject;
}
/// Names and OIDs are views: those of the domain's own table, which outlives the payload.
std::vector<SubjectAttribute> subject_in(const json& value) {
  std::vector<SubjectAttribute> subject;
  for (const json& attribute : value) {
    const auto* kind = subject_kind(attribute.at("oid").get<std::string>());
    if (kind == nullptr) throw BadPayload("unknown attribute " + attribute.at("oid").dump());
    subject.push_back({kind->name, kind->oid, attribute.at("value")});
  }
  return subject;
}

json identity_of(const IdentityExpectation& identity) {
  json value{{"level", to_string(identity.level)},
             {"subject", subject_of(identity.subject)},
             {"public_rules", identity.public_rules}};
  if (!identity.today.empty()) value["today"] = subject_of(identity.today);
  return value;
}
IdentityExpectation identity_in(const json& value) {
  const auto level = parse_certificate_level(value.at("level").get<std::string>());
  if (!level) throw BadPayload("unknown level " + value.at("level").dump());
  IdentityExpectation identity{.level = *level, .public_rules = value.at("public_rules")};
  identity.subject = subject_in(value.at("subject"));
  if (value.contains("today")) identity.today = subject_in(value.at("today"));
  return identity;
}

json failures_of(const std::vector<CaFailure>& failures) {
  json list = json::array();
  for (const auto& failure : failures)
    list.push_back({{"ca", failure.ca}, {"times", failure.times}, {"trouble", to_json(failure.trouble)}});
  return list;
}
std::vector<CaFailure> failures_in(const json& value) {
  std::vector<CaFailure> failures;
  for (const json& entry : value.value("failed_cas", json::array())) {
    auto& failure = failures.emplace_back();
    failure.ca = entry.at("ca");
    failure.times = entry.at("times");
    from_json(entry.at("trouble"), failure.trouble);
  }
  return failures;
}

json fields(const Ready& state) {
  return object_of("order_url", state.order_url, "finalize_url", state.finalize_url, "key_id", state.key_id);
}
void read(const json& value, Ready& state) {
  state = {value.at("order_url"), value.at("finalize_url"), value.at("key_id")};
}

json fields(const AwaitingCa& state) {
  json value = object_of("order_url", state.order_url, "key_id", state.key_id);
  if (!state.placeholder_url.empty()) value["placeholder_url"] = state.placeholder_url;
  return value;
}
void read(const json& value, AwaitingCa& state) {
  state = {value.at("order_url"), value.at("key_id"), value.value("placeholder_url", std::string())};
}

json fields(const Verifying& state) {
  return object_of("order_url", state.order_url, "certificate_url", state.certificate_url, "key_id",
                   state.key_id);
}
void read(const json& value, Verifying& state) {
  state = {value.at("order_url"), value.at("certificate_url"), value.at("key_id")};
}

json fields(const Issued& state) { return {{"version_id", state.version_id}}; }
void read(const json& value, Issued& state) { state.version_id = value.at("version_id"); }

json fields(const Quarantined& state) {
  json value{{"version_id", state.version_id}, {"trouble", to_json(state.trouble)}};
  if (!state.order_url.empty()) value["order_url"] = state.order_url;
  if (!state.certificate_url.empty()) value["certificate_url"] = state.certificate_url;
  if (!state.key_id.empty()) value["key_id"] = state.key_id;
  return value;
}
void read(const json& value, Quarantined& state) {
  state.version_id = value.at("version_id");
  from_json(value.at("trouble"), state.trouble);
  state.order_url = value.value("order_url", std::string());
  state.certificate_url = value.value("certificate_url", std::string());
  state.key_id = value.value("key_id", std::string());
}

json fields(const Failed& state) { return {{"trouble", to_json(state.trouble)}, {"key_id", state.key_id}}; }
void read(const json& value, Failed& state) {
  from_json(value.at("trouble"), state.trouble);
  state.key_id = value.at("key_id");
}

json fields(const Withdrawn&) { return json::object(); }
void read(const json&, Withdrawn&) {}

}  // namespace

std::string encode_order(const Order& order) {
  const auto state_fields = [](const auto& state) { return fields(state); };
  json value = object_of("v", kVersion, "spec", to_json(order.spec), "reason", order.reason, "patience",
                         to_json(order.patience), "state", encode_state(order.state, state_fields),
                         "published", to_json(order.published), "polls", order.polls, "attempts",
                         order.attempts, "last_trouble", to_json(order.last_trouble));
  // Written only where they differ from what an order of an older version has.
  if (order.needed_by) value["needed_by"] = to_json(*order.needed_by);
  if (!order.deploy) value["deploy"] = false;
  if (order.unattended) value["unattended"] = true;
  if (!order.leftovers.empty()) value["leftovers"] = to_json(order.leftovers);
  if (order.cleanups != 0) value["cleanups"] = order.cleanups;
  if (!order.refused.empty()) value["refused"] = words_of(order.refused);
  if (!order.avoid.empty()) value["avoid"] = words_of(order.avoid);
  if (order.replaces != 0) value["replaces"] = order.replaces;
  if (!order.profile.empty()) value["profile"] = order.profile;
  if (!order.instead_of.empty()) value["instead_of"] = order.instead_of;
  if (!order.failed_cas.empty()) value["failed_cas"] = failures_of(order.failed_cas);
  if (order.unproven) value["unproven"] = order.unproven->value;
  if (order.enrollment_id != 0) value["enrollment_id"] = order.enrollment_id;
  if (order.identity) value["identity"] = identity_of(*order.identity);
  if (order.placeholder_id != 0) value["placeholder_id"] = order.placeholder_id;
  return dump(value);
}

void decode_order(const std::string& payload, Order& order) {
  const json value = parse_payload(payload, kVersion);
  from_json(value.at("spec"), order.spec);
  order.reason = value.at("reason");
  from_json(value.at("patience"), order.patience);
  const auto read_fields = [](const json& from, auto& state) { read(from, state); };
  order.state = decode_state<OrderState>(value.at("state"), read_fields);
  from_json(value.at("published"), order.published);
  order.polls = value.at("polls");
  order.attempts = value.at("attempts");
  from_json(value.at("last_trouble"), order.last_trouble);
  order.needed_by.reset();
  if (value.contains("needed_by")) from_json(value.at("needed_by"), order.needed_by.emplace());
  order.deploy = value.value("deploy", true);
  order.unattended = value.value("unattended", false);
  order.leftovers.clear();
  if (value.contains("leftovers")) from_json(value.at("leftovers"), order.leftovers);
  order.cleanups = value.value("cleanups", 0);
  order.refused = types_in(value, "refused");
  order.avoid = types_in(value, "avoid");
  order.replaces = value.value("replaces", std::int64_t{0});
  order.profile = value.value("profile", std::string());
  order.instead_of = value.value("instead_of", std::string());
  order.failed_cas = failures_in(value);
  order.unproven.reset();
  if (value.contains("unproven")) order.unproven = known_identifier(value.at("unproven"));
  order.enrollment_id = value.value("enrollment_id", std::int64_t{0});
  order.identity.reset();
  if (value.contains("identity")) order.identity = identity_in(value.at("identity"));
  order.placeholder_id = value.value("placeholder_id", std::int64_t{0});
}

}  // namespace certmgr::store
