// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/ports/name_encoder.h"
#include "certmgr/ports/renewal_info.h"
#include "certmgr/ports/store.h"
#include "certmgr/ports/upkeep.h"
#include "certmgr/services/engine.h"
#include "certmgr/services/enrollment_desk.h"
#include "certmgr/services/order_runner.h"
#include "certmgr/services/preflight.h"

namespace certmgr {

/// What `issue` was asked for. Absent options keep what an existing certificate has.
struct IssueRequest {
  std::vector<std::string> names;  // as typed
  std::optional<std::string> label;
  std::optional<std::string> ca;
  std::optional<std::vector<std::string>> fallback_cas;  // empty: none
  std::optional<KeyType> key_type;
  std::optional<bool> reuse_key;
  std::optional<ForeignRequest> csr;  // its names, if none are given; nothing: as before, or an own key
  std::optional<ChallengeSettings> challenge;
  std::optional<ProfileChoice> profile{};
  std::optional<std::string> preferred_chain{};
  std::optional<std::optional<ValidityBound>> not_before{};  // inner nothing: as the CA likes
  std::optional<std::optional<ValidityBound>> not_after{};
  std::optional<std::string> ancestor_domain{};  // as typed; empty: none
  std::optional<std::string> level{};            // "dv", "ov", "ev"
  std::optional<std::string> organization{};     // its name; for ov and ev
  std::function<enrollment::Actor()> by{};       // who asks; looked up where people must agree
  std::vector<std::string> servers;
  bool deploy = true;
  bool wait = true;       // false: leave it to the daemon
  bool preflight = true;  // false: place the order unseen
  Duration timeout = std::chrono::minutes(5);
};

/// What a CA's entry says about certificates ordered there.
struct CaDefaults {
  ProfileChoice profile{};
  std::string preferred_chain{};
};

/// For a new certificate, where the request says nothing.
struct IssueDefaults {
  std::string ca;
  KeyType key_type = KeyType::ecdsa_p256;
  std::map<std::string, KeyType> key_type_of_ca;  // goes before key_type
  ChallengeSettings challenge;                    // the way tried first where nobody asks for another
  std::vector<ChallengeSettings> ways{};          // all that are configured, in the order they are tried
  std::map<std::string, CaDefaults> of_ca{};
  std::vector<std::string> fallback_cas{};  // of certificates that name none
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
  std::optional<Version> version;               // the current one, new or not
  std::optional<Order> order;                   // if one was worked on
  std::optional<EnrollmentSight> enrollment{};  // of a certificate that vouches for an organization
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
    RenewalInfoStore& renewal_infos;
    TaskRunner& renewal_asker;  // of tasks `renewal_info`
    Clock& clock;
    RevocationStore& revocations;
    Preflight* preflight = nullptr;         // none: orders are placed unseen
    EnrollmentDesk* enrollments = nullptr;  // none: certificates of control only
    std::function<std::vector<CaEntry>()> known_cas{};
  };
  CertificateDesk(Parts parts, IssueDefaults defaults);

  /// Obtains, stores, deploys, verifies. The same call again changes nothing unless something is due.
  IssueReport issue(const IssueRequest& request, Progress& progress);
  /// For somebody who may request and has no say about what is in use: opens the enrollment that issue()
  /// would open, or edits it, and leaves everything else to the daemon. Refused: a certificate of control
  /// only
  /// ("level_missing", also one that is to become another), and another shape for one that was issued already
  /// ("certificate_in_use"), which is renewed as it is. `deploy` and `servers` must be as they are by
  /// default.
  IssueReport request(const IssueRequest& request);
  /// The same as issue() for two certificates with the same names and keys of both families, which servers
  /// have side by side. The second is called like the first, with "-rsa" or "-ecdsa" behind. Of the servers
  /// each gets those that are for its keys; a server that is beside one of them is one of them.
  std::vector<IssueReport> issue_both(const IssueRequest& request, KeyType first, KeyType second,
                                      Progress& progress);
  /// The names as typed, in the form a CA takes.
  std::vector<Identifier> identifiers(const std::vector<std::string>& names) const;
  /// What the request comes to: names, CA, key type, ways of proof. Nothing is changed.
  CertificateSpec wanted(const IssueRequest& request) const;
  /// Renews if due, or with `force` at once.
  /// `by`: who asks; looked up where people must agree.
  IssueReport renew(const std::string& label, bool force, Duration timeout, Progress& progress,
                    const std::function<enrollment::Actor()>& by = {});
  /// Puts the current version on the server named, or on every server of the certificate.
  IssueReport deploy(const std::string& label, const std::string& server, Duration timeout,
                     Progress& progress);
  /// The certificate with this label; throws Failure "unknown_certificate" with the nearest label.
  Certificate existing(const std::string& label) const;
  /// Labels of the certificates whose renewal time has come, or whose deployment failed. Where no daemon
  /// does, it asks the CAs when they suggest to renew, if it is time to.
  std::vector<std::string> due(Progress& progress);

