// SPDX-License-Identifier: MIT
#include <algorithm>

#include "answers/text_table.h"
#include "certmgr/domain/ca_level.h"
#include "certmgr/domain/nearest.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

ordered_json or_null(const std::string& text) { return text.empty() ? ordered_json() : ordered_json(text); }

ordered_json levels_view(const CaEntry& ca) {
  auto levels = ordered_json::array();
  for (const auto level : ca.levels) levels.push_back(to_string(level));
  return levels;
}

ordered_json entry_view(const CaEntry& ca, const std::string& default_ca) {
  return {{"name", ca.name},
          {"directory", ca.directory},
          {"built_in", ca.built_in},
          {"default", ca.name == default_ca},
          {"levels", levels_view(ca)},
          {"profile", or_null(ca.profile.name)},
          {"profile_required", !ca.profile.name.empty() && ca.profile.required},
          {"preferred_chain", or_null(ca.preferred_chain)}};
}

int list(Session& session) {
  Application& app = session.app();
  auto views = ordered_json::array();
  answers::TextTable table({"CA", "DIRECTORY", "LEVELS", "PROFILE"});
  for (const auto& ca : app.known_cas()) {
    const bool is_default = ca.name == app.defaults().ca;
    table.add({ca.name + (is_default ? " (default)" : ""), ca.directory, level_words(ca.levels),
               ca.profile.name.empty() ? "-" : ca.profile.name});
    views.push_back(entry_view(ca, app.defaults().ca));
  }
  session.output.result({{"cas", std::move(views)}}, table.text());
  return kDone;
}

CaEntry known(Application& app, const std::string& name) {
  const auto cas = app.known_cas();
  const auto found = std::find_if(cas.begin(), cas.end(), [&](const CaEntry& ca) { return ca.name == name; });
  if (found != cas.end()) return *found;
  std::vector<std::string> names;
  names.reserve(cas.size());
  for (const auto& ca : cas) names.push_back(ca.name);
  const auto near = nearest(name, names);
  throw Failure({.kind = TroubleKind::usage,
                 .code = "unknown_ca",
                 .what = "there is no CA '" + name + "'",
                 .why = "'certmgr ca list' shows those there are",
                 .hint = near ? "did you mean '" + *near + "'?"
                              : "add [ca." + name + "] with its directory URL to the configuration"});
}

void add_offers(ordered_json& view, const CaMeta& meta) {
  view["terms_of_service"] = or_null(meta.terms_of_service);
  view["website"] = or_null(meta.website);
  view["external_account_required"] = meta.external_account_required;
  auto profiles = ordered_json::array();
  for (const auto& [name, description] : meta.profiles)
    profiles.push_back({{"name", name}, {"description", description}});
  view["profiles"] = std::move(profiles);
  view["renewal_info"] = meta.renewal_info;
  view["auto_renewal"] = nullptr;
  if (meta.auto_renewal)
    view["auto_renewal"] = {
        {"min_lifetime_s", std::chrono::floor<std::chrono::seconds>(meta.auto_renewal->min_lifetime).count()},
        {"max_duration_s", std::chrono::floor<std::chrono::seconds>(meta.auto_renewal->max_duration).count()},
        {"used", false}};
}

std::string text_of(const CaEntry& ca, const CaMeta& meta) {
  const auto line = [](const std::string& name, const std::string& value) {
    return "  " + name + std::string(name.size() < 18 ? 18 - name.size() : 1, ' ') +
           (value.empty() ? "-" : value) + "\n";
  };
  std::string text = ca.name + "\n" + line("directory", ca.directory) +
                     line("levels", level_words(ca.levels)) + line("website", meta.website) +
                     line("terms of service", meta.terms_of_service) +
                     line("external account", meta.external_account_required ? "required" : "not needed") +
                     line("renewal info", meta.renewal_info ? "offered" : "not offered");
  if (meta.auto_renewal)
    text += line("auto-renewal", "offered (RFC 8739); not supported here: certmgr renews by itself");
  if (meta.profiles.empty()) return text + line("profiles", "none offered");
  text += "  profiles\n";
  for (const auto& [name, description] : meta.profiles) {
    text.append("    ").append(name);
    if (name == ca.profile.name) text += " (configured)";
    text.append("  ").append(description).append("\n");
  }
  return text;
}

int show(Session& session, const std::string& named) {
  Application& app = session.app();
  const CaEntry ca = known(app, named.empty() ? app.defaults().ca : named);
  const CaMeta meta = value_or_throw(app.public_ca().meta(ca.name));
  auto view = entry_view(ca, app.defaults().ca);
  add_offers(view, meta);
  session.output.result({{"ca", std::move(view)}}, text_of(ca, meta));
  return kDone;
}

}  // namespace

void add_ca(CLI::App& parent, Action& chosen) {
  auto* group = parent.add_subcommand("ca", "CAs and what they offer");
  group->require_subcommand(1);
  group->add_subcommand("list", "List the CAs that are built in, configured or declared")
      ->callback([&chosen] { chosen = list; });
  auto ca = std::make_shared<std::string>();
  auto* command = group->add_subcommand("show", "Ask a CA what it offers: profiles, renewal information");
  command->add_option("CA", *ca, "Name of the CA (default: the default CA)");
  command->callback([ca, &chosen] { chosen = [ca](Session& session) { return show(session, *ca); }; });
}

}  // namespace certmgr::cli
