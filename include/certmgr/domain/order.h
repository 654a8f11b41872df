// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "certmgr/domain/certificate.h"
#include "certmgr/domain/identity_check.h"
#include "certmgr/domain/retry.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// What must be published so that the CA sees our control of one identifier. Recorded before it is
/// published, so that a crash never leaves a token nobody removes.
struct Proof {
  std::string authorization_url;
  std::string challenge_url;
  ChallengeType type = ChallengeType::http_01;
  Identifier identifier;                    // without the wildcard prefix, as in the authorization
  std::string token;                        // base64url, checked; empty for dns-persist-01
  std::string key_authorization{};          // token "." thumbprint of the account key (RFC 8555 section 8.1)
  std::string account_url{};                // names the account in DNS records
  bool wildcard = false;                    // the authorization is for "*." and this name
  std::vector<std::string> issuer_names{};  // dns-persist-01: those the CA goes by
  std::vector<std::string> account_uris{};  // dns-persist-01: CaChallenge::account_uris
  /// Where the record goes, once known: the end of the aliases as they were then. Recorded before anything is
  /// put there, so that it is removed from there, whatever the aliases are by then.
  std::string target{};
  bool operator==(const Proof&) const = default;
};

/// A proof that nobody needs any more and that could not be withdrawn. It is tried again: what is left in the
/// DNS or in a web server's folder tells everybody of us, and may be in the way of the next one.
struct Leftover {
  Proof proof;
  ChallengeSettings way;  // by which it was published, whatever the certificate is proven by now
  ChallengeOutcome outcome = ChallengeOutcome::failed;
  std::string why{};  // of the last try
  bool operator==(const Leftover&) const = default;
};

// Where an order can be. Each struct holds only what is true in that state.

/// Wanted, gates passed, nothing sent. -> Ordering
struct Approved {};
/// Key stored; newOrder may have been sent and its answer lost. -> Validating, Ready, Approved
struct Ordering {
  std::string key_id;
  bool unsent = false;  // the newest newOrder made no order for sure: nothing has to be looked for
};
/// Whether the CA has looked at proofs in vain and waits to be asked again (RFC 8555 section 8.2). Only the
/// process that published the proofs keeps it: another one answers all challenges anew.
struct ChallengeLook {
  bool under_way = false;
  bool failed_now = false;     // in this look
  int failed = 0;              // looks that found a challenge that has failed
  std::string answer_again{};  // challenge to be answered once more
  Instant resume_at{};         // when the order is polled next
};
/// The CA waits for proofs. -> Ready, Failed
struct Validating {
  std::string order_url;
  std::string finalize_url;
  std::string key_id;
  std::vector<std::string> authorizations_left;  // not looked at yet
  std::optional<Proof> proof;                    // recorded, to be published and answered next
  std::vector<Proof> unseen{};                   // published, but not yet to be seen by everybody
  ChallengeLook look{};
};
/// All proofs accepted. -> AwaitingCa, Verifying
struct Ready {
  std::string order_url;
  std::string finalize_url;
  std::string key_id;
};
/// Finalize was sent; OV and EV may stay here for weeks. -> Verifying, Failed
struct AwaitingCa {
  std::string order_url;
  std::string key_id;
  std::string placeholder_url{};  // certificate we have seen, which is to be followed by another; empty: none
};
/// The CA has issued: download and compare with what was ordered. -> Issued, Quarantined
struct Verifying {
  std::string order_url;
  std::string certificate_url;
  std::string key_id;
};
struct Issued {
  std::int64_t version_id = 0;
};
/// What came back is not what was ordered: kept as evidence, never deployed. An end, unless the CA is to send
/// another one on the same order: await_replacement(). What that needs is empty in orders of older versions.
struct Quarantined {
  std::int64_t version_id = 0;
  Trouble trouble;
  std::string order_url{};
  std::string certificate_url{};
  std::string key_id{};
};
/// `key_id` is kept only where a certificate for that key may exist at the CA; empty: the key was
/// dropped with the order.
struct Failed {
  Trouble trouble;
  std::string key_id;
};
/// Given up by its owner: the certificate's names or settings changed while it was open.
struct Withdrawn {};

using OrderState = std::variant<Approved, Ordering, Validating, Ready, AwaitingCa, Verifying, Issued,
                                Quarantined, Failed, Withdrawn>;

