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

void FleetDesk::carry_out(const FleetProposal& proposal, Progress& progress) {
  FleetProposal sealed = proposal;
  seal_servers(sealed);
  std::vector<const FleetCertificate*> going;
  for (const auto& change : proposal.plan.changes)
    if (change.part == FleetPart::certificate && change.action == FleetAction::remove)
      going.push_back(&proposal.present.certificates[change.present]);
  // All of them are free, or nothing is done.
  std::vector<TaskRef> claimed;
  try {
    for (const auto* certificate : going) claim_lane(certificate->id, certificate->spec.label, claimed);
  } catch (const Failure&) {
    parts_.tasks.release_all(claimed);
    throw;
  }
  for (const auto* certificate : going) abandon_orders(certificate->id, certificate->spec.label, progress);
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

void FleetDesk::remove(const Certificate& certificate, Progress& progress) {
  std::vector<TaskRef> claimed;
  claim_lane(certificate.id, certificate.spec.label, claimed);
  abandon_orders(certificate.id, certificate.spec.label, progress);
  parts_.fleet.remove_certificate(certificate.id);
}

/// A process that works on an order must not lose its proofs. All orders of a certificate are in one lane:
/// with one of them, the others are ours.
void FleetDesk::claim_lane(std::int64_t certificate_id, const std::string& label,
                           std::vector<TaskRef>& claimed) {
  const auto orders = parts_.orders.unsettled_orders(certificate_id);
  if (orders.empty()) return;
  const TaskRef task{TaskKind::order, orders.back().id};
  const Claim claim = parts_.tasks.claim(task, parts_.clock.now(), kLease, true);
  if (claim.result == ClaimResult::held)
    throw Failure({.kind = TroubleKind::waiting,
                   .code = "certificate_busy",
                   .what = "cannot remove " + label,
                   .why = claim.holder + " is working on its order",
                   .hint = "try again when that is over"});
  if (claim.result == ClaimResult::claimed) claimed.push_back(task);
}

/// Proofs that lie in a web server's folder would outlive the order that knows of them. The order that was
/// claimed is the last one: its lease ends with its task.
void FleetDesk::abandon_orders(std::int64_t certificate_id, const std::string& label, Progress& progress) {
  for (auto& order : parts_.orders.unsettled_orders(certificate_id))
    for (const auto& left : parts_.order_runner.abandon(std::move(order)))
      progress.warn(label,
                    left.why + "; the certificate is forgotten: remove " + places_of({left}) + " by hand");
}

}  // namespace certmgr
