// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/account.h"
#include "certmgr/domain/certificate.h"
#include "certmgr/domain/deployment.h"
#include "certmgr/domain/event.h"
#include "certmgr/domain/issued_check.h"
#include "certmgr/domain/order.h"
#include "certmgr/domain/server.h"
#include "certmgr/ports/keyring.h"

namespace certmgr {

// The store, cut by what its users need. All methods are thread-safe, every change is one
// transaction together with its event, and all throw Failure (TroubleKind::store) when the store
// cannot be read or written.

class CertificateStore {
 public:
  virtual ~CertificateStore() = default;
  virtual std::optional<Certificate> find(const std::string& label) = 0;
  virtual std::optional<Certificate> certificate(std::int64_t id) = 0;
  /// By label, a page at a time: labels after `after`, at most `limit`.
  virtual std::vector<Certificate> list(const std::string& after, int limit) = 0;
  /// Makes the certificate, or changes its spec. An event "certificate.added" only makes it: else "conflict".
  virtual Certificate put(const CertificateSpec& spec, const EventDraft& event) = 0;
  /// Newest first, quarantined ones included.
  virtual std::vector<Version> versions(std::int64_t certificate_id) = 0;
  virtual std::optional<Version> version(std::int64_t id) = 0;
  /// The newest version that is not quarantined.
  virtual std::optional<Version> current(std::int64_t certificate_id) = 0;
  virtual std::optional<SealedKey> key(const std::string& key_id) = 0;
  /// The key of the current version; none if that version was revoked, or if the key is elsewhere.
  virtual std::optional<SealedKey> reusable_key(std::int64_t certificate_id) = 0;
  /// Somebody else may have the key (RevocationStore): nothing is to be ordered with it any more.
  virtual bool is_compromised(const SealedKey& key) = 0;
  /// Servers the certificate is deployed to, by name.
  virtual std::vector<Server> servers_of(std::int64_t certificate_id) = 0;
  /// Certificates deployed to the server, by label.
  virtual std::vector<Certificate> certificates_on(std::int64_t server_id) = 0;
  virtual void attach(std::int64_t certificate_id, std::int64_t server_id, const EventDraft& event) = 0;
};

class OrderStore {
 public:
  virtual ~OrderStore() = default;
  /// The order of this certificate that is not final, if there is one; of two, the newer one.
  virtual std::optional<Order> open_order(std::int64_t certificate_id) = 0;
  /// Those that something is left to do for, oldest first: open ones (beside that of an enrollment there may
  /// be one that stands in for it), and ended ones whose proofs are not withdrawn.
  virtual std::vector<Order> unsettled_orders(std::int64_t certificate_id) = 0;
  /// The newest order, open or not.
  virtual std::optional<Order> last_order(std::int64_t certificate_id) = 0;
  /// The order that ended in Issued and brought the newest version: what the current one was ordered for.
  virtual std::optional<Order> last_issued(std::int64_t certificate_id) = 0;
  virtual std::optional<Order> order(std::int64_t id) = 0;
  /// The order that brought the version; nothing if it came from elsewhere.
  virtual std::optional<Order> order_of_version(std::int64_t version_id) = 0;
  /// The URLs at the CA of the certificate's newest orders, newest first.
  virtual std::vector<std::string> order_urls(std::int64_t certificate_id, int limit) = 0;
  /// Makes an order and its task. If an open one exists already, that one is returned.
  virtual Order open(const Order& order, const EventDraft& event) = 0;
  /// Is any order of ours known under this URL at the CA?
  virtual bool knows_order_url(const std::string& url) = 0;

