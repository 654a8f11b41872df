// SPDX-License-Identifier: MIT
#include "adapters/store/deployment_codec.h"

#include "adapters/store/state_codec.h"

namespace certmgr::store {
namespace {

constexpr int kVersion = 1;

// A new state must be written and read below, and needs a fixture in tests/integration/store.
static_assert(std::variant_size_v<DeploymentState> == 7, "teach the codec the new state");

json fields(const Pending&) { return json::object(); }
void read(const json&, Pending&) {}

json fields(const Staged& state) { return {{"placed", state.placed}, {"checked", state.checked}}; }
void read(const json& value, Staged& state) { state = {value.at("placed"), value.at("checked")}; }

json fields(const Reloaded& state) { return {{"since", to_json(state.since)}}; }
void read(const json& value, Reloaded& state) { from_json(value.at("since"), state.since); }

json fields(const Verified& state) { return {{"at", to_json(state.at)}}; }
void read(const json& value, Verified& state) { from_json(value.at("at"), state.at); }

json fields(const RollingBack& state) {
  json value{
      {"cause", to_json(state.cause)}, {"reload_needed", state.reload_needed}, {"restored", state.restored}};
  if (state.reloaded_at) value["reloaded_at"] = to_json(*state.reloaded_at);
  return value;
}
void read(const json& value, RollingBack& state) {
  from_json(value.at("cause"), state.cause);
  state.reload_needed = value.at("reload_needed");
  state.restored = value.at("restored");
  if (value.contains("reloaded_at")) from_json(value.at("reloaded_at"), state.reloaded_at.emplace());
}

json fields(const RolledBack& state) { return {{"cause", to_json(state.cause)}}; }
void read(const json& value, RolledBack& state) { from_json(value.at("cause"), state.cause); }

json fields(const DeployFailed& state) { return {{"cause", to_json(state.cause)}}; }
void read(const json& value, DeployFailed& state) { from_json(value.at("cause"), state.cause); }

}  // namespace

std::string encode_deployment(const Deployment& deployment) {
  const auto state_fields = [](const auto& state) { return fields(state); };
  return dump({{"v", kVersion},
               {"reason", deployment.reason},
               {"state", encode_state(deployment.state, state_fields)},
               {"observed", deployment.observed},
               {"before", to_json(deployment.before)},
               {"after", to_json(deployment.after)},
               {"hook_output", deployment.hook_output},
               {"attempts", deployment.attempts}});
}

void decode_deployment(const std::string& payload, Deployment& deployment) {
  const json value = parse_payload(payload, kVersion);
  deployment.reason = value.at("reason");
  const auto read_fields = [](const json& from, auto& state) { read(from, state); };
  deployment.state = decode_state<DeploymentState>(value.at("state"), read_fields);
  deployment.observed = value.at("observed");
  from_json(value.at("before"), deployment.before);
  from_json(value.at("after"), deployment.after);
  deployment.hook_output = value.at("hook_output");
  deployment.attempts = value.at("attempts");
}

}  // namespace certmgr::store
