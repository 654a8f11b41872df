// SPDX-License-Identifier: MIT
#include "certmgr/domain/order_machine.h"
#include "domain/order_troubles.h"
#include "domain/overloaded.h"

namespace certmgr {
namespace {

bool may_have_proofs_out(const OrderState& state) { return std::holds_alternative<Validating>(state); }

OrderAction decide_validating(const Validating& state, bool proofs_live) {
  if (!proofs_live) return PollOrder{state.order_url, true};
  if (!state.look.answer_again.empty()) return AnswerAgain{state.look.answer_again};
  if (state.proof && writes_to_dns(state.proof->type) && state.proof->target.empty())
    return LocateProof{*state.proof};
  if (state.proof) return PublishProof{*state.proof};
  if (!state.authorizations_left.empty()) return FetchAuthorization{state.authorizations_left.front()};
  if (!state.unseen.empty()) return PublishProof{state.unseen.front()};
  return PollOrder{state.order_url, false};
}

}  // namespace

OrderAction decide(const Order& order, Instant now, RunMemory memory) {
  if (!order.published.empty() && !may_have_proofs_out(order.state)) return WithdrawProofs{};
  if (is_settled(order)) return Nothing{};
  if (order.wake_at > now) return SleepUntil{order.wake_at};
  if (only_cleanup_left(order)) return WithdrawProofs{};
  return std::visit(overloaded{
                        [](const Approved&) -> OrderAction { return MakeKey{}; },
                        [&](const Ordering& s) -> OrderAction {
                          if (s.unsent) return NotePlacing{};
                          if (memory.neworder_unsent) return PlaceOrder{};
                          return FindLostOrder{};
                        },
                        [&](const Validating& s) { return decide_validating(s, memory.proofs_live); },
                        [](const Ready& s) -> OrderAction {
                          return FinalizeOrder{s.order_url, s.finalize_url, s.key_id};
                        },
                        [](const AwaitingCa& s) -> OrderAction {
                          return PollOrder{s.order_url, false};
                        },
                        [](const Verifying& s) -> OrderAction {
                          return DownloadChain{s.certificate_url, s.key_id};
                        },
                        [](const Issued&) -> OrderAction { return Nothing{}; },
                        [](const Quarantined&) -> OrderAction { return Nothing{}; },
                        [](const Failed&) -> OrderAction { return Nothing{}; },
                        [](const Withdrawn&) -> OrderAction { return Nothing{}; },
                    },
                    order.state);
}

RunMemory remember(RunMemory memory, const OrderAction& action, const OrderOutcome& outcome) {
  const bool troubled = std::holds_alternative<Troubled>(outcome);
  if (std::holds_alternative<MakeKey>(action)) memory.neworder_unsent = !troubled;
  if (std::holds_alternative<NotePlacing>(action)) memory.neworder_unsent = !troubled;
  if (std::holds_alternative<FindLostOrder>(action))
    memory.neworder_unsent = std::holds_alternative<NoLostOrder>(outcome);
  if (std::holds_alternative<PlaceOrder>(action)) {
    const auto* refused = std::get_if<Troubled>(&outcome);
    memory.neworder_unsent = refused != nullptr && made_no_order(refused->trouble);
    memory.proofs_live = !troubled;  // nothing published yet, so nothing of it is missing
  }
  if (const auto* poll = std::get_if<PollOrder>(&action); poll && poll->restart && !troubled)
    memory.proofs_live = true;
  if (std::holds_alternative<WithdrawProofs>(action)) memory.proofs_live = false;
  return memory;
}

std::string describe(const OrderAction& action, const Order& order) {
  return std::visit(
      overloaded{
          [&](const MakeKey&) {
            const std::string type(to_string(order.spec.key_type));
            if (!order.spec.csr.empty()) return "taking the " + type + " key of the CSR";
            return order.spec.reuse_key ? "taking or making an " + type + " key"
                                        : "making an " + type + " key";
          },
          [&](const PlaceOrder&) {
            return "ordering " + join(order.spec.identifiers) + " from " + order.spec.ca;
          },
          [&](const NotePlacing&) { return std::string("getting ready to order once more"); },
          [&](const FindLostOrder&) {
            return std::string("looking for an order an interrupted run may have placed");
          },
          [&](const FetchAuthorization&) { return std::string("reading what the CA wants proven"); },
          [&](const LocateProof& a) {
            return "looking where the proof for " + a.proof.identifier.value + " goes";
          },
          [&](const PublishProof& a) { return "proving control of " + a.proof.identifier.value; },
          [&](const AnswerAgain&) { return "asking " + order.spec.ca + " to look at a proof again"; },
          [&](const WithdrawProofs&) { return std::string("withdrawing the proofs"); },
          [&](const PollOrder&) {
            return std::holds_alternative<Validating>(order.state)
                       ? "waiting for " + order.spec.ca + " to validate"
                       : "waiting for " + order.spec.ca + " to issue";
          },
          [&](const FinalizeOrder&) { return std::string("requesting the certificate"); },
          [&](const DownloadChain&) { return std::string("downloading and verifying the certificate"); },
          [&](const SleepUntil& a) { return "waiting until " + to_rfc3339(a.at); },
          [&](const Nothing&) { return std::string("nothing to do"); },
      },
      action);
}

}  // namespace certmgr
