// SPDX-License-Identifier: MIT
#include "lab/strict_ca/orders.h"

#include <algorithm>

#include "lab/strict_ca/authorizations.h"
#include "lab/strict_ca/finalize.h"
#include "lab/strict_ca/identifiers.h"
#include "lab/strict_ca/renewal_info.h"
#include "lab/strict_ca/strict_json.h"

namespace certmgr::lab::strict {
namespace {

void demand_accepted_identifiers(const Core& core, const std::vector<Identifier>& identifiers) {
  std::vector<Problem> refused;
  for (const auto& identifier : identifiers) {
    const auto found = core.behaviour.refused_identifiers.find(identifier.value);
    if (found == core.behaviour.refused_identifiers.end()) continue;
    refused.push_back(found->second);
    refused.back().more["identifier"] = to_json(identifier);
  }
  if (refused.empty()) return;
  Problem problem = refused.front();
  problem.more.erase("identifier");
  // RFC 8555 section 6.7.1: with several identifiers, a subproblem says which.
  if (identifiers.size() > 1) problem.subproblems = refused;
  throw Refusal{problem};
}

std::string profile_in(const Core& core, const json& payload) {
  const auto& offered = core.options.profiles;
  if (!payload.contains("profile")) {
    if (core.behaviour.profile_required)
      throw Refusal{{.type = "invalidProfile", .detail = "this CA wants a profile named"}};
    return {};
  }
  const std::string name = text_member(payload, "profile", "the order");
  if (core.behaviour.profile_ignored) return {};
  if (!offered.contains(name)) {
    // A client may only send what the directory has.
    throw Refusal{problems::broken_rule("invalidProfile", "there is no profile " + name)};
  }
  return name;
}

std::optional<Moment> moment_in(const json& payload, const char* name) {
  if (!payload.contains(name)) return std::nullopt;
  const auto moment = from_rfc3339(text_member(payload, name, "the order"));
  if (!moment) throw Refusal{problems::malformed(std::string(name) + " is not a time of RFC 3339")};
  return moment;
}

void add_authorization(Order& order, const std::string& id) {
  auto& all = order.authorizations;
  if (std::find(all.begin(), all.end(), id) == all.end()) all.push_back(id);
}

/// This CA always takes the ancestor where it is offered one (RFC 9444 section 4.3).
void add_authorizations(Core& core, Order& order, const std::map<std::string, std::string>& ancestors) {
  if (core.behaviour.ready_at_once) return;
  std::map<std::string, std::string> of_ancestor;
  for (const auto& identifier : order.identifiers) {
    const bool wildcard = identifier.value.starts_with("*.");
    const Identifier bare{identifier.type, wildcard ? identifier.value.substr(2) : identifier.value};
    const auto ancestor = ancestors.find(identifier.value);
    if (ancestor == ancestors.end()) {
      add_authorization(order, authorization_for(core, order.account, bare, wildcard));
      continue;
    }
    auto& id = of_ancestor[ancestor->second];
    if (id.empty()) id = authorization_for(core, order.account, {"dns", ancestor->second}, false);
    core.ledger.authorizations.at(id).subdomains = true;
    add_authorization(order, id);
  }
}

/// After finalize: hands the certificate out when nothing holds it back.
void go_on(Core& core, Order& order) {
  if (order.status != "processing" || order.held) return;
  if (order.processing_polls > 0) {
    --order.processing_polls;
  } else {
    complete(core, order);
  }
}

}  // namespace

Order& owned_order(Core& core, const Signed& request, const std::string& id) {
  const auto found = core.ledger.orders.find(id);
  if (found == core.ledger.orders.end()) throw Refusal{problems::not_found("order " + id)};
  if (found->second.account != request.account)
    throw Refusal{problems::unauthorized("the order belongs to another account")};
  return found->second;
}

void refresh(Core& core, Order& order) {
  if (order.status != "pending") return;
  bool all_valid = true;
  for (const auto& id : order.authorizations) {
    const auto& authorization = core.ledger.authorizations.at(id);
    if (authorization.status == "pending") all_valid = false;
    if (authorization.status == "pending" || authorization.status == "valid") continue;
    order.status = "invalid";
    order.error = failure_of(core, authorization);
    return;
  }
  if (all_valid) order.status = "ready";
}

Reply order_reply(const Core& core, const Order& order, int status) {
  json document = {{"status", order.status},
                   {"expires", rfc3339(order.expires)},
                   {"identifiers", json::array()},
                   {"authorizations", json::array()},
                   {"finalize", core.order_url(order.id) + "/finalize"}};
  for (const auto& identifier : order.identifiers) document["identifiers"].push_back(to_json(identifier));
  for (const auto& id : order.authorizations)
    document["authorizations"].push_back(core.authorization_url(id));
  if (order.not_before) document["notBefore"] = rfc3339(*order.not_before);
  if (order.not_after) document["notAfter"] = rfc3339(*order.not_after);
  if (!order.profile.empty()) document["profile"] = order.profile;
  if (!order.replaces.empty() && (status == 201 || !core.behaviour.forget_replaces))
    document["replaces"] = order.replaces;
  if (order.error) document["error"] = order.error->document();
  if (!order.certificate.empty()) document["certificate"] = core.certificate_url(order.certificate);
  if (core.behaviour.unknown_members) document["colour"] = "green";
  auto reply = Reply::with_json(document, status);
  if (!core.behaviour.retry_after_order.empty())
    reply.headers.emplace("Retry-After", core.behaviour.retry_after_order);
  return reply;
}

Reply new_order(Core& core, const Signed& request) {
  const json payload = parse_object(request.payload, "the payload");
  Order order{.id = new_id(), .account = request.account};
  order.expires = std::chrono::system_clock::now() + std::chrono::hours(24 * 7);
  order.identifiers = read_identifiers(payload);
  demand_accepted_identifiers(core, order.identifiers);
  order.profile = profile_in(core, payload);
  order.not_before = moment_in(payload, "notBefore");
  order.not_after = moment_in(payload, "notAfter");
  if (order.not_before && order.not_after && *order.not_after <= *order.not_before)
    throw Refusal{problems::malformed("notAfter is not after notBefore")};
  if (payload.contains("replaces")) {
    order.replaces = text_member(payload, "replaces", "the order");
    take_replacement(core, order);
  }
  order.pending_polls = core.behaviour.pending_polls;
  add_authorizations(core, order, read_ancestors(payload, core.options.new_authz));
  refresh(core, order);
  const auto& made = core.ledger.orders.emplace(order.id, order).first->second;
  core.ledger.accounts.at(request.account).orders.push_back(made.id);
  auto reply = order_reply(core, made, 201);
  reply.headers.emplace("Location", core.order_url(made.id));
  return reply;
}

Reply order(Core& core, Lock& lock, const Signed& request, const std::string& id) {
  Order& order = owned_order(core, request, id);
  if (!request.post_as_get()) throw Refusal{problems::malformed("an order can only be read")};
  wait_for_proofs(core, lock, order.authorizations);
  refresh(core, order);
  go_on(core, order);
  if (order.status != "ready" || order.pending_polls == 0) return order_reply(core, order);
  --order.pending_polls;
  Order shown = order;
  shown.status = "pending";
  return order_reply(core, shown);
}

}  // namespace certmgr::lab::strict
