// SPDX-License-Identifier: MIT
#include "cli/server_options.h"

#include "certmgr/domain/file_owner.h"

namespace certmgr::cli {
namespace {

[[noreturn]] void refuse(std::string why, std::string hint) {
  throw Failure({.kind = TroubleKind::usage,
                 .code = "bad_server",
                 .what = "cannot use the server's options",
                 .why = std::move(why),
                 .hint = std::move(hint)});
}

std::optional<std::string> given(const std::string& value) {
  return value.empty() ? std::nullopt : std::optional<std::string>(value);
}

std::optional<unsigned> mode_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return value_or_throw(parse_file_mode(text));
}

std::optional<KeyFamily> family_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto family = parse_key_family(text);
  if (!family) refuse("'" + text + "' is no family of keys", "use --only rsa or --only ecdsa");
  return family;
}

std::map<std::string, std::string> settings_of(const std::vector<std::string>& pairs) {
  std::map<std::string, std::string> settings;
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      refuse("'" + pair + "' is not key=value", "--set key=value");
    settings[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return settings;
}

std::vector<VerifyTarget> targets_of(const std::vector<std::string>& urls) {
  std::vector<VerifyTarget> targets;
  targets.reserve(urls.size());
  for (const auto& url : urls) targets.push_back(value_or_throw(parse_verify_target(url)));
  return targets;
}

/// Fields that a server can do without.
const std::vector<std::string>& clearable() {
  static const std::vector<std::string> fields{"cert", "chain", "combined", "fullchain", "group", "hook",
                                               "mode", "owner", "set",      "verify",    "only",  "beside"};
  return fields;
}

void clear(const std::string& field, ServerChange& change) {
  const std::map<std::string, std::optional<std::string>*> texts{
      {"cert", &change.cert},   {"chain", &change.chain},  {"combined", &change.combined},
      {"group", &change.group}, {"hook", &change.hook},    {"fullchain", &change.fullchain},
      {"owner", &change.owner}, {"beside", &change.beside}};
  if (const auto text = texts.find(field); text != texts.end()) {
    if (text->second->has_value()) refuse("--clear " + field + " and a new value", "give one of the two");
    *text->second = "";
  } else if (field == "mode") {
    if (change.mode) refuse("--clear mode and --mode", "give one of the two");
    change.clear_mode = true;
  } else if (field == "only") {
    if (change.only) refuse("--clear only and --only", "give one of the two");
    change.clear_only = true;
  } else if (field == "verify") {
    if (change.verify) refuse("--clear verify and --verify", "give one of the two");
    change.verify.emplace();
  } else {
    change.clear_settings = true;
  }
}

}  // namespace

void describe_server(CLI::App& command, ServerOptions& options, bool adding) {
  command.add_option("NAME", options.name, "What to call the server")->required();
  auto* type = command.add_option("--type", options.type, "nginx, kamailio or generic");
  if (adding) type->required();
  command.add_option("--key", options.key, "File for the private key")->type_name("PATH");
  command.add_option("--fullchain", options.fullchain, "File for leaf and intermediates (nginx, Kamailio)")
      ->type_name("PATH");
  command.add_option("--cert", options.cert, "File for the leaf alone")->type_name("PATH");
  command.add_option("--chain", options.chain, "File for the intermediates alone")->type_name("PATH");
  command.add_option("--combined", options.combined, "File for key, leaf and intermediates in one")
      ->type_name("PATH");
  command.add_option("--owner", options.owner, "Owner of the files")->type_name("USER:GROUP");
  command.add_option("--mode", options.mode, "Mode of the files, for example 0640")->type_name("OCTAL");
  command.add_option("--hook", options.hook, "Own hook instead of the one for its type")->type_name("PATH");
  command.add_option("--set", options.settings, "Setting for the hook, for example kamcmd_socket=unix:PATH")
      ->take_all()
      ->type_name("KEY=VALUE");
  command
      .add_option("--verify", options.verify,
                  "Listener to prove the certificate at: tls://, https:// or sips://HOST:PORT[?sni=NAME]")
      ->take_all()
      ->type_name("URL");
  command.add_option("--only", options.only, "The files are for rsa (or ecdsa) keys: one certificate of two")
      ->type_name("FAMILY");
  command
      .add_option("--beside", options.beside,
                  "The server that has the other certificate of the two, in the same process")
      ->type_name("NAME");
  if (adding) return;
  command.add_option("--clear", options.clear, "Fields to be as if they had never been given")
      ->delimiter(',')
      ->check(CLI::IsMember(clearable()).description(""))
      ->type_name("FIELD,...");
}

Server new_server(const ServerOptions& options) {
  Server server;
  server.name = options.name;
  server.type = options.type;
  server.files = {options.key, options.cert, options.chain, options.fullchain, options.combined};
  const auto owner = value_or_throw(parse_file_owner(options.owner));
  server.owner = owner.user.value_or("");
  server.group = owner.group.value_or("");
  server.mode = mode_of(options.mode);
  server.hook = options.hook;
  server.settings = settings_of(options.settings);
  server.verify = targets_of(options.verify);
  server.only = family_of(options.only);
  server.beside = options.beside;
  return server;
}

ServerChange change_of(const ServerOptions& options) {
  ServerChange change;
  change.type = given(options.type);
  change.key = given(options.key);
  change.cert = given(options.cert);
  change.chain = given(options.chain);
  change.fullchain = given(options.fullchain);
  change.combined = given(options.combined);
  const auto owner = value_or_throw(parse_file_owner(options.owner));
  change.owner = owner.user;
  change.group = owner.group;
  change.mode = mode_of(options.mode);
  change.hook = given(options.hook);
  change.settings = settings_of(options.settings);
  change.only = family_of(options.only);
  change.beside = given(options.beside);
  if (!options.verify.empty()) change.verify = targets_of(options.verify);
  for (const auto& field : options.clear) clear(field, change);
  return change;
}

}  // namespace certmgr::cli
