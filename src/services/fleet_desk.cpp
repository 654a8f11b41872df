// SPDX-License-Identifier: MIT
#include "certmgr/services/fleet_desk.h"

#include "services/fleet_check.h"

namespace certmgr {
namespace {

/// To withdraw the orders of a whole fleet takes less.
constexpr Duration kLease = std::chrono::minutes(10);

}  // namespace

FleetDesk::FleetDesk(Parts parts, IssueDefaults defaults, std::vector<CaEntry> configured)
    : parts_(parts), defaults_(std::move(defaults)), configured_(std::move(configured)) {}

FleetProposal FleetDesk::propose(const std::string& path, bool prune) {
  const auto file = value_or_throw(parts_.source.read(path));
  FleetProposal proposal;
  proposal.present = parts_.fleet.present();
  FleetCheck check(parts_, defaults_, configured_, proposal.present, prune);
  proposal.wanted = check.wanted(file);
  proposal.warnings = check.take_warnings();
  proposal.plan = plan_fleet(proposal.wanted, proposal.present, prune);
  return proposal;
}

void FleetDesk::carry_out(const FleetProposal& proposal) {
  FleetProposal sealed = proposal;
  seal_servers(sealed);
  std::vector<const FleetCertificate*> going;
  for (const auto& change : proposal.plan.changes)
    if (change.part == FleetPart::certificate && change.action == FleetAction::remove)
      going.push_back(&proposal.present.certificates[change.present]);
  // All of them are free, or nothing is done.
  std::vector<TaskRef> claimed;
  try {
    for (const auto* certificate : going) claim_order(certificate->id, certificate->spec.label, claimed);
  } catch (const Failure&) {
    parts_.tasks.release_all(claimed);
    throw;
  }
  for (const auto* certificate : going) withdraw_order(certificate->id);
  parts_.fleet.apply(sealed.plan, sealed.wanted, sealed.present);
}

/// Only what is written is sealed: who changes no server needs no key for that.
void FleetDesk::seal_servers(FleetProposal& proposal) const {
  for (const auto& change : proposal.plan.changes) {
    if (change.part != FleetPart::server) continue;
    if (change.action != FleetAction::create && change.action != FleetAction::change) continue;
    Server& server = proposal.wanted.servers[change.wanted];
    server = value_or_throw(parts_.seal.sealed(std::move(server)));
  }
}

void FleetDesk::remove(const Certificate& certificate) {
  std::vector<TaskRef> claimed;
  claim_order(certificate.id, certificate.spec.label, claimed);
  withdraw_order(certificate.id);
  parts_.fleet.remove_certificate(certificate.id);
}

/// A process that works on the order must not lose its proofs.
void FleetDesk::claim_order(std::int64_t certificate_id, const std::string& label,
                            std::vector<TaskRef>& claimed) {
  const auto open = parts_.orders.open_order(certificate_id);
  if (!open) return;
  const TaskRef task{TaskKind::order, open->id};
  const Claim claim = parts_.tasks.claim(task, parts_.clock.now(), kLease, true);
  if (claim.result == ClaimResult::held)
    throw Failure({.kind = TroubleKind::waiting,
                   .code = "certificate_busy",
                   .what = "cannot remove " + label,
                   .why = claim.holder + " is working on its order",
                   .hint = "try again when that is over"});
  if (claim.result == ClaimResult::claimed) claimed.push_back(task);
}

/// Proofs that lie in a web server's folder would outlive the order that knows of them.
void FleetDesk::withdraw_order(std::int64_t certificate_id) {
  if (auto order = parts_.orders.open_order(certificate_id))
    parts_.order_runner.withdraw(std::move(*order));  // which ends the task and its lease
}

}  // namespace certmgr
