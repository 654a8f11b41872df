// SPDX-License-Identifier: MIT
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/terminal_progress.h"
#include "cli/terms.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

struct Options {
  std::vector<std::string> names;
  std::string ca, challenge;
  bool subdomains = false;
  int timeout_s = 300;
};

std::optional<std::string> given(const std::string& value) {
  return value.empty() ? std::nullopt : std::optional<std::string>(value);
}

Preauthorization authorize_one(Session& session, const AuthorizeRequest& request) {
  TerminalProgress progress(session.output);
  return session.app_to_add().authorization_desk().authorize(request, progress);
}

Preauthorization authorize_or_ask(Session& session, const AuthorizeRequest& request) {
  try {
    return authorize_one(session, request);
  } catch (const Failure& failure) {
    if (!agreed_on_terminal(session, failure.trouble())) throw;
  }
  return authorize_one(session, request);
}

ordered_json view_of(const Preauthorization& authorization) {
  ordered_json view{{"name", authorization.identifier().value}, {"ca", authorization.spec.ca},
                    {"state", to_string(authorization.state)},  {"url", authorization.url},
                    {"subdomains", authorization.subdomains},   {"expires", nullptr}};
  if (authorization.expires) view["expires"] = to_rfc3339(*authorization.expires);
  return view;
}

int authorize(Session& session, const Options& options) {
  AuthorizeRequest request;
  request.ca = given(options.ca);
  request.subdomains = options.subdomains;
  request.timeout = std::chrono::seconds(options.timeout_s);
  if (!options.challenge.empty()) {
    const auto type = parse_challenge_type(options.challenge);
    if (!type)
      throw Failure({.kind = TroubleKind::usage,
                     .code = "unknown_challenge",
                     .what = "cannot prove control",
                     .why = "'" + options.challenge + "' is no challenge type",
                     .hint = "use one of " + known_challenge_types()});
    request.challenge = session.app_to_add().defaults().way(*type);
  }
  auto views = ordered_json::array();
  std::string text;
  for (const auto& name : options.names) {
    request.name = name;
    const auto authorization = authorize_or_ask(session, request);
    auto view = view_of(authorization);
    text += authorization.identifier().value + ": control is proven" +
            (view["expires"].is_null() ? "" : " until " + view["expires"].get<std::string>()) + "\n";
    views.push_back(std::move(view));
  }
  session.output.result({{"authorizations", std::move(views)}}, text);
  return kDone;
}

int deauthorize(Session& session, const Options& options) {
  auto views = ordered_json::array();
  std::string text;
  for (const auto& name : options.names) {
    const auto urls = session.app().authorization_desk().deauthorize(name, given(options.ca));
    text += name + ": " +
            (urls.empty() ? std::string("no valid authorization is known")
                          : std::to_string(urls.size()) + " deactivated") +
            "\n";
    views.push_back({{"name", name}, {"deactivated", urls}});
  }
  session.output.result({{"names", std::move(views)}}, text);
  return kDone;
}

}  // namespace

void add_authorize(CLI::App& parent, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* prove = parent.add_subcommand("authorize", "Prove control of names before anything is ordered");
  prove->add_option("NAME", options->names, "Host names")->required();
  prove->add_option("--ca", options->ca, "Configured or built-in CA");
  prove->add_option("--challenge", options->challenge, "How to prove control: " + known_challenge_types());
  prove->add_flag("--subdomains", options->subdomains, "Also for the names below (RFC 9444)");
  prove->add_option("--timeout", options->timeout_s, "Seconds to wait for the CA")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  prove->callback(
      [options, &chosen] { chosen = [options](Session& session) { return authorize(session, *options); }; });
  auto* give_back = parent.add_subcommand("deauthorize", "Give back what the CA holds as proven for names");
  give_back->add_option("NAME", options->names, "Host names")->required();
  give_back->add_option("--ca", options->ca, "Configured or built-in CA");
  give_back->callback([options, &chosen] {
    chosen = [options](Session& session) { return deauthorize(session, *options); };
  });
}

}  // namespace certmgr::cli
