// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lab/strict_ca/options.h"
#include "lab/strict_ca/problem.h"

namespace certmgr::lab::strict {

/// What happens to `replaces` in a new order (RFC 9773 section 5).
enum class Replaces { checked, already_replaced, other_account };

/// Record formats of dns-persist-01: the account's URL (drafts -00 and -01) or a hash (-02).
enum class PersistDraft { account_url, hashed };

/// Errors a CA could make when it issues.
struct IssuanceFault {
  bool other_key = false;
  std::vector<std::string> other_names = {};
  std::optional<std::chrono::seconds> validity = {};  // whatever was asked for
  bool without_server_auth = false;
  bool client_auth_too = false;
  std::optional<Organization> other_organization = {};    // at OV and EV
  std::string organizational_unit = {};                   // which nobody may have any more
  std::optional<std::vector<std::string>> policies = {};  // instead of the level's own, dotted; may be none
};

/// The suggestedWindow, taken word for word, so that it may be absurd.
struct Window {
  std::string start;
  std::string end;
};

/// How the CA behaves from now on; a test changes it while the CA runs. The default is a CA that does
/// everything right and at once.
struct Behaviour {
  int bad_nonce_percent = 0;  // good nonces that are refused
  bool unknown_members = false;
  std::chrono::seconds date_offset{0};  // of the Date header from the real time

  // Waiting. Retry-After is sent word for word; empty: none.
  std::string retry_after_order = {};
  std::string retry_after_authz = {};
  std::string retry_after_finalize = {};
  std::string retry_after_renewal_info = "21600";
  int pending_polls = 0;           // of an order that still show `pending` after all proofs were accepted
  int processing_polls = 0;        // after finalize that still show `processing`
  bool hold_orders = false;        // after finalize, for the vetting desk
  bool placeholder_first = false;  // the desk has a DV certificate put on every order it holds for OV or EV
  bool polls_wait = true;          // a poll is answered when the proofs in question have been looked at

  // Orders.
  bool ready_at_once = false;            // without authorizations
  bool unknown_challenges_only = false;  // in authorizations that are valid
  bool reuse_authorizations = false;     // valid ones, in later orders of the account
  bool profile_required = false;
  bool profile_ignored = false;  // silently
  Replaces replaces = Replaces::checked;
  bool forget_replaces = false;                             // not in later views of the order (Boulder)
  std::map<std::string, Problem> refused_identifiers = {};  // in new orders; several become subproblems
  bool finalize_says_400 = false;                           // though the order goes on
  std::size_t orders_per_page = 0;                          // 0: one page
  bool external_account_required = false;

  // Proofs.
  std::vector<std::string> challenges = {"http-01", "tls-alpn-01", "dns-01", "dns-account-01",
                                         "dns-persist-01"};
  PersistDraft persist_draft = PersistDraft::account_url;
  bool proofs_rest = false;                                 // not looked at until it is taken back
  bool always_valid = false;                                // without looking
  std::set<std::string> valid_without_look = {};            // the same for single identifiers
  std::map<std::string, Problem> failing_identifiers = {};  // their proofs are never accepted

  // Certificates.
  IssuanceFault issuance = {};
  bool downgrade_to_dv = false;

  // Renewal information (RFC 9773); without a window: the last third of the validity.
  std::optional<Window> window = {};
  std::string explanation_url = {};
};

}  // namespace certmgr::lab::strict
