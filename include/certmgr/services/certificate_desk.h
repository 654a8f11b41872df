// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/ports/name_encoder.h"
#include "certmgr/ports/store.h"
#include "certmgr/services/engine.h"
#include "certmgr/services/order_runner.h"
#include "certmgr/services/preflight.h"

namespace certmgr {

/// What `issue` was asked for. Absent options keep what an existing certificate has.
struct IssueRequest {
  std::vector<std::string> names;  // as typed
  std::optional<std::string> label;
  std::optional<std::string> ca;
  std::optional<KeyType> key_type;
  std::optional<ChallengeSettings> challenge;
  std::vector<std::string> servers;
  bool deploy = true;
  bool wait = true;       // false: leave it to the daemon
  bool preflight = true;  // false: place the order unseen
  Duration timeout = std::chrono::minutes(5);
};

/// For a new certificate, where the request says nothing.
struct IssueDefaults {
  std::string ca;
  KeyType key_type = KeyType::ecdsa_p256;
  std::map<std::string, KeyType> key_type_of_ca;  // goes before key_type
  ChallengeSettings challenge;                    // the way tried first where nobody asks for another
  std::vector<ChallengeSettings> ways{};          // all that are configured, in the order they are tried
  /// As configured, else with the usual settings.
  [[nodiscard]] ChallengeSettings way(ChallengeType type) const;
  /// The configured ways but one.
  [[nodiscard]] std::vector<ChallengeSettings> others(ChallengeType first) const;
};

struct DeployResult {
  Server server;
  std::optional<Deployment> deployment;  // nothing: it was not started
};

/// What a use case came to. `trouble` is set unless `end` is done.
struct IssueReport {
  enum class End { done, failed, deploy_failed, waiting };
  End end = End::done;
  std::optional<Trouble> trouble;
  std::optional<Certificate> certificate;
  std::optional<Version> version;  // the current one, new or not
  std::optional<Order> order;      // if one was worked on
  std::vector<DeployResult> deployments;
  bool issued = false;    // a new version came out of this run
  bool deployed = false;  // something was deployed in this run
};

/// The use cases around one certificate: issue, renew, deploy. Throws Failure for a request that
/// cannot be carried out (kind usage) and for a broken store.
class CertificateDesk {
 public:
  struct Parts {
    CertificateStore& certificates;
    OrderStore& orders;
    ServerStore& servers;
    DeploymentStore& deployments;
    const CaConnector& cas;
    const NameEncoder& names;
    OrderRunner& order_runner;
    Engine& engine;
    const DaemonPresence& daemons;
    Clock& clock;
    Preflight* preflight = nullptr;  // none: orders are placed unseen
  };
  CertificateDesk(Parts parts, IssueDefaults defaults);

  /// Obtains, stores, deploys, verifies. The same call again changes nothing unless something is due.
  IssueReport issue(const IssueRequest& request, Progress& progress);
  /// What the request comes to: names, CA, key type, ways of proof. Nothing is changed.
  CertificateSpec wanted(const IssueRequest& request) const;
  /// Renews if due, or with `force` at once.
  IssueReport renew(const std::string& label, bool force, Duration timeout, Progress& progress);
  /// Puts the current version on the server named, or on every server of the certificate.
  IssueReport deploy(const std::string& label, const std::string& server, Duration timeout,
                     Progress& progress);
  /// The certificate with this label; throws Failure "unknown_certificate" with the nearest label.
  Certificate existing(const std::string& label) const;
  /// Labels of the certificates whose renewal time has come, or whose deployment failed.
  std::vector<std::string> due();

 private:
  bool look_ahead(const CertificateSpec& spec, Progress& progress);
  void look_at_clock(const CertificateSpec& spec, Progress& progress);
  bool will_order(const CertificateSpec& spec);
  void refuse_taken(const std::vector<Server>& servers, const std::string& label);
  std::vector<Server> known_servers(const std::vector<std::string>& names) const;
  std::optional<Order> order_for(const Certificate& certificate, bool force, bool deploy);
  Order open_order(const Certificate& certificate, const std::string& reason, bool deploy);
  bool run_order(const Order& order, Instant deadline, IssueReport& report, Progress& progress);
  void run_deployments(const std::vector<Server>& servers, const std::string& reason, Instant begun,
                       Instant deadline, IssueReport& report, Progress& progress);
  IssueReport leave_to_daemon(const Certificate& certificate, bool deploy);
  IssueReport carry_out(const Certificate& certificate, bool force, bool deploy, Duration timeout,
                        Progress& progress);
  bool is_due(const Version& version) const;
  bool deployments_succeeded(const Certificate& certificate, const Version& version);

  Parts parts_;
  IssueDefaults defaults_;
};

}  // namespace certmgr