 private:
  /// The servers of a pair that are for keys of this family.
  std::vector<std::string> servers_for(const std::vector<std::string>& names, KeyFamily family) const;
  /// What the certificate is to be, after everything that can be refused without asking anybody was.
  CertificateSpec check_request(const IssueRequest& request);
  void choose_wishes(CertificateSpec& spec, const IssueRequest& request,
                     const std::optional<Certificate>& known) const;
  void choose_ancestor(CertificateSpec& spec, const IssueRequest& request,
                       const std::optional<Certificate>& known) const;
  bool look_ahead(const CertificateSpec& spec, Progress& progress);
  void look_at_clock(const CertificateSpec& spec, Progress& progress);
  bool will_order(const CertificateSpec& spec);
  void refuse_taken(const std::vector<Server>& servers, const std::string& label);
  static void refuse_other_keys(const std::vector<Server>& servers, const CertificateSpec& spec);
  static void refuse_combined(const std::vector<Server>& servers, const CertificateSpec& spec);
  std::vector<Server> known_servers(const std::vector<std::string>& names) const;
  /// Whether people have a say in it, or had until now.
  bool is_decided(const CertificateSpec& spec, const std::optional<Certificate>& known) const;
  /// As the store has it from now on.
  Certificate put(const CertificateSpec& spec, const std::optional<Certificate>& known);
  /// The same with the enrollment, unless somebody has changed it since it was `seen`: Failure "conflict".
  EnrollmentStore::Wished keep(const CertificateSpec& spec, const std::optional<Certificate>& seen,
                               const std::function<enrollment::Actor()>& by);
  std::optional<Order> order_for(const Certificate& certificate, bool force, bool deploy, Progress& progress);
  Order open_order(const Certificate& certificate, const std::string& reason, bool deploy);
  bool run_order(const Order& order, Instant deadline, IssueReport& report, Progress& progress);
  void run_deployments(const std::vector<Server>& servers, const std::string& reason, Instant begun,
                       Instant deadline, IssueReport& report, Progress& progress);
  IssueReport leave_to_daemon(const Certificate& certificate, bool deploy, Progress& progress);
  void choose_level(CertificateSpec& spec, const IssueRequest& request,
                    const std::optional<Certificate>& known) const;
  void refuse_in_use(const CertificateSpec& spec, const std::optional<Certificate>& known) const;
  /// The certificate as it is from now on, and the enrollment that is to bring it; nothing: there is nothing
  /// to be had, or nobody has to decide about it any more.
  EnrollmentStore::Wished wish(const CertificateSpec& spec, const std::optional<Certificate>& known,
                               bool force, const enrollment::Actor& by);
  IssueReport enroll(const EnrollmentStore::Wished& wished, Duration timeout, Progress& progress);
  IssueReport carry_out(const Certificate& certificate, bool force, bool deploy, Duration timeout,
                        Progress& progress);
  bool is_due(const Certificate& certificate, const Version& version) const;
  /// `named`: by a person, who need not wait for the first time to ask.
  void ask_when_to_renew(const Certificate& certificate, bool named, Progress& progress);
  bool is_revoked(const Version& version) const;
  bool is_retired(const Version& version) const;
  bool deployments_succeeded(const Certificate& certificate, const Version& version);

  Parts parts_;
  IssueDefaults defaults_;
};

}  // namespace certmgr
