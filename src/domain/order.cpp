// SPDX-License-Identifier: MIT
#include "certmgr/domain/order.h"

#include <algorithm>

#include "domain/overloaded.h"

namespace certmgr {
std::string_view name_of(const OrderState& state) {
  return std::visit(overloaded{[](const Approved&) { return std::string_view("approved"); },
                               [](const Ordering&) { return std::string_view("ordering"); },
                               [](const Validating&) { return std::string_view("validating"); },
                               [](const Ready&) { return std::string_view("ready"); },
                               [](const AwaitingCa&) { return std::string_view("awaiting_ca"); },
                               [](const Verifying&) { return std::string_view("verifying"); },
                               [](const Issued&) { return std::string_view("issued"); },
                               [](const Quarantined&) { return std::string_view("quarantined"); },
                               [](const Failed&) { return std::string_view("failed"); },
                               [](const Withdrawn&) { return std::string_view("withdrawn"); }},
                    state);
}

bool is_final(const OrderState& state) {
  return std::holds_alternative<Issued>(state) || std::holds_alternative<Quarantined>(state) ||
         std::holds_alternative<Failed>(state) || std::holds_alternative<Withdrawn>(state);
}

std::string order_url_of(const OrderState& state) {
  return std::visit(
      [](const auto& s) -> std::string {
        if constexpr (requires { s.order_url; })
          return s.order_url;
        else
          return {};
      },
      state);
}

std::string key_id_of(const OrderState& state) {
  return std::visit(
      [](const auto& s) -> std::string {
        if constexpr (requires { s.key_id; })
          return s.key_id;
        else
          return {};
      },
      state);
}

/// At a fallback CA no profile is required.
bool differs(const Order& had, const ProfileChoice& wanted) {
  return had.instead_of.empty() ? had.spec.profile != wanted : had.spec.profile.name != wanted.name;
}

bool needs_new_order(const Order& had, const CertificateSpec& wanted) {
  // How control is proven does not show in the certificate: a change of it alone orders nothing.
  const auto& own_ca = had.instead_of.empty() ? had.spec.ca : had.instead_of;
  return had.spec.identifiers != wanted.identifiers || own_ca != wanted.ca ||
         had.spec.level != wanted.level || had.spec.organization != wanted.organization ||
         had.spec.key_type != wanted.key_type || had.spec.csr != wanted.csr || differs(had, wanted.profile) ||
         had.spec.preferred_chain != wanted.preferred_chain || had.spec.not_before != wanted.not_before ||
         had.spec.not_after != wanted.not_after;
}

ChallengeOutcome outcome_of(const Order& order, const Proof& proof) {
  const auto last = std::find_if(order.published.rbegin(), order.published.rend(), [&](const Proof& known) {
    return known.authorization_url == proof.authorization_url;
  });
  const bool given_up = last != order.published.rend() && last->challenge_url != proof.challenge_url;
  if (given_up) return ChallengeOutcome::failed;
  // While control is being proven, a withdrawal is the end of it.
  const bool unfinished =
      std::holds_alternative<Validating>(order.state) || std::holds_alternative<Withdrawn>(order.state);
  const bool refused =
      std::holds_alternative<Failed>(order.state) && (!order.unproven || *order.unproven == proof.identifier);
  return unfinished || refused ? ChallengeOutcome::failed : ChallengeOutcome::accepted;
}

bool is_stand_in_too_late(const Order& order, const std::optional<Instant>& current_not_after) {
  return order.reason == "stand_in" && order.needed_by && current_not_after &&
         *current_not_after > *order.needed_by;
}

std::vector<Leftover> to_withdraw(const Order& order) {
  std::vector<Leftover> proofs;
  for (const auto& proof : order.published)
    if (const auto* way = way_of(order.spec, proof.type))
      proofs.push_back({proof, *way, outcome_of(order, proof)});
  return proofs;
}

std::string places_of(const std::vector<Leftover>& leftovers) {
  std::string text;
  for (const auto& [proof, way, outcome, why] : leftovers) {
    text += (text.empty() ? "the " : ", the ") + std::string(to_string(proof.type)) + " proof for " +
            proof.identifier.value;
    const auto& place = proof.target.empty() ? way.webroot : proof.target;
    if (!place.empty()) text += " at " + place;
  }
  return text;
}

bool only_cleanup_left(const Order& order) {
  return is_final(order.state) && order.published.empty() && !order.leftovers.empty();
}

bool is_settled(const Order& order) {
  return is_final(order.state) && order.published.empty() && order.leftovers.empty();
}

}  // namespace certmgr
