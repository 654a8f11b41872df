// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/event.h"
#include "certmgr/domain/renewal_info.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// A suggestion for which the CA gives its reasons.
struct ExplainedRenewal {
  std::string label;
  SuggestedRenewal suggested;
};

/// Suggestions of CAs (RFC 9773). Thread-safe; throws Failure like the stores.
class RenewalInfoStore {
 public:
  virtual ~RenewalInfoStore() = default;
  virtual std::optional<SuggestedRenewal> suggested(std::int64_t version_id) = 0;
  /// Keeps what take_suggestion() makes of `info` and returns it. If it is news, the event is written, with
  /// the moment chosen as "renew_at", and the certificate's renewal is due now: all in one transaction.
  virtual SuggestedRenewal save_suggestion(std::int64_t version_id, const RenewalInfo& info, double chance,
                                           EventDraft event) = 0;
  /// When the CA is to be asked about the certificate; nothing: it has no version.
  virtual std::optional<Instant> ask_at(std::int64_t certificate_id) = 0;
  virtual void ask_again(std::int64_t certificate_id, Instant at) = 0;
  /// Current versions about which their CA has a page for people, the first to be renewed first.
  virtual std::vector<ExplainedRenewal> explained(int limit) = 0;
};

/// What a CA tells anybody: no account, no signature. Thread-safe. Troubles as in Ca.
class PublicCa {
 public:
  virtual ~PublicCa() = default;
  virtual Result<CaMeta> meta(const std::string& ca) = 0;  // RFC 8555 section 7.1.1
  /// RFC 9773 section 4.1; nothing: the CA, or the certificate, has no such thing. `chain_pem` is
  /// Version::chain_pem.
  virtual Result<std::optional<CaReply<RenewalInfo>>> renewal_info(const std::string& ca,
                                                                   const std::string& chain_pem) = 0;
};

}  // namespace certmgr
