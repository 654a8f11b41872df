// SPDX-License-Identifier: MIT
#include "certmgr/services/order_runner.h"

#include <algorithm>

#include "certmgr/domain/order_wish.h"
#include "services/order_record.h"

namespace certmgr {
namespace {

/// The CA has looked in vain, and the order goes on all the same. Empty: it is not so.
std::string why_still_unproven(const Order& order) {
  const auto* state = std::get_if<Validating>(&order.state);
  if (state == nullptr || !order.last_trouble || order.last_trouble->kind != TroubleKind::waiting) return {};
  return order.last_trouble->message() +
         (state->look.answer_again.empty() ? "; the CA goes on looking" : "; the CA is asked to look again");
}

/// What a CA says to a signature by a key that is no longer, or not yet, the account's.
bool may_be_of_the_key(const Trouble& trouble) {
  return trouble.kind == TroubleKind::permanent &&
         (trouble.code == "acme_unauthorized" || trouble.code == "acme_malformed" ||
          trouble.code == "acme_accountDoesNotExist" || trouble.code == "acme_badSignatureAlgorithm");
}

/// Nothing was asked of the CA yet that it could have done.
tl::unexpected<Trouble> unsent(Trouble trouble) {
  trouble.unsent = true;
  return fail(std::move(trouble));
}

}  // namespace

OrderRunner::OrderRunner(OrderStore& orders, CertificateStore& certificates, Keyring& keyring,
                         AccountDesk& accounts, Solver& solver, Clock& clock, OrderLimits* limits,
                         SubjectToday subject_today)
    : orders_(orders),
      certificates_(certificates),
      keyring_(keyring),
      accounts_(accounts),
      solver_(solver),
      clock_(clock),
      limits_(limits),
      subject_today_(std::move(subject_today)) {}

OrderRunner::Held OrderRunner::take(std::int64_t order_id) {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = held_.find(order_id); found != held_.end()) return found->second;
  }
  // The lease keeps others from this order; those who work on others need not wait for the store.
  auto order = orders_.order(order_id);
  if (!order)
    throw Failure({.kind = TroubleKind::store,
                   .code = "not_found",
                   .what = "order " + std::to_string(order_id) + " is not in the store",
                   .why = "it was removed",
                   .hint = "run the command again"});
  const Instant now = clock_.now();
  const auto& trouble = order->last_trouble;
  const std::scoped_lock lock(mutex_);
  if (hurried_.erase(order_id) != 0 && trouble && trouble->retry_at.value_or(now) <= now) {
    order->wake_at = std::min(order->wake_at, now);
    order->attempts = 0;
  }
  // Nobody else has had it since: the proofs that wait here need not be shown and answered once more.
  const auto served = served_.find(order_id);
  const bool live = served != served_.end() && served->second == order->revision;
  if (served != served_.end()) served_.erase(served);
  return {*order, {.proofs_live = live}, {}};
}

void OrderRunner::hurry(std::int64_t order_id) {
  const std::scoped_lock lock(mutex_);
  hurried_.insert(order_id);
}

void OrderRunner::put(const Held& held) {
  const std::scoped_lock lock(mutex_);
  held_.insert_or_assign(held.order.id, held);
}

bool OrderRunner::only_cleans_up(std::int64_t order_id) {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = held_.find(order_id); found != held_.end())
      return only_cleanup_left(found->second.order);
  }
  const auto order = orders_.order(order_id);
  return order && only_cleanup_left(*order);
}

void OrderRunner::let_go(std::int64_t order_id) {
  const std::scoped_lock lock(mutex_);
  no_room_.erase(order_id);
  const auto found = held_.find(order_id);
  if (found == held_.end()) return;
  if (found->second.memory.proofs_live) served_[order_id] = found->second.order.revision;
  held_.erase(found);
}

