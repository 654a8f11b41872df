// SPDX-License-Identifier: MIT
#include "answers/certificate_ask.h"
#include "certmgr/domain/token_key.h"
#include "cli/command.h"
#include "cli/issue_dry_run.h"
#include "cli/report.h"
#include "cli/request_file.h"
#include "cli/terminal_progress.h"
#include "cli/terms.h"

namespace certmgr::cli {
namespace {

/// A variable of a script that is not set must not mean an order with a key of our own.
std::string refuse_empty(const std::string& value) { return value.empty() ? "it is empty" : ""; }

struct Options {
  answers::CertificateAsk wanted;
  std::string challenge, webroot, http_listen, tls_listen, dns, csr, key, email, socket;
  std::optional<std::string> ancestor_domain;  // an empty text takes away what the certificate had
  std::vector<std::string> servers;
  std::vector<std::string> fallback_cas;
  bool no_deploy = false;
  bool wait = true;
  bool agree_tos = false;
  bool no_preflight = false;
  bool dry_run = false;
  int timeout_s = 300;
  bool timeout_given = false;
};

[[noreturn]] void refuse(std::string code, std::string why, std::string hint) {
  throw Failure({.kind = TroubleKind::usage,
                 .code = std::move(code),
                 .what = "cannot issue",
                 .why = std::move(why),
                 .hint = std::move(hint)});
}

ChallengeType type_of(const Options& options) {
  const auto named = parse_challenge_type(options.challenge);
  if (!options.challenge.empty() && !named)
    refuse("unknown_challenge", "'" + options.challenge + "' is no challenge type",
           "use one of " + known_challenge_types());
  if (!options.webroot.empty() && !options.http_listen.empty())
    refuse("two_solvers", "--webroot and --http-listen exclude each other",
           "--webroot if a web server runs on port 80 of this host, --http-listen if none does");
  if (!options.webroot.empty() && options.webroot.front() != '/')
    refuse("bad_webroot", "'" + options.webroot + "' is not an absolute path", "--webroot /var/www/html");
  const bool http = !options.webroot.empty() || !options.http_listen.empty();
  const int kinds = (http ? 1 : 0) + (options.tls_listen.empty() ? 0 : 1) + (options.dns.empty() ? 0 : 1);
  if (kinds > 1)
    refuse("two_solvers", "the options are for different challenge types",
           "--webroot or --http-listen for http-01, --tls-listen for tls-alpn-01, --dns for dns-01");
  const ChallengeType implied = !options.dns.empty()          ? ChallengeType::dns_01
                                : !options.tls_listen.empty() ? ChallengeType::tls_alpn_01
                                                              : ChallengeType::http_01;
  if (!named || kinds == 0) return named.value_or(implied);
  const bool fits = *named == implied || (*named == ChallengeType::dns_account_01 && !options.dns.empty());
  if (!fits)
    refuse("two_solvers", "the options do not belong to " + options.challenge,
           "--webroot or --http-listen for http-01, --tls-listen for tls-alpn-01, --dns for dns-01 and "
           "dns-account-01");
  return *named;
}

/// The way of proof the options ask for; nothing: they say nothing about it.
std::optional<ChallengeSettings> challenge_of(const Options& options, const IssueDefaults& defaults) {
  const ChallengeType type = type_of(options);
  if (!options.webroot.empty()) return ChallengeSettings{type, options.webroot, ""};
  if (!options.http_listen.empty()) return ChallengeSettings{type, "", options.http_listen};
  if (!options.tls_listen.empty()) return ChallengeSettings{type, "", options.tls_listen};
  if (!options.dns.empty()) return ChallengeSettings{type, "", "", options.dns};
  if (options.challenge.empty()) return std::nullopt;
  return defaults.way(type);
}

/// "none" alone stands for an empty list; nothing: the options say nothing about it.
std::optional<std::vector<std::string>> fallbacks_of(const Options& options) {
  if (options.fallback_cas.empty()) return std::nullopt;
  if (options.fallback_cas == std::vector<std::string>{"none"}) return std::vector<std::string>{};
  return options.fallback_cas;
}

/// The key comes from one place.
void refuse_two_keys(const Options& options) {
  const bool of_ours = !options.wanted.key_type.empty() || options.wanted.reuse_key;
  if (!options.csr.empty() && of_ours)
    refuse("two_keys", "--csr excludes --key-type and --reuse-key: the request holds the key",
           "leave them away");
  if (!options.key.empty() && (of_ours || !options.csr.empty()))
    refuse("two_keys", "--key excludes --csr, --key-type and --reuse-key: the token holds the key",
           "leave them away");
}

/// The request that was made elsewhere, or one made now with a key in a token; nothing: a key of our own.
std::optional<ForeignRequest> request_of(const Options& options, Application& app) {
  if (!options.csr.empty())
    return value_or_throw(app.keyring().read_request(value_or_throw(read_request_file(options.csr))));
  if (options.key.empty()) return std::nullopt;
  const auto key = value_or_throw(parse_token_key(options.key));
  // In one order, however they were typed: the request of the same command again is then the same.
  const auto names = canonical(app.certificates().identifiers(options.wanted.names));
  const auto der = value_or_throw(app.token_keys().certificate_request(key, names));
  return value_or_throw(app.keyring().read_request({reinterpret_cast<const char*>(der.data()), der.size()}));
}

/// What belongs to the host is decided by whoever has its store.
void refuse_at_the_door(const Options& options) {
  const struct {
    const char* option;
    bool given;
  } table[] = {{"--challenge", !options.challenge.empty()},
               {"--webroot", !options.webroot.empty()},
               {"--http-listen", !options.http_listen.empty()},
               {"--tls-listen", !options.tls_listen.empty()},
               {"--dns", !options.dns.empty()},
               {"--ancestor-domain", options.ancestor_domain.has_value()},
               {"--csr", !options.csr.empty()},
               {"--key", !options.key.empty()},
               {"--email", !options.email.empty()},
               {"--agree-tos", options.agree_tos},
               {"--server", !options.servers.empty()},
               {"--no-deploy", options.no_deploy},
               {"--fallback-ca", !options.fallback_cas.empty()},
               {"--dry-run", options.dry_run},
               {"--timeout", options.timeout_given},
               {"--no-preflight", options.no_preflight}};
  for (const auto& row : table)
    if (row.given)
      refuse("not_at_the_door",
             std::string(row.option) + " is for those who have the store, which is closed to you",
             "leave it away: what is configured counts, nobody waits for the CA, and servers are added later "
             "with "
             "'certmgr deploy'");
}

/// Where the store is closed to this user, and the configuration names the daemon's socket.
bool has_a_door(const Session& session) {
  try {
    return session.enrollment_door({}) != nullptr;
  } catch (const Failure&) {
    return false;  // the store itself says what is wrong
  }
}

/// Whoever has no way to the store asks the daemon, about what people decide.
std::optional<int> requested_at_the_door(Session& session, const Options& options) {
  const auto& level = options.wanted.level;
  if (level.empty() || level == "dv") {
    if (!options.socket.empty())
      refuse("level_missing", "the daemon's socket is for certificates that people decide about",
             "add --level ov or --level ev, or leave --socket away");
    if (has_a_door(session))
      refuse("level_missing",
             "the store is closed to you, and the daemon takes requests for certificates that people decide "
             "about",
             "add --level ov or --level ev, and --organization; or have root do it");
    return std::nullopt;
  }
  const auto door = session.enrollment_door(options.socket);
  if (!door) return std::nullopt;
  refuse_at_the_door(options);
  return tell(session, door->request(options.wanted));
}

int issue(Session& session, const Options& options) {
  if (const auto code = requested_at_the_door(session, options)) return *code;
  IssueRequest request = answers::request_of(options.wanted);
  request.ancestor_domain = options.ancestor_domain;
  request.fallback_cas = fallbacks_of(options);
  request.servers = options.servers;
  request.deploy = !options.no_deploy;
  request.wait = options.wait;
  request.preflight = !options.no_preflight;
  request.timeout = std::chrono::seconds(options.timeout_s);
  const auto key_types = answers::key_types_of(options.wanted.key_type);
  refuse_two_keys(options);
  if (options.wanted.names.empty() && options.csr.empty())
    refuse("no_names", "no name was given", "certmgr issue NAME..., such as pbx.example.com");
  if (options.email.find_first_of(" \t\r\n,?") != std::string::npos)
    refuse("bad_email", "'" + options.email + "' is not an e-mail address", "--email admin@example.com");
  Application& app = options.dry_run ? session.app_to_look() : session.app_to_add();
  request.challenge = challenge_of(options, app.defaults());
  request.csr = request_of(options, app);
  request.by = [&app] { return app.actor(); };
  const auto& level = options.wanted.level;
  if (options.dry_run && !level.empty() && level != "dv")
    refuse("dry_run_level", "--dry-run is not for level " + level + ", which people decide about",
           "rehearse it as dv: leave --level and --organization away");
  if (options.dry_run) return dry_run(session, request, {options.agree_tos, options.email});
  if (options.agree_tos) app.account_desk().agree(true);
  if (!options.email.empty()) app.account_desk().set_contacts({"mailto:" + options.email});
  const auto obtain = [&] {
    TerminalProgress progress(session.output);
    if (key_types.size() == 2)
      return app.certificates().issue_both(request, key_types[0], key_types[1], progress);
    return std::vector<IssueReport>{app.certificates().issue(request, progress)};
  };
  auto reports = obtain();
  const auto& first = reports.front();
  if (first.trouble && agreed_on_terminal(session, *first.trouble)) reports = obtain();
  return reports.size() == 1 ? tell(session, reports.front()) : tell_all(session, reports);
}

void add_wishes(CLI::App& command, Options& options) {
  command.add_option("--level", options.wanted.level, "Whom it is to vouch for: dv (nobody), ov or ev")
      ->check(CLI::IsMember({"dv", "ov", "ev"}))
      ->type_name("WORD");
  command
      .add_option(
          "--socket", options.socket,
          "Request it from the daemon behind this socket (default: [web] socket, for OV and EV, where "
          "the store is closed to you)")
      ->type_name("PATH");
  command
      .add_option("--organization", options.wanted.organization,
                  "The organization of an OV or EV certificate")
      ->type_name("NAME");
  auto* profile =
      command.add_option("--profile", options.wanted.profile,
                         "Profile of the CA that it must be (see 'certmgr ca show'); '' for none");
  profile->type_name("NAME");
  command
      .add_option("--preferred-profile", options.wanted.preferred_profile,
                  "The same, but without it where the CA does not offer it")
      ->type_name("NAME")
      ->excludes(profile);
  command
      .add_option("--preferred-chain", options.wanted.preferred_chain,
                  "Common name or SHA-256 of the root the chain is to lead to; '' for the CA's own choice")
      ->type_name("ROOT");
  command
      .add_option("--not-before", options.wanted.not_before,
                  "Ask for a validity from then on, as 2h after the order or as 2027-01-31T12:00:00Z")
      ->type_name("WHEN");
  command
      .add_option("--ancestor-domain", options.ancestor_domain,
                  "Offer to prove control of this domain for the names below it; '' to take that back")
      ->type_name("DOMAIN");
  command
      .add_option("--not-after", options.wanted.not_after,
                  "Ask for a validity until then, as 30d after the order")
      ->type_name("WHEN");
}

}  // namespace

void add_issue(CLI::App& parent, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command =
      parent.add_subcommand("issue", "Obtain a certificate, store it, deploy it and prove that it is served");
  command->add_option("NAME", options->wanted.names,
                      "Host names; the first one is the label. With --csr: those of the request");
  command->add_option("--label", options->wanted.label,
                      "What to call the certificate (default: the first name)");
  command->add_option("--ca", options->wanted.ca, "Configured or built-in CA");
  command
      ->add_option("--fallback-ca", options->fallback_cas,
                   "CA to ask if that one gives no certificate (several times for several), or none")
      ->take_all()
      ->type_name("CA");
  command->add_option("--challenge", options->challenge, "How to prove control: " + known_challenge_types());
  command->add_option("--webroot", options->webroot, "Folder that a running web server publishes on port 80")
      ->type_name("DIR");
  command
      ->add_option("--http-listen", options->http_listen, "Address of our own listener, for example [::]:80")
      ->type_name("ADDR:PORT");
  command
      ->add_option("--tls-listen", options->tls_listen,
                   "Address of our own listener for tls-alpn-01, for example [::]:443")
      ->type_name("ADDR:PORT");
  command->add_option("--dns", options->dns, "DNS provider: the NAME of a [dns.NAME] of the configuration")
      ->type_name("PROVIDER");
  command->add_option("--key-type", options->wanted.key_type,
                      "ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072, rsa-4096; ECDSA,RSA for both");
  auto* reuse = command->add_flag_callback(
      "--reuse-key", [options] { options->wanted.reuse_key = true; }, "Renewals keep the key");
  command
      ->add_flag_callback(
          "--new-key", [options] { options->wanted.reuse_key = false; },
          "Renewals make a new key, as by default")
      ->excludes(reuse);
  command
      ->add_option("--csr", options->csr,
                   "A signing request (PEM or DER) made with a key that stays elsewhere")
      ->check(refuse_empty)
      ->type_name("FILE");
  command
      ->add_option("--key", options->key,
                   "A key in a PKCS#11 token (RFC 7512), which signs the request: pkcs11:token=T;object=O")
      ->check(refuse_empty)
      ->type_name("URI");
  add_wishes(*command, *options);
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
  auto* unseen = command->add_flag("--no-preflight", options->no_preflight,
                                   "Order without a look at CAA records, addresses, port and clock");
  command
      ->add_flag("--dry-run", options->dry_run,
                 "Check, and order from the CA's staging service; store and deploy nothing")
      ->excludes(unseen);
  auto* timeout = command->add_option("--timeout", options->timeout_s, "Seconds to wait for the CA")
                      ->check(CLI::Range(1, 86400))
                      ->capture_default_str();
  command->callback([options, timeout, &chosen] {
    options->timeout_given = timeout->count() > 0;
    chosen = [options](Session& session) { return issue(session, *options); };
  });
}

}  // namespace certmgr::cli
