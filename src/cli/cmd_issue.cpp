// SPDX-License-Identifier: MIT
#include "cli/command.h"
#include "cli/report.h"
#include "cli/terminal_progress.h"

namespace certmgr::cli {
namespace {

struct Options {
  std::vector<std::string> names;
  std::string label, ca, challenge, webroot, http_listen, key_type, email;
  std::vector<std::string> servers;
  bool no_deploy = false;
  bool wait = true;
  bool agree_tos = false;
  int timeout_s = 300;
};

[[noreturn]] void refuse(std::string code, std::string why, std::string hint) {
  throw Failure({.kind = TroubleKind::usage,
                 .code = std::move(code),
                 .what = "cannot issue",
                 .why = std::move(why),
                 .hint = std::move(hint)});
}

std::optional<std::string> given(const std::string& value) {
  return value.empty() ? std::nullopt : std::optional<std::string>(value);
}

std::optional<ChallengeSettings> challenge_of(const Options& options, const IssueDefaults& defaults) {
  if (!options.challenge.empty() && !parse_challenge_type(options.challenge))
    refuse("unknown_challenge", "'" + options.challenge + "' is a challenge this version cannot answer",
           "use --challenge http-01");
  if (!options.webroot.empty() && !options.http_listen.empty())
    refuse("two_solvers", "--webroot and --http-listen exclude each other",
           "--webroot if a web server runs on port 80 of this host, --http-listen if none does");
  if (!options.webroot.empty() && options.webroot.front() != '/')
    refuse("bad_webroot", "'" + options.webroot + "' is not an absolute path", "--webroot /var/www/html");
  if (!options.webroot.empty()) return ChallengeSettings{ChallengeType::http_01, options.webroot, ""};
  if (!options.http_listen.empty()) return ChallengeSettings{ChallengeType::http_01, "", options.http_listen};
  if (!options.challenge.empty()) return defaults.challenge;
  return std::nullopt;
}

int issue(Session& session, const Options& options) {
  IssueRequest request;
  request.names = options.names;
  request.label = given(options.label);
  request.ca = given(options.ca);
  request.servers = options.servers;
  request.deploy = !options.no_deploy;
  request.wait = options.wait;
  request.timeout = std::chrono::seconds(options.timeout_s);
  if (!options.key_type.empty()) {
    request.key_type = parse_key_type(options.key_type);
    if (!request.key_type)
      refuse("unknown_key_type", "'" + options.key_type + "' is not a key type",
             "use ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072 or rsa-4096");
  }
  if (options.email.find_first_of(" \t\r\n,?") != std::string::npos)
    refuse("bad_email", "'" + options.email + "' is not an e-mail address", "--email admin@example.com");
  Application& app = session.app();
  request.challenge = challenge_of(options, app.defaults());
  if (options.agree_tos) app.account_desk().agree(true);
  if (!options.email.empty()) app.account_desk().set_contacts({"mailto:" + options.email});
  IssueReport report;
  {
    TerminalProgress progress(session.output);
    report = app.certificates().issue(request, progress);
  }
  return tell(session, report);
}

}  // namespace

void add_issue(CLI::App& parent, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command =
      parent.add_subcommand("issue", "Obtain a certificate, store it, deploy it and prove that it is served");
  command->add_option("NAME", options->names, "Host names; the first one is the label")->required();
  command->add_option("--label", options->label, "What to call the certificate (default: the first name)");
  command->add_option("--ca", options->ca, "Configured or built-in CA");
  command->add_option("--challenge", options->challenge, "How to prove control: http-01");
  command->add_option("--webroot", options->webroot, "Folder that a running web server publishes on port 80")
      ->type_name("DIR");
  command
      ->add_option("--http-listen", options->http_listen, "Address of our own listener, for example [::]:80")
      ->type_name("ADDR:PORT");
  command->add_option("--key-type", options->key_type,
                      "ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072, rsa-4096");
  command
      ->add_option("--server", options->servers,
                   "Deploy to this registered server (several times for several)")
      ->take_all()
      ->type_name("NAME");
  command->add_flag("--no-deploy", options->no_deploy, "Store only, even if the certificate has servers");
  command->add_option("--email", options->email, "Contact for a new account at the CA");
  command->add_flag("--agree-tos", options->agree_tos, "Agree to the CA's terms of service");
  command->add_flag("--wait,!--no-wait", options->wait,
                    "Wait for the CA, or leave it to the daemon (exit 4)");
  command->add_option("--timeout", options->timeout_s, "Seconds to wait for the CA")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  command->callback(
      [options, &chosen] { chosen = [options](Session& session) { return issue(session, *options); }; });
}

}  // namespace certmgr::cli