  struct PastEvent {
    EventDraft event;
    Instant at;
  };
  struct Save {
    Order order;  // refused (Failure "conflict") unless its revision is the stored one
    EventDraft event;
    std::optional<SealedKey> new_key;  // stored in the same transaction
    std::optional<ChainFacts> chain;   // becomes a version; its id goes into Issued or Quarantined
    std::string key_id;                // of that version
    /// False: may be lost in a power cut (never in a crash of this program), because the CA tells it again.
    bool durable = true;
    std::vector<PastEvent> earlier{};  // of changes that were not worth a save by themselves, oldest first
  };
  /// Saves, moves the task's due time to order.wake_at (or ends the task), drops the key of an
  /// order that failed, and returns the order with its new revision. A chain of an order that was to stand in
  /// for a version that has come (is_stand_in_too_late) is not taken: the order is Withdrawn then.
  virtual Order save(const Save& save) = 0;
};

class ServerStore {
 public:
  virtual ~ServerStore() = default;
  virtual std::optional<Server> find_server(const std::string& name) = 0;
  virtual std::optional<Server> server(std::int64_t id) = 0;
  virtual std::vector<Server> servers() = 0;
  /// Trouble-free only if the name is free: Failure "server_exists" otherwise.
  virtual Server add_server(const Server& server, const EventDraft& event) = 0;
  virtual void change_server(const Server& server, const EventDraft& event) = 0;
  /// Also detaches it from its certificates; its deployments stay as history.
  virtual void remove_server(std::int64_t id, const EventDraft& event) = 0;
};

class DeploymentStore {
 public:
  virtual ~DeploymentStore() = default;
  /// Makes a deployment and its task (lane "server:ID"). An open one for the same version and
  /// server is returned instead; an open one of an older version that has touched nothing yet is superseded.
  /// Reason "retry" or "repair", which nobody asked for: Failure "conflict" unless the version is the current
  /// one.
  virtual Deployment open_deployment(const Deployment& deployment, const EventDraft& event) = 0;
  virtual std::optional<Deployment> deployment(std::int64_t id) = 0;
  /// Same revision rule as orders.
  virtual Deployment save_deployment(const Deployment& deployment, const EventDraft& event) = 0;
  /// The newest deployment of any version of the certificate on the server.
  virtual std::optional<Deployment> last_deployment(std::int64_t certificate_id, std::int64_t server_id) = 0;
};

class AccountStore {
 public:
  virtual ~AccountStore() = default;
  /// The account in use there; if there is none, the one deactivated last.
  virtual std::optional<Account> account_at(const AccountPlace& place) = 0;
  virtual std::vector<Account> accounts() = 0;
  /// Stores a new account together with its key; if another process was faster, its account is
  /// returned and the key is dropped.
  virtual Account add_account(const Account& account, const SealedKey& key, const EventDraft& event) = 0;
  /// `used_kid`: the external account that bound it just now; empty: none did.
  virtual void change_account(const Account& account, const EventDraft& event,
                              const std::string& used_kid = {}) = 0;
  /// Whether an account was registered with this external account there.
  virtual bool external_account_used(const std::string& directory_url, const std::string& kid) = 0;
  /// Stores the key that is to replace the account's. From here on both are kept. Failure "conflict" if the
  /// account has another key by now or one is on its way; "account_busy" (waiting) while an order of one of
  /// `cas` has proofs out, which name the old key.
  virtual Account begin_key_change(const Account& account, const SealedKey& next,
                                   const std::vector<std::string>& cas, const EventDraft& event) = 0;
  /// `key_id`, one of the two, is the account's key; the other one is deleted. Nothing happens where another
  /// process has said so already.
  virtual Account end_key_change(const Account& account, const std::string& key_id,
                                 const EventDraft& event) = 0;
};

/// What the audit log's chain of hashes says.
struct EventLogReport {
  std::int64_t events = 0;
  std::string head;                    // hash of the last line
  std::optional<std::string> finding;  // the first thing wrong
};

class EventLog {
 public:
  virtual ~EventLog() = default;
  virtual void append(const EventDraft& event) = 0;
  /// Newest first. Empty subject: all.
  virtual std::vector<Event> events(const std::string& subject, int limit) = 0;
  /// The next ones after `seq`, oldest first.
  virtual std::vector<Event> events_after(std::int64_t seq, int limit) = 0;
  /// Computes every hash anew, from the first line to the recorded head.
  virtual EventLogReport verify() = 0;
  /// The newest event's seq, 0 if there is none.
  virtual std::int64_t last_seq() = 0;
};

/// What `db check` found. Empty `findings`: all is well.
struct StoreHealth {
  std::int64_t events = 0;
  std::int64_t certificates = 0;
  std::int64_t keys = 0;
  int schema_version = 0;
  std::vector<std::string> findings;
};

class StoreInspector {
 public:
  virtual ~StoreInspector() = default;
  /// SQLite's own integrity and foreign key checks, the event chain from its first line to the
  /// recorded head, every key opened with the store key, no key without an owner.
  virtual StoreHealth check() = 0;
  /// "store_vanished", "store_replaced": the file was taken away from under us, so what we write is lost.
  /// Costs next to nothing; thread-safe.
  [[nodiscard]] virtual std::optional<Trouble> lost() const = 0;
};

}  // namespace certmgr