/// The words users, scripts and the store see: "approved", "awaiting_ca", ...
std::string_view name_of(const OrderState& state);
/// Nothing will ever happen to it again.
bool is_final(const OrderState& state);
/// The order's URL at the CA, empty before the CA gave one.
std::string order_url_of(const OrderState& state);
/// The key the order uses, empty before one was made.
std::string key_id_of(const OrderState& state);

/// A CA that gave no certificate since the last one was issued.
struct CaFailure {
  std::string ca;
  int times = 1;    // orders there that came to nothing
  Trouble trouble;  // of the last of them
  bool operator==(const CaFailure&) const = default;
};

/// One attempt to get a version. What the CA can tell us is not kept here; what it cannot, is.
struct Order {
  std::int64_t id = 0;
  std::int64_t certificate_id = 0;
  CertificateSpec spec;  // as it was when the order was made; its `ca` is the one that is asked
  std::string reason;    // "issue" or "renew"
  Patience patience = kDvPatience;
  std::optional<Instant> needed_by;  // when the version it replaces expires: troubles are retried more often
  bool deploy = true;                // false: store only, whatever servers the certificate has
  OrderState state = Approved{};
  std::vector<Proof> published;          // to be withdrawn once the CA has looked
  std::vector<Leftover> leftovers{};     // tried again once the order is final
  int cleanups = 0;                      // tries in a row that left some, since it is final
  std::vector<ChallengeType> refused{};  // ways by which the CA could not verify control
  std::vector<ChallengeType>
      avoid{};                // ways by which the CA refused an earlier order: used if nothing else is left
  std::int64_t replaces = 0;  // the version it is to take the place of (RFC 9773 section 5); 0: not said
  std::string profile{};      // as the CA confirmed it; empty: none
  std::string instead_of{};   // the certificate's own CA, where a fallback is asked; else empty
  std::vector<CaFailure> failed_cas{};            // that were asked before, oldest first
  std::optional<Identifier> unproven{};           // whose authorization the CA refused
  std::int64_t enrollment_id = 0;                 // which it was placed for; 0: none, nobody had to be asked
  std::optional<IdentityExpectation> identity{};  // of an enrollment; nothing: only control of names
  std::int64_t placeholder_id = 0;                // the version the CA sent for the time being; 0: none
  bool unattended = false;  // a process that had published proofs died: the CA may have met nobody
  Instant created_at;
  Instant entered_at;  // when `state` was entered
  Instant wake_at;     // nothing to do before
  int polls = 0;       // looks at the CA since `state` was entered
  int attempts = 0;    // failures in a row
  std::optional<Trouble> last_trouble;
  std::int64_t revision = 0;  // raised by every save; a second writer is refused
};

/// True when an order made for another spec does not serve somebody who wants `wanted`. Where it was placed
/// does not matter, as long as the certificate's own CA is the same.
bool needs_new_order(const Order& had, const CertificateSpec& wanted);

/// What the order after `last` is to avoid: the ways by which the CA did not accept its proofs. Nothing once
/// every way has been tried: then it begins anew with the first.
std::vector<ChallengeType> avoided_after(const std::optional<Order>& last);
/// Proofs of `refused` were not accepted, and there is a way that was not tried.
bool has_another_way(const Order& refused);

/// How the challenge of a proof has ended that is being withdrawn: a failed order's own, or one that was
/// given up for another way, has failed.
ChallengeOutcome outcome_of(const Order& order, const Proof& proof);

/// An order for control of names, made to stand in for an enrolled certificate that would expire first, and
/// no longer needed: `current` lives longer than the one it was to replace.
bool is_stand_in_too_late(const Order& order, const std::optional<Instant>& current_not_after);

/// What it has published, as it is to be withdrawn now.
std::vector<Leftover> to_withdraw(const Order& order);
/// "the dns-01 proof for pbx.example.com at _acme-challenge.pbx.example.com, ..."
std::string places_of(const std::vector<Leftover>& leftovers);

/// Its result is there; what is left is to withdraw proofs that could not be withdrawn yet.
bool only_cleanup_left(const Order& order);
/// Final, and nothing it published is left to be withdrawn: its task can end.
bool is_settled(const Order& order);

}  // namespace certmgr
