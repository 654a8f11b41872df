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
struct NotePlacing {};    // record that newOrder is about to be sent once more
struct FindLostOrder {};  // newOrder may have been sent by a process that died
struct FetchAuthorization {
  std::string url;
};
struct LocateProof {  // see where in the DNS it goes
  Proof proof;
};
struct PublishProof {
  Proof proof;
};
struct AnswerAgain {  // the CA has looked in vain, and looks again only when asked
  std::string challenge_url;
};
struct WithdrawProofs {};  // those that are published; of a final order also what was left by earlier tries
struct PollOrder {
  std::string url;
  bool restart = false;  // look at every authorization anew: this process has published nothing yet
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

using OrderAction = std::variant<MakeKey, PlaceOrder, NotePlacing, FindLostOrder, FetchAuthorization,
                                 LocateProof, PublishProof, AnswerAgain, WithdrawProofs, PollOrder,
                                 FinalizeOrder, DownloadChain, SleepUntil, Nothing>;

/// What this process knows and the store cannot: both are false for an order taken over from another
/// process, or from an earlier run.
struct RunMemory {
  bool neworder_unsent = false;  // newOrder was certainly not sent since Ordering was entered
  bool proofs_live = false;      // what we published is published still (a listener dies with us)
};

/// What to do now. Pure.
OrderAction decide(const Order& order, Instant now, RunMemory memory);

// What was learned.

struct KeyMade {
  std::string key_id;
};
struct OrderSeen {  // from newOrder, the account's list, a poll, or finalize
  CaReply<CaOrder> reply;
  bool restart = false;  // as in PollOrder
};
struct NoLostOrder {};  // the CA holds no open order of ours for these names
struct PlacingNoted {};
struct AuthorizationSeen {
  CaAuthorization authorization;
  AccountFacts account{};
};
struct ProofLocated {
  std::string target;
};
struct ProofAnswered {};
struct AnsweredAgain {};
/// Published, and known not to be seen everywhere yet. The CA is not asked to look before it is.
struct ProofUnseen {
  Duration again;       // when to look again
  std::string missing;  // where it is not seen
  Duration patience;    // since the state was entered; then it is given up
};
struct ProofsWithdrawn {
  std::vector<Leftover> leftovers{};  // all there are now
  double jitter = 0;
};
/// Another order of the certificate proves control: a hook that keeps one value at a name might remove that
/// one's.
struct CleanupPutOff {};
struct ChainDownloaded {
  ChainFacts facts;
  std::string expected_spki_sha256;
  /// What the organization would be called if it were ordered now; empty where none was asked for.
  std::vector<SubjectAttribute> subject_today{};
};
struct Troubled {
  Trouble trouble;
  double jitter = 0;
  bool placing = false;  // of PlaceOrder
};

/// The proof could not be published: nothing the CA knows of.
struct ProofUnpublished {
  Trouble trouble;
  double jitter = 0;
};

using OrderOutcome = std::variant<KeyMade, OrderSeen, NoLostOrder, PlacingNoted, AuthorizationSeen,
                                  ProofLocated, ProofAnswered, AnsweredAgain, ProofUnseen, ProofUnpublished,
                                  ProofsWithdrawn, CleanupPutOff, ChainDownloaded, Troubled>;

/// The order after `outcome`, ready to be saved. With ChainDownloaded the state is Issued or
/// Quarantined with version_id 0, which the store fills in as it saves the version in the same
/// transaction. An outcome that does not fit the state leaves the order failed with code "bug".
Order apply(Order order, const OrderOutcome& outcome, Instant now);

/// A quarantined order goes on waiting: its certificate stands in for the one that was ordered, which the CA
/// is to put on the same order. Its version is remembered, and whatever has another URL is downloaded and
/// judged like the first. Unchanged where it is not quarantined, or was by an older version, which kept no
/// URL. Pure.
Order await_replacement(Order order, Instant now);

/// What the process knows after `action` ended in `outcome`.
RunMemory remember(RunMemory memory, const OrderAction& action, const OrderOutcome& outcome);

/// One line for people: what is being done ("asking the CA to validate pbx.example.com").
std::string describe(const OrderAction& action, const Order& order);

}  // namespace certmgr
