// SPDX-License-Identifier: MIT
#include "certmgr/services/revocation_desk.h"

#include <algorithm>
#include <set>

namespace certmgr {
namespace {

/// The account is not there, or not the one that may; the certificate's own key may all the same.
bool account_cannot(const Trouble& trouble) {
  static const std::set<std::string> kCodes{"no_account", "account_deactivated", "acme_unauthorized",
                                            "acme_accountDoesNotExist", "key_missing"};
  return kCodes.contains(trouble.code);
}

bool is_already_revoked(const Result<void>& told) {
  return !told && told.error().code == "acme_alreadyRevoked";
}

std::string reason_word(RevocationReason reason) { return std::string(to_string(reason)); }

EventDraft event_about(const std::string& kind, const RevocationPlan& plan) {
  return {kind,
          plan.certificate.spec.label,
          {{"version", std::to_string(plan.version.number)},
           {"serial", plan.version.serial},
           {"reason", reason_word(plan.reason)}}};
}

Trouble not_replaced(const RevocationPlan& plan, const IssueReport& replacement) {
  Trouble trouble{.kind = TroubleKind::permanent,
                  .code = "not_replaced",
                  .what = "the certificate " + plan.certificate.spec.label + " is not revoked yet",
                  .why = "its replacement is not in place everywhere: " +
                         (replacement.trouble ? replacement.trouble->message() : std::string("unknown")),
                  .hint =
                      "cure that and run the command again; to revoke at once, although servers go on "
                      "presenting it: certmgr revoke " +
                      plan.certificate.spec.label + " --version " + std::to_string(plan.version.number) +
                      " --reason " + reason_word(plan.reason) + " --at-once"};
  if (replacement.trouble) {
    trouble.detail = replacement.trouble->hint;
    trouble.retry_at = replacement.trouble->retry_at;
  }
  if (replacement.end == IssueReport::End::waiting) trouble.kind = TroubleKind::waiting;
  return trouble;
}

}  // namespace

Version RevocationDesk::chosen(const Certificate& certificate, const RevocationOrder& order) {
  const auto versions = parts_.certificates.versions(certificate.id);
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const Version& version) {
    if (order.version) return version.number == *order.version;
    const auto asked = parts_.revocations.requested(version.id);
    return asked && (!order.reason || asked->reason == reason_word(*order.reason)) &&
           version.not_after > parts_.clock.now() && !parts_.revocations.revocation(version.id);
  });
  if (found != versions.end()) return *found;
  if (const auto current = parts_.certificates.current(certificate.id); current && !order.version)
    return *current;
  throw Failure({.kind = TroubleKind::usage,
                 .code = "unknown_version",
                 .what = "cannot revoke " + certificate.spec.label,
                 .why = order.version ? "it has no version " + std::to_string(*order.version)
                                      : "no certificate has been issued for it yet",
                 .hint = "see 'certmgr show " + certificate.spec.label + "'"});
}

std::vector<std::string> RevocationDesk::served_by(const Certificate& certificate, const Version& version) {
  std::vector<std::string> names;
  for (const auto& server : parts_.certificates.servers_of(certificate.id)) {
    const auto last = parts_.deployments.last_deployment(certificate.id, server.id);
    // What was not brought to its end leaves the files of the version before in place.
    const bool replaced =
        last && last->version_id != version.id && std::holds_alternative<Verified>(last->state);
    if (last && !replaced) names.push_back(server.name);
  }
  return names;
}

std::vector<int> RevocationDesk::same_key(const Certificate& certificate, const Version& version) {
  std::vector<int> numbers;
  for (const auto& other : parts_.certificates.versions(certificate.id))
    if (other.id != version.id && other.key_id == version.key_id && other.not_after > parts_.clock.now())
      numbers.push_back(other.number);
  return numbers;
}

RevocationPlan RevocationDesk::plan(const RevocationOrder& order) {
  RevocationPlan plan;
  plan.certificate = parts_.certificates_desk.existing(order.label);
  plan.version = chosen(plan.certificate, order);
  const auto earlier = parts_.revocations.requested(plan.version.id);
  const auto asked = earlier ? parse_revocation_reason(earlier->reason) : std::nullopt;
  plan.reason = order.reason.value_or(asked.value_or(RevocationReason::unspecified));
  const auto current = parts_.certificates.current(plan.certificate.id);
  plan.current = current && current->id == plan.version.id;
  plan.renew = order.renew.value_or(earlier ? earlier->renew : is_usually_renewed(plan.reason));
  plan.served_by = served_by(plan.certificate, plan.version);
  const bool in_use = !plan.served_by.empty() || (current && current->key_id == plan.version.key_id);
  plan.replace_first =
      plan.renew && in_use && !order.at_once && plan.reason == RevocationReason::key_compromise;
  plan.same_key = same_key(plan.certificate, plan.version);
  plan.revoked = parts_.revocations.revocation(plan.version.id);
  return plan;
}

