// SPDX-License-Identifier: MIT
// Which key an order uses, and what it asks the CA to certify.
#include "certmgr/services/order_runner.h"

namespace certmgr {

/// The key of a request that was made elsewhere: the same for every version.
OrderRunner::Performed OrderRunner::take_key(const Order& order) {
  auto taken = keyring_.adopt(order.spec.csr);
  if (taken && certificates_.is_compromised(*taken))
    taken = fail(
        Trouble{.kind = TroubleKind::permanent,
                .code = "key_compromised",
                .what = "cannot request a certificate for " + join(order.spec.identifiers),
                .why = "the key of its CSR is marked as compromised",
                .hint = "make another key, then order with --csr FILE or --key URI; or with --key-type TYPE "
                        "and a key of our own"});
  if (!taken) return {Troubled{std::move(taken.error()), clock_.jitter()}, std::nullopt};
  if (const auto current = certificates_.current(order.certificate_id))
    if (const auto known = certificates_.key(current->key_id);
        known && is_elsewhere(*known) && known->spki_sha256 == taken->spki_sha256)
      return {KeyMade{known->id}, std::nullopt};
  return {KeyMade{taken->id}, std::move(*taken)};
}

/// The first thing of an order, and so the moment to see whether the CA will take it.
OrderRunner::Performed OrderRunner::make_key(const Order& order) {
  if (limits_ != nullptr) {
    if (auto waits = limits_->reserve(order)) return {Troubled{std::move(*waits), 0}, std::nullopt};
  }
  if (!order.spec.csr.empty()) return take_key(order);
  if (const auto kept = key_to_keep(order)) return {KeyMade{*kept}, std::nullopt};
  auto made = keyring_.generate(order.spec.key_type, "certificate");
  if (!made) return {Troubled{std::move(made.error()), clock_.jitter()}, std::nullopt};
  return {KeyMade{made->id}, std::move(*made)};
}

std::optional<std::string> OrderRunner::key_to_keep(const Order& order) {
  if (!order.spec.reuse_key) return std::nullopt;
  const auto kept = certificates_.reusable_key(order.certificate_id);
  if (!kept || kept->type != order.spec.key_type) return std::nullopt;
  return kept->id;
}

Result<SealedKey> OrderRunner::key(const std::string& key_id) {
  if (auto found = certificates_.key(key_id)) return *found;
  return fail({.kind = TroubleKind::store,
               .code = "key_missing",
               .what = "cannot use key " + key_id,
               .why = "it is not in the store",
               .hint = "run 'certmgr db check'; restore the store from a backup"});
}

Result<OrderOutcome> OrderRunner::finalize(Ca& ca, const Order& order, const FinalizeOrder& action) {
  const auto sealed = key(action.key_id);
  if (!sealed) return fail(sealed.error());
  if (certificates_.is_compromised(*sealed))
    return fail({.kind = TroubleKind::permanent,
                 .code = "key_compromised",
                 .what = "cannot request a certificate for " + join(order.spec.identifiers),
                 .why = "its key is marked as compromised",
                 .hint = "run the command again, which makes a new key"});
  const auto subject =
      order.identity ? csr_subject(order.identity->subject) : Result<std::vector<CsrAttribute>>();
  if (!subject) return fail(subject.error());
  const auto csr = is_elsewhere(*sealed)
                       ? Result<std::vector<std::uint8_t>>(order.spec.csr)
                       : keyring_.certificate_request(*sealed, order.spec.identifiers, *subject);
  if (!csr) return fail(csr.error());
  return ca.finalize(action.order_url, action.finalize_url, *csr).map([](auto reply) -> OrderOutcome {
    return OrderSeen{std::move(reply)};
  });
}

}  // namespace certmgr
