// SPDX-License-Identifier: MIT
#include "domain/order_troubles.h"

#include <algorithm>

#include "domain/challenge_choice.h"

namespace certmgr {

Trouble bug(const Order& order, std::string_view outcome) {
  return {.kind = TroubleKind::permanent,
          .code = "bug",
          .what = "order " + std::to_string(order.id) + " cannot go on",
          .why = "outcome '" + std::string(outcome) + "' does not fit state '" +
                 std::string(name_of(order.state)) + "'",
          .hint = "this is a defect of certmgr: please report it, then run the command again"};
}

bool made_no_order(const Trouble& trouble) {
  // A problem document is the CA's own answer; what stands before a CA answers in other ways.
  const bool by_ca = trouble.kind == TroubleKind::permanent || trouble.code.starts_with("acme_");
  return trouble.unsent || by_ca;
}

Trouble order_refused(const Order& order, const CaOrder& seen, Instant now) {
  if (seen.error) {
    Trouble trouble = *seen.error;
    trouble.kind = TroubleKind::permanent;
    trouble.what = "the CA " + order.spec.ca + " refused the order for " + join(order.spec.identifiers);
    return trouble;
  }
  Trouble trouble{
      .kind = TroubleKind::permanent,
      .code = "order_invalid",
      .what = "the CA " + order.spec.ca + " refused the order for " + join(order.spec.identifiers),
      .why = "it calls the order invalid and gives no reason",
      .hint = "'certmgr renew " + order.spec.label + "' orders anew; ask the CA if it happens again"};
  // One that expires becomes invalid, and nobody has refused it (RFC 8555 section 7.1.6).
  const bool after_proofs = !std::holds_alternative<Validating>(order.state);
  if (after_proofs && seen.expires && *seen.expires <= now) {
    trouble.code = "order_expired";
    trouble.what =
        "the order for " + join(order.spec.identifiers) + " has expired at the CA " + order.spec.ca;
    trouble.why = "the CA kept it until " + to_rfc3339(*seen.expires) + " and had not issued by then";
    trouble.hint = "'certmgr renew " + order.spec.label +
                   "' orders anew; the CA must keep an order for as long as its people take";
  }
  // What it answered to finalize may be the only reason that it ever gives.
  if (order.last_trouble && order.last_trouble->code.starts_with("acme_")) {
    trouble.why += " there; before, it said: " + order.last_trouble->why;
    trouble.detail = order.last_trouble->detail;
  }
  return trouble;
}

Trouble why_unproven(const Order& order, const CaAuthorization& seen) {
  Trouble trouble = authorization_failed(seen);
  const bool said = std::any_of(seen.challenges.begin(), seen.challenges.end(),
                                [](const CaChallenge& challenge) { return challenge.error.has_value(); });
  const bool order_says = order.last_trouble && order.last_trouble->code.starts_with("acme_");
  if (said || !order_says) return trouble;
  trouble.why = order.last_trouble->why;
  trouble.detail = order.last_trouble->detail;
  return trouble;
}

Trouble asked_by_ca(const Order& order, Trouble problem) {
  problem.kind = TroubleKind::waiting;
  problem.what =
      "the CA " + order.spec.ca + " wants something before it issues for " + join(order.spec.identifiers);
  return problem;
}

}  // namespace certmgr
