// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <utility>

#include "certmgr/domain/enrollment/grant.h"
#include "certmgr/domain/enrollment/machine.h"
#include "unit/domain/organization_builder.h"

namespace certmgr::enrollment::testing {

using namespace std::chrono_literals;
using std::chrono::days;

inline Instant at(const char* text) { return *parse_rfc3339(text); }
inline const Instant kNow = at("2026-11-29T12:00:00Z");

/// FNV-1a: what matters is that other bytes give another text.
inline std::string digest(std::string_view bytes) {
  std::uint64_t sum = 0xcbf29ce484222325;
  for (const char c : bytes) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return std::to_string(sum);
}

inline const Actor kAlice{"alice", {Role::requester}};
inline const Actor kBob{"bob", {Role::approver}};
inline const Actor kCarol{"carol", {Role::approver}};
inline const Actor kBoth{"both", {Role::requester, Role::approver}};
inline const Actor kRoot{"root", {Role::admin}};
inline const Actor kScheduler{"certmgr", {Role::scheduler}};

inline Context context(Instant now = kNow, int quorum = 1, bool dual_control = true) {
  Context all{Rules{}, digest, now};
  all.rules.quorum = quorum;
  all.rules.dual_control = dual_control;
  return all;
}

inline Organization organization() { return {7, 3, kNow, certmgr::testing::complete_record()}; }

inline Request request(const char* name = "pbx.example", const char* level = "ov") {
  CertificateSpec spec;
  spec.label = name;
  spec.identifiers = {{IdentifierType::dns, name}};
  spec.ca = "sectigo";
  spec.level = level;
  spec.organization = organization().record.name;
  return *make_request(spec, organization(), day_of(kNow));
}

inline std::string hash_of(const Enrollment& enrollment) { return digest(canonical(enrollment.request)); }

inline Enrollment draft(const Actor& by = kAlice) {
  auto wanted = request();
  wanted.renewal = by.roles.contains(Role::scheduler);
  auto enrollment = *open_enrollment(wanted, by, kNow);
  enrollment.id = 5;
  return enrollment;
}

inline Enrollment pending(const Actor& by = kAlice, const Context& at = context()) {
  return *apply(draft(by), Submit{by}, at);
}

inline Approve approval(const Enrollment& enrollment, const Actor& by = kBob) {
  return Approve{by, hash_of(enrollment)};
}

inline Enrollment approved() { return *apply(pending(), approval(pending()), context()); }

inline OrganizationValidation validation(ValidationState state = ValidationState::validated) {
  OrganizationValidation cycle;
  cycle.id = 1;
  cycle.organization_id = 7;
  cycle.ca = "sectigo";
  cycle.level = OrganizationLevel::ov;
  cycle.state = state;
  cycle.record_version = 3;
  cycle.collected_at = day_of(kNow) - days(30);
  cycle.expires = evidence_expiry(*cycle.collected_at);
  return cycle;
}

inline GateFacts open_gates() { return {validation(), CaStanding::ready}; }

inline IdentityVerdict clean() { return {.asked = CertificateLevel::ov, .found = CertificateLevel::ov}; }
inline IdentityVerdict faulty(const char* code, CertificateLevel found = CertificateLevel::ov) {
  return {.asked = CertificateLevel::ov, .found = found, .faults = {{code, std::string("what ") + code}}};
}
inline IdentityVerdict downgrade() { return faulty("level_mismatch", CertificateLevel::dv); }

inline Trouble demand() {
  return {.kind = TroubleKind::waiting,
          .code = "user_action_required",
          .what = "the CA waits",
          .why = "it wants a call",
          .hint = "call the CA"};
}

/// One of each state, as it comes about.
inline std::vector<Enrollment> one_of_each() {
  const auto in = [](State state) {
    auto enrollment = approved();
    enrollment.state = std::move(state);
    return enrollment;
  };
  const Ordered order{.order_id = 11, .placed_at = kNow};
  return {draft(),
          pending(),
          approved(),
          in(BlockedOrg{demand()}),
          in(BlockedCa{demand()}),
          in(order),
          in(ActionRequired{order, demand(), "https://ca.example/1"}),
          in(Quarantined{order, 21, downgrade()}),
          in(Issued{21, CertificateLevel::ov}),
          in(Denied{"bob", "no"}),
          in(Withdrawn{"alice", ""}),
          in(Expired{demand()}),
          in(Failed{demand()})};
}

}  // namespace certmgr::enrollment::testing
