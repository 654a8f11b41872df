// SPDX-License-Identifier: MIT
#include "certmgr/domain/doctor.h"

#include <algorithm>

#include "certmgr/domain/renewal.h"

namespace certmgr {
namespace {

Finding account_finding(const CaHealth& ca) {
  const std::string& name = ca.facts.name;
  if (!ca.account)
    return fine("account", name, "no account at the CA " + name + " yet: the first order makes it");
  if (ca.account_trouble) {
    // What the CA knows and refuses is in the way of every order; what could not be asked is not.
    const bool refused = ca.account_trouble->kind == TroubleKind::permanent;
    return finding_of(refused ? Severity::problem : Severity::warning, "account", name, *ca.account_trouble);
  }
  if (ca.account_status == "valid")
    return fine("account", name, "the account at the CA " + name + " is valid");
  return {.severity = Severity::problem,
          .check = "account",
          .subject = name,
          .what = "the account at the CA " + name + " cannot order",
          .code = "account_unusable",
          .why = "the CA says it is " + ca.account_status,
          .hint = "ask the CA, or order from another one with 'certmgr issue --ca NAME'"};
}

std::optional<Finding> terms_finding(const CaHealth& ca) {
  const std::string& name = ca.facts.name;
  if (ca.terms_of_service.empty()) return std::nullopt;
  if (ca.account && !ca.account->terms_agreed.empty() && ca.account->terms_agreed != ca.terms_of_service)
    return Finding{.severity = Severity::warning,
                   .check = "terms",
                   .subject = name,
                   .what = "the CA " + name + " has new terms of service",
                   .code = "terms_changed",
                   .why = "agreed to were " + ca.account->terms_agreed,
                   .hint = "read " + ca.terms_of_service};
  if (!ca.account && !ca.terms_agreed)
    return Finding{.severity = Severity::warning,
                   .check = "terms",
                   .subject = name,
                   .what = "the terms of service of the CA " + name + " have not been agreed to",
                   .code = "terms_not_agreed",
                   .why = "without that it makes no account",
                   .hint = "read " + ca.terms_of_service +
                           ", then set agree_tos = true under [defaults], or use --agree-tos"};
  return std::nullopt;
}

Finding server_problem(const Server& server, const Trouble& trouble) {
  Finding finding = finding_of(Severity::problem, "server", server.name, trouble);
  finding.what = "server " + server.name + ": " + finding.what;
  return finding;
}

std::optional<Finding> served_finding(const ServerHealth& health, const Served& served) {
  Finding finding{.severity = Severity::problem,
                  .check = "server",
                  .subject = health.server.name,
                  .what = "server " + health.server.name + ": " + served.target};
  if (served.fingerprint.empty()) {
    finding.what += " presents no certificate";
    finding.code = "no_handshake";
    finding.why = served.trouble;
    finding.hint =
        "see that the server runs and listens there; correct the address with 'certmgr server set " +
        health.server.name + " --verify URL'";
    // A server that nothing was deployed to may not be able to start without a certificate.
    if (health.expected.empty()) finding.severity = Severity::warning;
    return finding;
  }
  if (health.expected.empty() || served.fingerprint == health.expected) return std::nullopt;
  finding.what += " presents another certificate than was deployed";
  finding.code = "verify_failed";
  finding.why = "it presents " + served.subject + " from " + served.issuer + ", valid until " +
                to_rfc3339(served.not_after);
  finding.hint =
      "reload it; if that does not help, another program changed its files: 'certmgr deploy' puts "
      "them back";
  return finding;
}

}  // namespace

std::vector<Finding> judge_ca(const CaHealth& ca) {
  const std::string& name = ca.facts.name;
  if (ca.unreachable) return {finding_of(Severity::problem, "ca", name, *ca.unreachable)};
  std::vector<Finding> findings{fine("ca", name, "the CA " + name + " answers")};
  if (ca.external_account_required && !ca.external_account && !ca.account)
    findings.push_back(
        {.severity = Severity::warning,
         .check = "ca",
         .subject = name,
         .what = "the CA " + name + " makes accounts for its customers only",
         .code = "eab_missing",
         .why = "no external account is configured for it",
         .hint = "get one from the CA, then set eab_kid and eab_hmac_file under [ca." + name + "]"});
  if (auto clock = judge_clock(ca.facts)) findings.push_back(std::move(*clock));
  if (auto terms = terms_finding(ca)) findings.push_back(std::move(*terms));
  findings.push_back(account_finding(ca));
  return findings;
}

Finding judge_certificate(const CertificateHealth& health, Instant now) {
  const std::string& label = health.certificate.spec.label;
  Finding finding{.severity = Severity::problem, .check = "certificate", .subject = label};
  const Trouble* last = nullptr;
  if (health.last_order && health.last_order->last_trouble) last = &*health.last_order->last_trouble;
  if (last != nullptr) {
    finding.why = last->message();
    finding.hint = last->hint;
    finding.detail = last->detail;
  } else {
    finding.hint = "see 'certmgr show " + label + "'; 'certmgr renew " + label + "' orders it now";
  }
  if (!health.current) {
    finding.what = "the certificate " + label + " has not been issued";
    finding.code = "not_issued";
    if (last == nullptr) finding.severity = Severity::warning;
    return finding;
  }
  const std::string until = to_rfc3339(health.current->not_after);
  if (health.current->not_after <= now) {
    finding.what = "the certificate " + label + " expired at " + until;
    finding.code = "expired";
    return finding;
  }
  const Instant due = renewal_time(*health.current);
  if (due >= now) return fine("certificate", label, "the certificate " + label + " is valid until " + until);
  const bool half_gone = now - due > (health.current->not_after - due) / 2;
  finding.severity = half_gone ? Severity::problem : Severity::warning;
  finding.what =
      "the certificate " + label + " is due for renewal since " + to_rfc3339(due) + ", valid until " + until;
  finding.code = "renewal_overdue";
  return finding;
}

std::vector<Finding> judge_server(const ServerHealth& health) {
  std::vector<Finding> findings;
  for (const auto* trouble : {&health.places, &health.check})
    if (*trouble) findings.push_back(server_problem(health.server, **trouble));
  if (health.key_file) {
    Finding finding = server_problem(health.server, *health.key_file);
    // Before the first deployment there need not be one.
    if (health.key_file->code == "file_missing" && health.expected.empty())
      finding.severity = Severity::warning;
    findings.push_back(std::move(finding));
  }
  for (const auto& served : health.served)
    if (auto finding = served_finding(health, served)) findings.push_back(std::move(*finding));
  if (findings.empty()) {
    const bool proven = !health.served.empty() && !health.expected.empty();
    findings.push_back(fine("server", health.server.name,
                            "server " + health.server.name +
                                (proven ? " presents what was deployed" : " is ready for a deployment")));
  }
  return findings;
}

std::vector<Finding> judge_upkeep(const UpkeepHealth& health) {
  std::vector<Finding> findings;
  if (health.orders_by && health.deployments_by) {
    findings.push_back(fine("daemon", "daemon", "the daemon is at work (" + *health.orders_by + ")"));
  } else if (health.certificates == 0) {
    findings.push_back(fine("daemon", "daemon", "no daemon runs, and there is nothing to look after yet"));
  } else {
    const bool none = !health.orders_by && !health.deployments_by;
    findings.push_back(
        {.severity = Severity::warning,
         .check = "daemon",
         .subject = "daemon",
         .what = none ? "no daemon runs on this store" : "half of the daemon does not run",
         .code = "no_daemon",
         .why = health.deployments_by ? "nothing is renewed by itself"
                : health.orders_by    ? "nothing is deployed by itself"
                                      : "nothing is renewed or deployed by itself",
         .hint = "systemctl enable --now certmgr.service, or let cron run 'certmgr daemon --once'"});
  }
  std::string channels;
  for (const auto& channel : health.channels) channels += (channels.empty() ? "" : ", ") + channel;
  if (!health.channels.empty())
    findings.push_back(fine("notify", "notify", "alarms are told through " + channels));
  else
    findings.push_back({.severity = Severity::warning,
                        .check = "notify",
                        .subject = "notify",
                        .what = "nobody is told when something fails",
                        .code = "no_notification",
                        .why = "no [notify.NAME] is configured",
                        .hint = "configure one, then try it with 'certmgr notify test NAME'"});
  return findings;
}

}  // namespace certmgr