StepResult OrderRunner::step(std::int64_t order_id, Progress& progress) {
  Held held = take(order_id);
  const auto action = decide(held.order, clock_.now(), held.memory);
  if (std::holds_alternative<Nothing>(action)) return {.finished = true, .wake_at = {}, .trouble = {}};
  if (const auto* sleep = std::get_if<SleepUntil>(&action))
    return {.finished = false, .wake_at = sleep->at, .trouble = {}};

  progress.step(held.order.spec.label, describe(action, held.order));
  const OrderState before = held.order.state;
  const std::size_t before_avoided = held.order.avoid.size();
  const auto before_replaces = held.order.replaces;
  const auto had = held.order.last_trouble;
  const Performed done = perform(action, held.order, progress);
  Order after = apply(held.order, done.outcome, clock_.now());
  if (std::holds_alternative<ProofsWithdrawn>(done.outcome)) tell_of_proofs(held.order, after, progress);
  if (must_be_saved(held.order, after, clock_.now())) {
    after = commit(held, after, done);
    held.unsaved.clear();
  } else if (after.state.index() != before.index()) {
    held.unsaved.push_back({event_of(held.order, after), clock_.now()});
  }
  held = {after, remember(held.memory, action, done.outcome), std::move(held.unsaved)};
  put(held);
  // A trouble that moved the order on (a finalize that must be looked after) stands in nobody's way.
  const bool came_to_nothing =
      after.state.index() != before.index() &&
      (std::holds_alternative<Failed>(after.state) || std::holds_alternative<Quarantined>(after.state));
  const bool another_way = after.avoid.size() > before_avoided || after.replaces != before_replaces;
  if (another_way && after.last_trouble)
    progress.warn(after.spec.label, after.last_trouble->message() +
                                        (after.replaces != before_replaces
                                             ? "; it is ordered without saying which certificate it replaces"
                                             : "; another way of proof is tried"));
  if (const auto why = why_still_unproven(after); !why.empty() && after.last_trouble != had)
    progress.warn(after.spec.label, why);
  const bool troubled = std::holds_alternative<Troubled>(done.outcome) ||
                        std::holds_alternative<ProofUnpublished>(done.outcome);
  if (after.last_trouble && (came_to_nothing || (troubled && !another_way)))
    progress.trouble(after.spec.label, *after.last_trouble);
  const bool stays = troubled && after.state.index() == before.index() && after.wake_at > clock_.now();
  return {.finished = is_settled(after),
          .wake_at = after.wake_at,
          .trouble = stays ? after.last_trouble : std::nullopt,
          .failures = after.attempts};
}

Order OrderRunner::commit(const Held& held, const Order& after, const Performed& done) {
  const Order& before = held.order;
  OrderStore::Save save{after, event_of(before, after), done.new_key, std::nullopt, {}};
  save.earlier = held.unsaved;
  // What must outlive a power cut: keys, order URLs, chains and ends. All between, the CA tells again.
  save.durable =
      done.new_key || is_final(after.state) || order_url_of(before.state) != order_url_of(after.state);
  if (const auto* downloaded = std::get_if<ChainDownloaded>(&done.outcome)) {
    save.chain = downloaded->facts;
    save.key_id = key_id_of(before.state);
  }
  return orders_.save(save);
}

OrderRunner::Performed OrderRunner::perform(const OrderAction& action, const Order& order,
                                            Progress& progress) {
  if (std::holds_alternative<MakeKey>(action)) return make_key(order);
  if (std::holds_alternative<WithdrawProofs>(action)) {
    return {clean_up(order), std::nullopt};
  }
  if (std::holds_alternative<NotePlacing>(action)) return {PlacingNoted{}, std::nullopt};
  auto outcome = perform_at_ca(action, order, progress);
  if (outcome) return {std::move(*outcome), std::nullopt};
  if (outcome.error().code == "acme_accountDoesNotExist") {
    accounts_.forget(order.spec.ca);
    outcome.error().kind = TroubleKind::transient;
    outcome.error().hint = "the account will be registered anew with the same key";
  }
  if (limits_ != nullptr && outcome.error().code == "acme_rateLimited")
    limits_->learn(order, outcome.error());
  if (may_be_of_the_key(outcome.error()) && accounts_.is_changing_key(order.spec.ca)) {
    outcome.error().kind = TroubleKind::transient;
    outcome.error().hint = "the account is getting a new key; the same is asked again with it";
  }
  const bool placing = std::holds_alternative<PlaceOrder>(action);
  return {Troubled{std::move(outcome.error()), clock_.jitter(), placing}, std::nullopt};
}