void RevocationDesk::request(const RevocationPlan& plan) {
  auto event = event_about("certificate.revocation_asked", plan);
  event.data["renew"] = plan.renew ? "yes" : "no";
  parts_.revocations.request_revocation(
      {plan.version.id, reason_word(plan.reason), plan.renew, parts_.clock.now()},
      plan.reason == RevocationReason::key_compromise, event);
}

RevocationReport RevocationDesk::revoke(const RevocationOrder& order, Progress& progress) {
  RevocationReport report;
  report.plan = plan(order);
  const auto& label = report.plan.certificate.spec.label;
  // Also where it is revoked already: the key is marked, and whether a new one is wanted may have changed.
  request(report.plan);
  if (report.plan.replace_first) {
    progress.step(label, "getting a new certificate with a new key before the old one is revoked");
    const auto current = parts_.certificates.current(report.plan.certificate.id);
    const bool same_key = current && current->key_id == report.plan.version.key_id;
    report.replacement = parts_.certificates_desk.renew(label, same_key, order.timeout, progress);
    if (report.replacement->end != IssueReport::End::done) {
      report.trouble = not_replaced(report.plan, *report.replacement);
      return report;
    }
  }
  if (report.plan.revoked) {
    report.revocation = report.plan.revoked;
    report.already = true;
    return report;
  }
  progress.step(label, "asking the CA to revoke version " + std::to_string(report.plan.version.number));
  auto told = tell_ca(report.plan, order.signer, report);
  report.already = is_already_revoked(told);
  if (told || report.already) {
    note(report);
    return report;
  }
  if (told.error().kind != TroubleKind::transient) {
    auto event = event_about("certificate.revocation_refused", report.plan);
    event.data["trouble"] = told.error().message();
    parts_.revocations.drop_request(report.plan.version.id, event);
  }
  report.trouble = std::move(told.error());
  return report;
}

std::string RevocationDesk::ca_of(const RevocationPlan& plan) {
  const auto made_by = parts_.orders.order_of_version(plan.version.id);
  return made_by ? made_by->spec.ca : plan.certificate.spec.ca;
}

Result<void> RevocationDesk::tell_ca(const RevocationPlan& plan, RevocationSigner signer,
                                     RevocationReport& report) {
  if (signer != RevocationSigner::certificate) {
    report.signed_by = "account";
    auto told = signed_by_account(plan);
    if (told || signer == RevocationSigner::account || !account_cannot(told.error())) return told;
  }
  report.signed_by = "certificate";
  return signed_by_certificate(plan);
}

Result<void> RevocationDesk::signed_by_account(const RevocationPlan& plan) {
  const std::string ca = ca_of(plan);
  // Nobody is to be registered just to revoke something.
  if (const auto account = parts_.accounts.registered(ca); !account) return fail(account.error());
  const auto connection = parts_.accounts.open(ca);
  if (!connection) return fail(connection.error());
  return (*connection)->revoke(plan.version.chain_pem, plan.reason);
}

Result<void> RevocationDesk::signed_by_certificate(const RevocationPlan& plan) {
  const auto key = parts_.certificates.key(plan.version.key_id);
  if (!key)
    return fail({.kind = TroubleKind::store,
                 .code = "key_missing",
                 .what = "cannot sign the revocation of " + plan.certificate.spec.label,
                 .why = "the certificate's key is not in the store",
                 .hint = "use --sign-with account, or ask the CA"});
  const auto connection = parts_.connector.connect(ca_of(plan), *key, "");
  if (!connection) return fail(connection.error());
  return (*connection)->revoke(plan.version.chain_pem, plan.reason);
}

void RevocationDesk::note(RevocationReport& report) {
  const auto& plan = report.plan;
  auto event = event_about("certificate.revoked", plan);
  event.data["signed_by"] = report.signed_by;
  const Revocation revocation{plan.version.id, parts_.clock.now(), reason_word(plan.reason)};
  event.data["revoked_at"] = to_rfc3339(revocation.revoked_at);
  parts_.revocations.save_revocation(revocation, event);
  report.revocation = parts_.revocations.revocation(plan.version.id);
}

}  // namespace certmgr
