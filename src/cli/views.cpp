// SPDX-License-Identifier: MIT
#include "cli/views.h"

#include <array>
#include <cstdio>

#include "certmgr/domain/renewal.h"

namespace certmgr::cli {
namespace {

ordered_json names_view(const std::vector<Identifier>& identifiers) {
  auto names = ordered_json::array();
  for (const auto& identifier : identifiers) names.push_back(identifier.value);
  return names;
}

ordered_json failures_view(const std::vector<CaFailure>& failures) {
  auto views = ordered_json::array();
  for (const auto& failure : failures)
    views.push_back(
        {{"ca", failure.ca}, {"times", failure.times}, {"trouble", trouble_view(failure.trouble)}});
  return views;
}

ordered_json or_null(const std::string& text) { return text.empty() ? ordered_json() : ordered_json(text); }

/// What the CA suggests (RFC 9773), and since when it does.
ordered_json renewal_info_view(const SuggestedRenewal& suggested) {
  return {{"window_start", to_rfc3339(suggested.info.window_start)},
          {"window_end", to_rfc3339(suggested.info.window_end)},
          {"renew_at", to_rfc3339(suggested.renew_at)},
          {"explanation_url", or_null(suggested.info.explanation_url)},
          {"seen_at", to_rfc3339(suggested.seen_at)}};
}

/// Only where more than one CA may have: most certificates cost no look.
ordered_json issued_by(Application& app, const Certificate& certificate,
                       const std::optional<Version>& current) {
  if (!current) return nullptr;
  const auto& fallbacks = certificate.spec.fallback_cas.value_or(app.defaults().fallback_cas);
  if (fallbacks.empty()) return certificate.spec.ca;
  const auto order = app.orders().last_issued(certificate.id);
  return order ? ordered_json(order->spec.ca) : ordered_json();
}

/// What the current version vouches for may be less than what is wanted, for the time being.
ordered_json issued_level(Application& app, const Certificate& certificate,
                          const std::optional<Version>& current) {
  if (!current) return nullptr;
  if (!is_enrolled(certificate.spec)) return certificate.spec.level;
  const auto order = app.orders().order_of_version(current->id);
  if (!order) return nullptr;
  if (order->enrollment_id == 0) return order->spec.level;
  const auto enrollment = app.enrollments().show(order->enrollment_id).enrollment;
  const auto* issued = std::get_if<enrollment::Issued>(&enrollment.state);
  return issued != nullptr && issued->level ? ordered_json(to_string(*issued->level)) : ordered_json();
}

}  // namespace

ordered_json trouble_view(const Trouble& trouble) {
  return {{"code", trouble.code},
          {"message", trouble.message()},
          {"hint", trouble.hint},
          {"detail", trouble.detail}};
}

std::string certificate_state(Application& app, const Certificate& certificate,
                              const std::optional<Version>& current) {
  if (current && app.revocations().revocation(current->id)) return "revoked";
  if (current) return app.clock().now() < current->not_after ? "issued" : "expired";
  const auto order = app.orders().last_order(certificate.id);
  if (const auto asked = app.enrollments().last_enrollment(certificate);
      asked && is_enrolled(certificate.spec))
    return std::string(enrollment::shown_state(asked->state, order ? &order->state : nullptr));
  return order ? std::string(name_of(order->state)) : "new";
}

ordered_json served_view(const Served& served) {
  ordered_json view{{"target", served.target}, {"served_fingerprint_sha256", or_null(served.fingerprint)}};
  if (!served.fingerprint.empty()) {
    view["subject"] = served.subject;
    view["issuer"] = served.issuer;
    view["not_after"] = to_rfc3339(served.not_after);
  }
  view["trouble"] = or_null(served.trouble);
  return view;
}

ordered_json deployment_view(const Server& server, const std::optional<Deployment>& deployment) {
  ordered_json view{{"name", server.name},
                    {"state", "none"},
                    {"served_fingerprint_sha256", nullptr},
                    {"verified_at", nullptr}};
  if (!deployment) return view;
  view["state"] = name_of(deployment->state);
  const auto& looked = deployment->after.empty() ? deployment->before : deployment->after;
  for (const auto& served : looked) {
    if (served.fingerprint.empty()) continue;
    view["served_fingerprint_sha256"] = served.fingerprint;
    break;
  }
  if (const auto* verified = std::get_if<Verified>(&deployment->state))
    view["verified_at"] = to_rfc3339(verified->at);
  auto before = ordered_json::array();
  for (const auto& served : deployment->before) before.push_back(served_view(served));
  auto after = ordered_json::array();
  for (const auto& served : deployment->after) after.push_back(served_view(served));
  view["before"] = std::move(before);
  view["after"] = std::move(after);
  const Trouble* cause = nullptr;
  if (const auto* s = std::get_if<RollingBack>(&deployment->state)) cause = &s->cause;
  if (const auto* s = std::get_if<RolledBack>(&deployment->state)) cause = &s->cause;
  if (const auto* s = std::get_if<DeployFailed>(&deployment->state)) cause = &s->cause;
  if (cause != nullptr) view["trouble"] = trouble_view(*cause);
  if (!deployment->hook_output.empty()) view["hook_output"] = deployment->hook_output;
  return view;
}

ordered_json certificate_view(Application& app, const Certificate& certificate) {
  const auto current = app.certificate_store().current(certificate.id);
  ordered_json view{{"label", certificate.spec.label},
                    {"identifiers", names_view(certificate.spec.identifiers)},
                    {"ca", certificate.spec.ca},
                    {"issued_by_ca", issued_by(app, certificate, current)},
                    {"level", certificate.spec.level},
                    {"issued_level", issued_level(app, certificate, current)},
                    {"key_type", to_string(certificate.spec.key_type)},
                    {"key", certificate.spec.csr.empty() ? "own" : "csr"},
                    {"reuse_key", certificate.spec.reuse_key},
                    {"state", certificate_state(app, certificate, current)},
                    {"serial", nullptr},
                    {"fingerprint_sha256", nullptr},
                    {"issuer", nullptr},
                    {"not_before", nullptr},
                    {"not_after", nullptr},
                    {"renew_at", nullptr},
                    {"renewal_info", nullptr}};
  if (current) {
    view["serial"] = current->serial;
    view["fingerprint_sha256"] = current->fingerprint;
    view["issuer"] = current->issuer;
    view["not_before"] = to_rfc3339(current->not_before);
    view["not_after"] = to_rfc3339(current->not_after);
    const auto suggested = app.renewal_infos().suggested(current->id);
    view["renew_at"] = to_rfc3339(renewal_time(*current, suggested, renewal_terms(certificate.spec)));
    if (suggested) view["renewal_info"] = renewal_info_view(*suggested);
  }
  auto servers = ordered_json::array();
  for (const auto& server : app.certificate_store().servers_of(certificate.id)) {
    auto item = deployment_view(server, app.deployments().last_deployment(certificate.id, server.id));
    for (const auto* extra : {"before", "after", "hook_output"}) item.erase(extra);
    servers.push_back(std::move(item));
  }
  view["servers"] = std::move(servers);
  return view;
}

ordered_json version_view(const Version& version, bool current) {
  return {{"number", version.number},
          {"state", version.quarantined ? "quarantined" : (current ? "current" : "superseded")},
          {"serial", version.serial},
          {"fingerprint_sha256", version.fingerprint},
          {"issuer", version.issuer},
          {"not_before", to_rfc3339(version.not_before)},
          {"not_after", to_rfc3339(version.not_after)},
          {"created_at", to_rfc3339(version.created_at)}};
}

ordered_json order_view(const Order& order) {
  ordered_json view{{"id", order.id},
                    {"state", name_of(order.state)},
                    {"reason", order.reason},
                    {"ca", order.spec.ca},
                    {"instead_of", or_null(order.instead_of)},
                    {"failed_cas", failures_view(order.failed_cas)},
                    {"url", or_null(order_url_of(order.state))},
                    {"created_at", to_rfc3339(order.created_at)},
                    {"entered_at", to_rfc3339(order.entered_at)},
                    {"next_at", nullptr},
                    {"attempts", order.attempts},
                    {"profile", or_null(order.profile)},
                    {"trouble", nullptr}};
  if (!is_final(order.state)) view["next_at"] = to_rfc3339(order.wake_at);
  if (order.last_trouble) view["trouble"] = trouble_view(*order.last_trouble);
  return view;
}

ordered_json server_view(Application& app, const Server& server) {
  auto verify = ordered_json::array();
  for (const auto& target : server.verify) verify.push_back(to_string(target));
  std::array<char, 8> mode{};
  if (server.mode) std::snprintf(mode.data(), mode.size(), "%04o", *server.mode & 0777U);
  ordered_json view{{"name", server.name},
                    {"type", server.type},
                    {"files",
                     {{"key", or_null(server.files.key)},
                      {"cert", or_null(server.files.cert)},
                      {"chain", or_null(server.files.chain)},
                      {"fullchain", or_null(server.files.fullchain)},
                      {"combined", or_null(server.files.combined)}}},
                    {"owner", or_null(server.owner)},
                    {"group", or_null(server.group)},
                    {"mode", or_null(mode.data())},
                    {"hook", or_null(server.hook)},
                    {"settings", server.settings},
                    {"verify", std::move(verify)},
                    {"only", server.only ? ordered_json(to_string(*server.only)) : ordered_json()},
                    {"beside", or_null(server.beside)}};
  auto certificates = ordered_json::array();
  for (const auto& [certificate, deployment] : app.servers().certificates_of(server)) {
    auto item = deployment_view(server, deployment);
    item.erase("name");
    ordered_json named{{"label", certificate.spec.label}};
    named.update(item);
    certificates.push_back(std::move(named));
  }
  view["certificates"] = std::move(certificates);
  return view;
}

ordered_json account_view(const Account& account) {
  return {{"ca", account.ca},
          {"name", or_null(account.name)},
          {"directory", account.directory_url},
          {"url", or_null(account.url)},
          {"status", account.status},
          {"contacts", account.contacts},
          {"terms_agreed", or_null(account.terms_agreed)},
          {"key_change_open", !account.next_key_id.empty()},
          {"created_at", to_rfc3339(account.created_at)}};
}

}  // namespace certmgr::cli