Result<OrderOutcome> OrderRunner::place(Ca& ca, const Order& order, Progress& progress) {
  const auto meta = ca.meta();
  if (!meta) return unsent(meta.error());
  auto wish = wish_of(order.spec, *meta, clock_.now());
  if (!wish) return fail(std::move(wish.error()));
  const auto& profile = order.spec.profile.name;
  if (wish->profile != profile)
    progress.warn(order.spec.label, "the CA " + order.spec.ca + " does not offer the preferred profile '" +
                                        profile + "': it is ordered without");
  if (wish->ancestor_domain != order.spec.ancestor_domain)
    progress.warn(order.spec.label, "the CA " + order.spec.ca + " does not offer to prove " +
                                        order.spec.ancestor_domain +
                                        " for the names below it (RFC 9444): each name is proven itself");
  if (order.replaces != 0)
    if (const auto replaced = certificates_.version(order.replaces))
      wish->replaced_chain = replaced->chain_pem;
  auto reply = ca.new_order(*wish);
  if (!reply) return fail(refused_wish(std::move(reply.error()), *wish));
  if (!wish->profile.empty() && reply->value.profile != wish->profile)
    progress.warn(order.spec.label,
                  "the CA " + order.spec.ca + " does not confirm the profile '" + profile + "'");
  return OrderSeen{std::move(*reply)};
}

Result<OrderOutcome> OrderRunner::perform_at_ca(const OrderAction& action, const Order& order,
                                                Progress& progress) {
  const auto opened = accounts_.open(order.spec.ca);
  if (!opened) return unsent(opened.error());
  Ca& ca = **opened;
  if (std::holds_alternative<PlaceOrder>(action)) return place(ca, order, progress);
  if (std::holds_alternative<FindLostOrder>(action)) return find_lost_order(ca, order);
  if (const auto* fetch = std::get_if<FetchAuthorization>(&action))
    return ca.authorization(fetch->url).map([&](auto seen) -> OrderOutcome {
      return AuthorizationSeen{std::move(seen), ca.account_facts()};
    });
  if (const auto* locate_proof = std::get_if<LocateProof>(&action)) return locate(order, locate_proof->proof);
  if (const auto* publish_proof = std::get_if<PublishProof>(&action))
    return publish(ca, order, publish_proof->proof, progress);
  if (const auto* again = std::get_if<AnswerAgain>(&action)) {
    // A CA that takes no second answer goes on by itself.
    const auto answered = ca.answer(again->challenge_url);
    if (!answered && answered.error().kind == TroubleKind::transient) return fail(answered.error());
    return AnsweredAgain{};
  }
  if (const auto* poll = std::get_if<PollOrder>(&action))
    return ca.order(poll->url).map([&](auto reply) -> OrderOutcome {
      return OrderSeen{std::move(reply), poll->restart};
    });
  if (const auto* finalize_order = std::get_if<FinalizeOrder>(&action))
    return finalize(ca, order, *finalize_order);
  return download(ca, order, std::get<DownloadChain>(action), progress);
}

Result<OrderOutcome> OrderRunner::download(Ca& ca, const Order& order, const DownloadChain& action,
                                           Progress& progress) {
  const auto sealed = key(action.key_id);
  if (!sealed) return fail(sealed.error());
  auto chain = ca.certificate(action.url, order.spec.preferred_chain);
  if (!chain) return fail(std::move(chain.error()));
  if (!chain->preferred) {
    std::string tops;
    for (const auto& top : chain->tops) tops += (tops.empty() ? "" : ", ") + top;
    progress.warn(order.spec.label, "the CA " + order.spec.ca + " gives no chain to '" +
                                        order.spec.preferred_chain + "', only to " + tops +
                                        ": its first one is used");
  }
  ChainDownloaded downloaded{std::move(chain->facts), sealed->spki_sha256};
  const auto longer = outlives(downloaded.facts, expectation_of(order.spec, sealed->spki_sha256));
  if (!order.identity && !longer.empty())
    progress.warn(order.spec.label, "the CA " + order.spec.ca + " gave more than was asked for: " + longer);
  if (order.enrollment_id != 0 && subject_today_) downloaded.subject_today = subject_today_(order);
  return downloaded;
}

}  // namespace certmgr
