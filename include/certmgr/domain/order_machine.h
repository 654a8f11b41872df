// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/issued_check.h"
#include "certmgr/domain/order.h"

namespace certmgr {

// What to do next. One effect each; the engine performs it through a port.

struct MakeKey {};  // generate and store the key, in one commit with state Ordering
struct PlaceOrder {};
struct FindLostOrder {};  // newOrder may have been sent by a process that died
struct FetchAuthorization {
  std::string url;
};
struct PublishProof {
  Proof proof;
};
struct WithdrawProofs {};
struct PollOrder {
  std::string url;
};
struct FinalizeOrder {
  std::string order_url;
  std::string finalize_url;
  std::string key_id;
};
struct DownloadChain {
  std::string url;
  std::string key_id;
};
struct SleepUntil {
  Instant at;
};
struct Nothing {};  // final

using OrderAction =
    std::variant<MakeKey, PlaceOrder, FindLostOrder, FetchAuthorization, PublishProof, WithdrawProofs,
                 PollOrder, FinalizeOrder, DownloadChain, SleepUntil, Nothing>;

/// Whether this process has placed the order itself in this run; it decides between PlaceOrder and
/// FindLostOrder in state Ordering.
enum class Placement { not_yet_sent, may_have_been_sent };

/// What to do now. Pure.
OrderAction decide(const Order& order, Instant now, Placement placement);

// What was learned.

struct KeyMade {
  std::string key_id;
};
struct OrderSeen {  // from newOrder, the account's list, a poll, or finalize
  CaReply<CaOrder> reply;
};
struct NoLostOrder {};  // the CA holds no open order of ours for these names
struct AuthorizationSeen {
  CaAuthorization authorization;
};
struct ProofAnswered {};
struct ProofsWithdrawn {};
struct ChainDownloaded {
  ChainFacts facts;
  std::string expected_spki_sha256;
};
struct Troubled {
  Trouble trouble;
  double jitter = 0;
};

using OrderOutcome = std::variant<KeyMade, OrderSeen, NoLostOrder, AuthorizationSeen, ProofAnswered,
                                  ProofsWithdrawn, ChainDownloaded, Troubled>;

/// The order after `outcome`, ready to be saved. With ChainDownloaded the state is Issued or
/// Quarantined with version_id 0, which the store fills in as it saves the version in the same
/// transaction. An outcome that does not fit the state leaves the order failed with code "bug".
Order apply(Order order, const OrderOutcome& outcome, Instant now);

/// One line for people: what is being done ("asking the CA to validate pbx.example.com").
std::string describe(const OrderAction& action, const Order& order);

}  // namespace certmgr
