// SPDX-License-Identifier: MIT
#include "certmgr/domain/order_wish.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

ordered_json way_view(const ChallengeSettings& way) {
  ordered_json view{{"type", to_string(way.type)}};
  for (const auto& [key, value] :
       {std::pair{"webroot", way.webroot}, std::pair{"listen", way.listen}, std::pair{"dns", way.provider}})
    if (!value.empty()) view[key] = value;
  return view;
}

/// What orders ask the CA for besides the names.
void add_wishes(ordered_json& view, const CertificateSpec& spec) {
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? ordered_json() : ordered_json(text);
  };
  view["profile"] = text_or_null(spec.profile.name);
  view["profile_required"] = !spec.profile.name.empty() && spec.profile.required;
  view["preferred_chain"] = text_or_null(spec.preferred_chain);
  view["ancestor_domain"] = text_or_null(spec.ancestor_domain);
  view["asked_not_before"] = text_or_null(spec.not_before ? to_string(*spec.not_before) : std::string());
  view["asked_not_after"] = text_or_null(spec.not_after ? to_string(*spec.not_after) : std::string());
}

/// "zerossl, then letsencrypt (issued by letsencrypt)"
std::string ca_text(const ordered_json& view) {
  std::string text = view["ca"].get<std::string>();
  for (const auto& ca : view["fallback_cas"]) text += ", then " + ca.get<std::string>();
  if (view["issued_by_ca"].is_string() && view["issued_by_ca"] != view["ca"])
    text += " (issued by " + view["issued_by_ca"].get<std::string>() + ")";
  if (view["issued_level"].is_string() && view["issued_level"] != view["level"])
    text += " (wanted is " + view["level"].get<std::string>() + "; a " +
            view["issued_level"].get<std::string>() + " certificate stands in)";
  return text;
}

std::string text_of(const ordered_json& view) {
  const auto line = [](const std::string& name, const ordered_json& value) {
    return "  " + name + std::string(name.size() < 12 ? 12 - name.size() : 1, ' ') +
           (value.is_null()     ? std::string("-")
            : value.is_string() ? value.get<std::string>()
                                : value.dump()) +
           "\n";
  };
  std::string names;
  for (const auto& name : view["identifiers"]) names += (names.empty() ? "" : ", ") + name.get<std::string>();
  std::string text = view["label"].get<std::string>() + "\n" + line("state", view["state"]) +
                     line("names", names) + line("ca", ca_text(view)) + line("key type", view["key_type"]) +
                     line("issuer", view["issuer"]) + line("serial", view["serial"]) +
                     line("sha256", view["fingerprint_sha256"]) + line("valid from", view["not_before"]) +
                     line("valid until", view["not_after"]) + line("renewal", view["renew_at"]);
  if (const auto& info = view["renewal_info"]; info.is_object()) {
    text += line("suggested", info["window_start"].get<std::string>() + " to " +
                                  info["window_end"].get<std::string>() + " by the CA");
    if (info["explanation_url"].is_string()) text += line("see", info["explanation_url"]);
  }
  for (const auto& [name, key] :
       {std::pair{"profile", "profile"}, std::pair{"chain to", "preferred_chain"},
        std::pair{"ancestor", "ancestor_domain"}, std::pair{"not before", "asked_not_before"},
        std::pair{"not after", "asked_not_after"}})
    if (view[key].is_string()) text += line(name, view[key]);
  if (view["order"].is_object()) {
    text += line("order", view["order"]["state"]);
    for (const auto& failure : view["order"]["failed_cas"])
      text += line("not from", failure["ca"].get<std::string>() + ": " +
                                   failure["trouble"]["message"].get<std::string>());
    if (view["order"]["trouble"].is_object()) text += line("trouble", view["order"]["trouble"]["message"]);
  }
  for (const auto& left : view["proofs_left"])
    text += line("left", left["proof"].get<std::string>() + ": " + left["why"].get<std::string>());
  text += "  servers\n";
  for (const auto& server : view["servers"]) {
    text += "    " + server["name"].get<std::string>() + "  " + server["state"].get<std::string>();
    if (server["verified_at"].is_string()) text += " at " + server["verified_at"].get<std::string>();
    if (server.contains("trouble")) text += ": " + server["trouble"]["message"].get<std::string>();
    text += "\n";
  }
  text += "  versions\n";
  for (const auto& version : view["versions"])
    text += "    " + version["number"].dump() + "  " + version["state"].get<std::string>() + "  " +
            version["not_after"].get<std::string>() + "  " +
            version["fingerprint_sha256"].get<std::string>() +
            (version["revoked_at"].is_null() ? "" : "  revoked " + version["revoked_at"].get<std::string>()) +
            "\n";
  return text;
}

int show(Session& session, const std::string& label) {
  Application& app = session.app();
  const Certificate certificate = app.certificates().existing(label);
  auto view = certificate_view(app, certificate);
  view["created_at"] = to_rfc3339(certificate.created_at);
  const auto& challenge = certificate.spec.challenge;
  view["challenge"] = way_view(challenge);
  view["other_challenges"] = ordered_json::array();
  for (const auto& other : certificate.spec.other_challenges)
    view["other_challenges"].push_back(way_view(other));
  add_wishes(view, certificate.spec);
  view["fallback_cas"] = certificate.spec.fallback_cas.value_or(app.defaults().fallback_cas);
  const auto current = app.certificate_store().current(certificate.id);
  auto versions = ordered_json::array();
  for (const auto& version : app.certificate_store().versions(certificate.id)) {
    auto item = version_view(version, current && current->id == version.id);
    item["revoked_at"] = nullptr;
    item["revocation_reason"] = nullptr;
    if (const auto revocation = app.revocations().revocation(version.id)) {
      item["revoked_at"] = to_rfc3339(revocation->revoked_at);
      if (!revocation->reason.empty()) item["revocation_reason"] = revocation->reason;
    }
    versions.push_back(std::move(item));
  }
  view["versions"] = std::move(versions);
  const auto order = app.orders().last_order(certificate.id);
  view["order"] = order ? order_view(*order) : ordered_json();
  view["proofs_left"] = ordered_json::array();
  for (const auto& unsettled : app.orders().unsettled_orders(certificate.id))
    for (const auto& left : unsettled.leftovers)
      view["proofs_left"].push_back({{"proof", places_of({left})}, {"why", left.why}});
  const std::string text = text_of(view);
  session.output.result({{"certificate", std::move(view)}}, text);
  return kDone;
}

}  // namespace

void add_show(CLI::App& parent, Action& chosen) {
  auto label = std::make_shared<std::string>();
  auto* command = parent.add_subcommand("show", "Show one certificate with its versions and servers");
  command->add_option("LABEL", *label, "Certificate")->required();
  command->callback(
      [label, &chosen] { chosen = [label](Session& session) { return show(session, *label); }; });
}

}  // namespace certmgr::cli
