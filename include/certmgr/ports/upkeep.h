// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "certmgr/domain/event.h"
#include "certmgr/domain/order.h"
#include "certmgr/domain/renewal.h"
#include "certmgr/domain/watch.h"

namespace certmgr {

/// What is remembered about the upkeep of certificates and servers. Thread-safe; a save is one
/// transaction that also moves the task to wake_at; throws Failure like the stores. An event is
/// written where something changed that a person may want to know.
class RenewalStore {
 public:
  struct Opening {
    Order order;
    EventDraft event;
  };
  struct Save {
    Renewal renewal;
    std::optional<EventDraft> event{};
    std::optional<Opening> opens{};  // in the same transaction, as OrderStore::open does it
  };
  virtual ~RenewalStore() = default;
  virtual std::optional<Renewal> renewal(std::int64_t certificate_id) = 0;
  /// Gives back the lease that this process has on the task: every step ends with a save.
  virtual void save_renewal(const Save& save) = 0;
};

class WatchStore {
 public:
  virtual ~WatchStore() = default;
  virtual std::optional<Watch> watch(std::int64_t server_id) = 0;
  virtual void save_watch(const Watch& watch, const std::optional<EventDraft>& event) = 0;
};

struct Revocation {
  std::int64_t version_id = 0;
  Instant revoked_at;
  std::string reason;  // RFC 5280 section 5.3.1: "keyCompromise", ...; empty: none given
};

/// What somebody wants the CA to do, stored before the CA is told.
struct RevocationRequest {
  std::int64_t version_id = 0;
  std::string reason;  // as in Revocation
  bool renew = true;   // a new version is to take its place
  Instant requested_at;
};

class RevocationStore {
 public:
  virtual ~RevocationStore() = default;
  /// Replaces an earlier request for the version. With `key_compromised` nothing is ordered with its key any
  /// more, whatever becomes of the revocation.
  virtual void request_revocation(const RevocationRequest& request, bool key_compromised,
                                  const EventDraft& event) = 0;
  virtual std::optional<RevocationRequest> requested(std::int64_t version_id) = 0;
  /// The CA does not do it.
  virtual void drop_request(std::int64_t version_id, const EventDraft& event) = 0;
  virtual std::optional<Revocation> revocation(std::int64_t version_id) = 0;
  /// Also makes the certificate's renewal due now.
  virtual void save_revocation(const Revocation& revocation, const EventDraft& event) = 0;
  /// When the certificate is looked at again.
  virtual void check_again(std::int64_t certificate_id, Instant at) = 0;
};

}  // namespace certmgr
