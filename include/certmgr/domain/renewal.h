// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "certmgr/domain/certificate.h"
#include "certmgr/domain/instant.h"
#include "certmgr/domain/renewal_info.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// When a certificate should be renewed without word from the CA: after 2/3 of its life, or after
/// half of it when it lives less than ten days. Never "N days before".
Instant renewal_time(Instant not_before, Instant not_after);

/// When this very version is renewed: the same, later by up to a hundredth of its life (six hours at most) so
/// that a fleet issued in one minute does not come back in one minute, and never right after it was obtained.
/// It depends on the version alone: whoever asks gets the same answer.
Instant renewal_time(const Version& version);

/// What a certificate is to be says something about its renewal, too.
struct RenewalTerms {
  std::optional<Instant> fixed_end{};  // its owner wants it to end then
  bool decided = false;                // people have a say in it, and need their time
};
RenewalTerms renewal_terms(const CertificateSpec& spec);

/// The same where the CA has made a suggestion (RFC 9773): at the moment chosen in its window, but at the
/// latest when a 24th of the life is left, and never right after the version was obtained. A version that
/// ends when its owner wants is not renewed before. One that people decide about is never renewed later than
/// without the suggestion, which knows nothing of them.
Instant renewal_time(const Version& version, const std::optional<SuggestedRenewal>& suggested,
                     const RenewalTerms& terms);

/// From here on a person should know that the certificate is not renewed yet: a sixth of its life is left.
Instant alarm_time(Instant not_before, Instant not_after);

/// How the upkeep of a certificate stands.
enum class RenewalState {
  unseen,    // "new": nobody has looked after it yet
  fresh,     // nothing to do before `wake_at`
  ordering,  // an order is open; its end wakes the renewal
  failing,   // the last order came to nothing; tried again at `wake_at`
  parked,    // will fail again until a person changes something
};
std::string_view to_string(RenewalState state);
std::optional<RenewalState> parse_renewal_state(std::string_view text);

/// The upkeep of one certificate, from its first order on.
struct Renewal {
  std::int64_t certificate_id = 0;
  RenewalState state = RenewalState::unseen;
  std::optional<Instant> not_after;  // of the current version
  std::optional<Instant> renew_at;   // when the current version is due, spread included
  Instant wake_at;
  int failures = 0;                // orders in a row that came to nothing
  std::int64_t judged_order = 0;   // RenewalFacts::last_order that was taken into account last
  std::optional<Trouble> trouble;  // why the last order came to nothing
  bool operator==(const Renewal&) const = default;
};

/// What there is to know about a certificate when its renewal is looked at.
struct RenewalFacts {
  std::optional<Version> version;               // current one
  std::optional<SuggestedRenewal> suggested{};  // by the CA, for that version
  RenewalTerms terms{};                         // of what it is to be
  Duration lead{};                              // so much earlier than usual: people take their time
  bool revoked = false;                         // by its CA
  bool retired = false;                         // revoked at its owner's word, who does not want another
  bool fits = false;                            // the current version was ordered for the spec as it is now
  bool order_open = false;
  // Id of the newest order that has ended, or, below zero, of the newest enrollment; 0: none
  std::int64_t last_order = 0;
  bool last_issued = false;             // that one gave a version
  std::optional<Trouble> last_trouble;  // why it did not
  bool withdrawn = false;               // it was given up, which says nothing
  // The CA looked for our proofs while nobody published them, or there is another way of proof or another CA:
  // order anew at once.
  bool unattended = false;
  bool changed = false;  // the spec is not the one of that order: what failed then says nothing now
};

struct OpenOrder {
  std::string reason;  // "issue" or "renew"
};
struct NothingToOrder {};

struct RenewalStep {
  Renewal renewal;  // to be saved; `wake_at` is when to look again
  std::variant<NothingToOrder, OpenOrder> action;
};

/// Looks at a certificate and decides. Pure. `jitter` (0 <= x < 1) spreads what happens at one time.
RenewalStep look_after(Renewal renewal, const RenewalFacts& facts, Instant now, double jitter);

}  // namespace certmgr
