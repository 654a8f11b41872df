// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/ports/upkeep.h"
#include "certmgr/services/account_desk.h"
#include "certmgr/services/certificate_desk.h"

namespace certmgr {

/// Whose key signs the request (RFC 8555 section 7.6).
enum class RevocationSigner { any, account, certificate };  // any: the account's, then the certificate's

struct RevocationOrder {
  std::string label;
  std::optional<int> version{};  // Version::number; nothing: one that was asked for earlier, else the current
  std::optional<RevocationReason> reason{};  // nothing: the one of an earlier request, else unspecified
  RevocationSigner signer = RevocationSigner::any;
  std::optional<bool> renew{};  // nothing: as is_usually_renewed() says
  bool at_once = false;         // also where the key is compromised: whatever servers present it
  Duration timeout = std::chrono::minutes(5);
};

/// What is about to be revoked, for the question before it.
struct RevocationPlan {
  Certificate certificate;
  Version version;
  RevocationReason reason = RevocationReason::unspecified;
  bool current = false;                 // no newer version is there
  bool renew = false;                   // a new version is to take its place
  bool replace_first = false;           // and is issued and deployed before this one is revoked
  std::vector<std::string> served_by;   // servers that present it, as far as is known
  std::vector<int> same_key;            // other versions with its key that have not expired
  std::optional<Revocation> revoked{};  // it is revoked already
};

struct RevocationReport {
  RevocationPlan plan;
  std::optional<IssueReport> replacement;
  std::optional<Revocation> revocation;
  bool already = false;     // the CA had revoked it before
  std::string signed_by{};  // "account", "certificate"; empty where the CA was not asked
  std::optional<Trouble> trouble{};
};

/// Revokes versions of certificates. Throws Failure for a request that cannot be carried out.
class RevocationDesk {
 public:
  struct Parts {
    CertificateDesk& certificates_desk;
    AccountDesk& accounts;
    CaConnector& connector;
    CertificateStore& certificates;
    OrderStore& orders;
    DeploymentStore& deployments;
    RevocationStore& revocations;
    Clock& clock;
  };
  explicit RevocationDesk(Parts parts) : parts_(parts) {}

  RevocationPlan plan(const RevocationOrder& order);
  /// Stores what is wanted, replaces first where the key is compromised, then tells the CA, and stores its
  /// word. Interrupted, the same call goes on. A replacement that comes to nothing ends it before the CA is
  /// told, so that no server is left with a revoked certificate unawares (`trouble` is set).
  RevocationReport revoke(const RevocationOrder& order, Progress& progress);

 private:
  Version chosen(const Certificate& certificate, const RevocationOrder& order);
  std::vector<std::string> served_by(const Certificate& certificate, const Version& version);
  std::vector<int> same_key(const Certificate& certificate, const Version& version);
  void request(const RevocationPlan& plan);
  std::string ca_of(const RevocationPlan& plan);
  Result<void> tell_ca(const RevocationPlan& plan, RevocationSigner signer, RevocationReport& report);
  Result<void> signed_by_account(const RevocationPlan& plan);
  Result<void> signed_by_certificate(const RevocationPlan& plan);
  void note(RevocationReport& report);

  Parts parts_;
};

}  // namespace certmgr
