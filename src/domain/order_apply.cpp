// SPDX-License-Identifier: MIT
#include <algorithm>

#include "certmgr/domain/ca_choice.h"
#include "certmgr/domain/order_machine.h"
#include "certmgr/domain/renewal_info.h"
#include "domain/challenge_choice.h"
#include "domain/order_judgement.h"
#include "domain/order_look.h"
#include "domain/order_moves.h"
#include "domain/order_troubles.h"
#include "domain/order_wish_check.h"
#include "domain/overloaded.h"

namespace certmgr {
namespace {

/// A problem that only a person can end is looked at again this seldom.
constexpr auto kParked = std::chrono::hours(1);

Order follow_pending(Order order, const OrderSeen& seen, const std::string& key_id, Instant now) {
  const CaOrder& ca = seen.reply.value;
  auto* validating = std::get_if<Validating>(&order.state);
  if (validating == nullptr)
    return progress(std::move(order),
                    Validating{ca.url, ca.finalize_url, key_id, ca.authorizations, std::nullopt}, now);
  order.attempts = 0;
  // Why the CA could not verify control so far stays said.
  if (order.last_trouble && order.last_trouble->kind != TroubleKind::waiting) order.last_trouble.reset();
  if (seen.restart) {
    validating->authorizations_left = ca.authorizations;
    validating->proof.reset();
    validating->unseen.clear();
    validating->look = {};
    order.wake_at = now;
    return order;
  }
  order = poll_again(std::move(order), seen.reply.retry_after, now, {});
  const bool open = !is_final(order.state);
  return open && is_time_to_look(order.polls) ? begin_look(std::move(order), ca.authorizations, now) : order;
}

/// The CA vets people, and wants something from one of ours: once that is done, the same request goes on.
bool asks_a_person(const Order& order, const Trouble& trouble) {
  return order.identity && trouble.code == "acme_userActionRequired";
}

/// The CA says "ready" of an order we have finalized: finalize did not arrive, or was refused.
Order follow_unfinalized(Order order, const CaOrder& ca, const std::string& key_id, Instant now) {
  if (!order.last_trouble || order.last_trouble->kind == TroubleKind::waiting)
    return progress(std::move(order), Ready{ca.url, ca.finalize_url, key_id}, now);
  Trouble trouble = *order.last_trouble;
  const bool asks = asks_a_person(order, trouble);
  if (trouble.kind != TroubleKind::transient && !asks)
    return fail_order(std::move(order), std::move(trouble), now);
  const Instant again = std::max(asks ? now + kParked : order.wake_at, trouble.retry_at.value_or(now));
  order = enter(std::move(order), Ready{ca.url, ca.finalize_url, key_id}, now);
  order.wake_at =
      std::max(again, now + retry_delay(order.attempts, 0.5, longest_retry(order.needed_by, now)));
  // step-ca says HTTP 500 to what it will never sign. The waits so far add up to about the next one.
  const auto& patience = order.patience;
  const bool too_long = retry_delay(order.attempts, 0.5, patience.give_up) >= patience.give_up / 2;
  return too_long && !asks ? fail_order(std::move(order), std::move(trouble), now) : order;
}

Order follow_invalid(Order order, const CaOrder& ca, Instant now) {
  Trouble trouble = order_refused(order, ca, now);
  auto* validating = std::get_if<Validating>(&order.state);
  const bool asked_already = order.last_trouble && order.last_trouble->code == trouble.code;
  if (validating == nullptr || asked_already) return fail_order(std::move(order), std::move(trouble), now);
  // The order says that it failed, the authorization says why and for which name.
  validating->authorizations_left = ca.authorizations;
  validating->proof.reset();
  order.last_trouble = std::move(trouble);
  order.wake_at = now;
  return order;
}

/// The CA works on the order, and may say in it what it wants from a person meanwhile (section 7.1.3).
Order follow_processing(Order order, const OrderSeen& seen, const std::string& key_id, Instant now) {
  const CaOrder& ca = seen.reply.value;
  if (std::holds_alternative<AwaitingCa>(order.state)) {
    order = poll_again(std::move(order), seen.reply.retry_after, now, key_id);
    if (is_final(order.state)) return order;
    // What it asked for earlier was done. A finalize that was refused is not forgotten: it may show `ready`.
    if (order.last_trouble && order.last_trouble->kind == TroubleKind::waiting) order.last_trouble.reset();
  } else {
    order = progress(std::move(order), AwaitingCa{ca.url, key_id}, now);
    order.wake_at = std::max(now + order.patience.poll_first, seen.reply.retry_after.value_or(now));
  }
  if (ca.error) order.last_trouble = asked_by_ca(order, *ca.error);
  return order;
}

/// The certificate that is still there is the one that was sent for the time being.
bool shows_placeholder(const Order& order, const CaOrder& ca) {
  const auto* waiting = std::get_if<AwaitingCa>(&order.state);
  return waiting != nullptr && !waiting->placeholder_url.empty() &&
         waiting->placeholder_url == ca.certificate_url;
}

/// The CA's word is truth (RFC 8555 section 7.1.6): whatever we believed, go where it says.
Order follow_ca(Order order, const OrderSeen& seen, Instant now) {
  const CaOrder& ca = seen.reply.value;
  if (std::holds_alternative<Ordering>(order.state)) {
    order.profile = ca.profile;
    if (auto trouble = profile_unconfirmed(order.spec, ca))
      return fail_order(std::move(order), std::move(*trouble), now);
  }
  const std::string key_id = key_id_of(order.state);
  switch (ca.status) {
    case CaStatus::pending:
      return follow_pending(std::move(order), seen, key_id, now);
    case CaStatus::ready:
      if (std::holds_alternative<AwaitingCa>(order.state))
        return follow_unfinalized(std::move(order), ca, key_id, now);
      return progress(std::move(order), Ready{ca.url, ca.finalize_url, key_id}, now);
    case CaStatus::processing:
      return follow_processing(std::move(order), seen, key_id, now);
    case CaStatus::valid:
      if (shows_placeholder(order, ca))
        return poll_again(std::move(order), seen.reply.retry_after, now, key_id);
      return progress(std::move(order), Verifying{ca.url, ca.certificate_url, key_id}, now);
    case CaStatus::invalid:
      return follow_invalid(std::move(order), ca, now);
    default:
      return poll_again(std::move(order), seen.reply.retry_after, now, key_id);
  }
}

/// What the CA is asked to look at next is recorded before it is published.
void record_publication(Order& order, const Proof& proof) {
  // What an earlier run may have put to another place stays recorded, and is removed from there.
  std::erase_if(order.published, [&](const Proof& known) {
    return known.challenge_url == proof.challenge_url &&
           (known.target.empty() || known.target == proof.target);
  });
  order.published.push_back(proof);
}

Order choose(Order order, Proof proof) {
  if (!writes_to_dns(proof.type)) record_publication(order, proof);  // else once it is known where it goes
  std::get<Validating>(order.state).proof = std::move(proof);
  return order;
}

Order located(Order order, const ProofLocated& outcome) {
  auto& proof = std::get<Validating>(order.state).proof;
  proof->target = outcome.target;
  record_publication(order, *proof);
  return order;
}

Order follow_authorization(Order order, const AuthorizationSeen& outcome, Instant now) {
  auto& state = std::get<Validating>(order.state);
  const auto& seen = outcome.authorization;
  switch (seen.status) {
    case CaStatus::valid:
      std::erase(state.authorizations_left, seen.url);
      return look_on(std::move(order));
    case CaStatus::pending: {
      if (state.look.under_way && has_proof_for(order, seen)) return follow_look(std::move(order), seen, now);
      if (order.last_trouble && order.last_trouble->code == "order_invalid") {
        std::erase(state.authorizations_left, seen.url);  // only looking for the reason
        return order;
      }
      auto proof = choose_proof(order, seen, outcome.account);
      if (!proof) return fail_order(std::move(order), std::move(proof.error()), now);
      return choose(std::move(order), std::move(*proof));
    }
    default: {
      Trouble trouble = why_unproven(order, seen);
      order.refused = refused_ways(seen);
      order.unproven = seen.identifier;
      return fail_order(std::move(order), std::move(trouble), now);
    }
  }
}

/// The proof that PublishProof was about: the one just recorded, else the first that could not be seen.
Proof take_proof(Validating& state) {
  Proof proof;
  if (state.proof) {
    proof = std::move(*state.proof);
    state.proof.reset();
  } else if (!state.unseen.empty()) {
    proof = std::move(state.unseen.front());
    state.unseen.erase(state.unseen.begin());
  }
  std::erase(state.authorizations_left, proof.authorization_url);
  return proof;
}

bool all_answered(const Validating& state) {
  return state.authorizations_left.empty() && state.unseen.empty();
}

Order answered(Order order, Instant now) {
  auto& state = std::get<Validating>(order.state);
  take_proof(state);
  order.attempts = 0;
  order.last_trouble.reset();
  if (all_answered(state)) {
    order.polls = 0;
    order.entered_at = now;
    order.wake_at = now + order.patience.poll_first;
  }
  return order;
}

Order retry_later(Order order, const Troubled& outcome, Instant now) {
  ++order.attempts;
  if (auto* ordering = std::get_if<Ordering>(&order.state))
    ordering->unsent = outcome.placing && made_no_order(outcome.trouble);
  order.last_trouble = outcome.trouble;
  const bool parked = outcome.trouble.kind != TroubleKind::transient;
  const Duration most = longest_retry(order.needed_by, now);
  const Instant own =
      now + (parked ? std::min<Duration>(kParked, most) : retry_delay(order.attempts, outcome.jitter, most));
  order.wake_at =
      outcome.trouble.retry_at ? std::max(*outcome.trouble.retry_at, now + order.patience.poll_first) : own;
  return order;
}

Order follow_trouble(Order order, const Troubled& outcome, Instant now) {
  const bool refused =
      (outcome.trouble.kind == TroubleKind::permanent || outcome.trouble.kind == TroubleKind::usage) &&
      !asks_a_person(order, outcome.trouble);
  if (const auto* ready = std::get_if<Ready>(&order.state)) {
    // Finalize may have worked all the same: only the order itself can tell (RFC 8555 section 7.4).
    AwaitingCa next{ready->order_url, ready->key_id};
    const int attempts = order.attempts + 1;
    order = enter(std::move(order), std::move(next), now);
    order.attempts = attempts;
    order.last_trouble = refused_at_finalize(outcome.trouble, order.spec);
    order.wake_at = now + order.patience.poll_first;
    return order;
  }
  const bool certificate_may_exist =
      std::holds_alternative<AwaitingCa>(order.state) || std::holds_alternative<Verifying>(order.state);
  if (certificate_may_exist && now - order.entered_at >= order.patience.give_up) {
    std::string kept = key_id_of(order.state);
    return give_up_on(std::move(order), outcome.trouble, now, std::move(kept));
  }
  const bool placing = std::holds_alternative<Ordering>(order.state);
  if (placing && order.replaces != 0 && blames_replacement(outcome.trouble))
    return order_without_replacement(std::move(order), outcome.trouble, now);
  if (refused && !certificate_may_exist) return fail_order(std::move(order), outcome.trouble, now);
  order = retry_later(std::move(order), outcome, now);
  return gives_way(order, now) ? fail_order(std::move(order), outcome.trouble, now) : order;
}

/// A way that does not work here gives its place to the next one, within the same order.
Order unpublished(Order order, const ProofUnpublished& outcome, Instant now) {
  auto& state = std::get<Validating>(order.state);
  const bool lasting =
      outcome.trouble.kind != TroubleKind::transient && outcome.trouble.kind != TroubleKind::waiting;
  const Proof* proof = state.proof ? &*state.proof : state.unseen.empty() ? nullptr : &state.unseen.front();
  if (proof == nullptr || !lasting || !has_way_besides(order, *proof))
    return follow_trouble(std::move(order), {outcome.trouble, outcome.jitter}, now);
  const Proof given_up = take_proof(state);
  state.authorizations_left.insert(state.authorizations_left.begin(), given_up.authorization_url);
  order.avoid.push_back(given_up.type);
  order.last_trouble = outcome.trouble;
  return order;
}

Order unseen(Order order, const ProofUnseen& outcome, Instant now) {
  auto& state = std::get<Validating>(order.state);
  const Duration waited = now - order.entered_at;
  if (waited >= outcome.patience) {
    Trouble trouble{.kind = TroubleKind::permanent,
                    .code = "dns_not_propagated",
                    .what = "cannot prove control of " + join(order.spec.identifiers) + " over DNS",
                    .why = "after " + humanize(waited) + " a record is still not seen: " + outcome.missing,
                    .hint = "look at the DNS provider; raise propagation_timeout if its servers take longer"};
    return unpublished(std::move(order), {std::move(trouble), 0}, now);
  }
  state.unseen.push_back(take_proof(state));
  // The others first: they spread while this one does.
  if (state.authorizations_left.empty()) order.wake_at = now + outcome.again;
  return order;
}

}  // namespace

Order apply(Order order, const OrderOutcome& outcome, Instant now) {
  const auto misfit = [&](std::string_view name) {
    return fail_order(order, bug(order, name), now, key_id_of(order.state));
  };
  const bool validating = std::holds_alternative<Validating>(order.state);
  const bool open = !is_final(order.state) && !std::holds_alternative<Approved>(order.state);
  return std::visit(
      overloaded{
          [&](const KeyMade& o) {
            if (!std::holds_alternative<Approved>(order.state)) return misfit("key_made");
            return progress(std::move(order), Ordering{o.key_id}, now);
          },
          [&](const OrderSeen& o) {
            if (o.restart && !order.published.empty()) order.unattended = true;
            return open ? follow_ca(std::move(order), o, now) : misfit("order_seen");
          },
          [&](const NoLostOrder&) {
            if (!std::holds_alternative<Ordering>(order.state)) return misfit("no_lost_order");
            // What was in the way of newOrder may be so still: the waits go on growing.
            order.wake_at = now;
            return std::move(order);
          },
          [&](const PlacingNoted&) {
            auto* ordering = std::get_if<Ordering>(&order.state);
            if (ordering == nullptr) return misfit("placing_noted");
            ordering->unsent = false;
            return std::move(order);
          },
          [&](const AuthorizationSeen& o) {
            return validating ? follow_authorization(std::move(order), o, now) : misfit("authorization_seen");
          },
          [&](const ProofLocated& o) {
            const auto* state = std::get_if<Validating>(&order.state);
            const bool fits = state != nullptr && state->proof && !o.target.empty();
            return fits ? located(std::move(order), o) : misfit("proof_located");
          },
          [&](const ProofAnswered&) {
            return validating ? answered(std::move(order), now) : misfit("proof_answered");
          },
          [&](const AnsweredAgain&) {
            return validating ? answered_again(std::move(order)) : misfit("answered_again");
          },
          [&](const ProofUnseen& o) {
            return validating ? unseen(std::move(order), o, now) : misfit("proof_unseen");
          },
          [&](const ProofUnpublished& o) {
            return validating ? unpublished(std::move(order), o, now) : misfit("proof_unpublished");
          },
          [&](const CleanupPutOff&) { return cleanup_put_off(std::move(order), now); },
          [&](const ProofsWithdrawn& o) { return proofs_withdrawn(std::move(order), o, now); },
          [&](const ChainDownloaded& o) {
            return std::holds_alternative<Verifying>(order.state) ? judge(std::move(order), o, now)
                                                                  : misfit("chain_downloaded");
          },
          [&](const Troubled& o) {
            return is_final(order.state) ? std::move(order) : follow_trouble(std::move(order), o, now);
          },
      },
      outcome);
}

}  // namespace certmgr
