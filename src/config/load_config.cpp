// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "certmgr/domain/ca_level.h"
#include "certmgr/domain/nearest.h"
#include "config/ca_config.h"
#include "config/challenge_config.h"
#include "config/config.h"
#include "config/daemon_config.h"
#include "config/dns_config.h"
#include "config/enrollment_config.h"
#include "config/notify_config.h"
#include "config/preflight_config.h"
#include "config/table_reader.h"
#include "config/text_file.h"
#include "config/token_config.h"
#include "config/web_config.h"

namespace certmgr::config {
namespace {

void read_store(const toml::table& table, const std::string& path, Config& config) {
  TableReader reader(table, "store", path);
  if (auto store = reader.text("path")) config.store_path = *store;
  if (config.store_path.empty()) reader.refuse("path", "is empty", "name the store's file");
  reader.finish();
}

void read_keys(const toml::table& table, const std::string& path, Config& config) {
  TableReader reader(table, "keys", path);
  if (auto encryption = reader.text("encryption")) config.encryption = *encryption;
  const bool file = config.encryption.starts_with("file:/");
  const bool credential = config.encryption.starts_with("credential:") && config.encryption.size() > 11;
  if (!file && !credential && config.encryption != "none")
    reader.refuse("encryption", "is none of file:/PATH, credential:NAME and none",
                  "encryption = \"file:/etc/certmgr/store.key\"");
  reader.finish();
}

void read_defaults(const toml::table& table, const std::string& path, Config& config) {
  TableReader reader(table, "defaults", path);
  if (auto ca = reader.text("ca")) config.default_ca = *ca;
  if (const auto challenge = reader.text("challenge")) {
    const auto type = parse_challenge_type(*challenge);
    if (!type) reader.refuse("challenge", "is no challenge type", "use one of " + known_challenge_types());
    config.challenge.type = *type;
    config.challenge_named = true;
  }
  if (auto type = reader.key_type("key_type")) config.key_type = *type;
  if (auto type = reader.key_type("account_key_type")) config.account_key_type = *type;
  if (auto email = reader.text("email")) config.email = *email;
  if (auto agreed = reader.flag("agree_tos")) config.agree_tos = *agreed;
  config.fallback_cas = reader.texts("fallback_cas");
  reader.finish();
}

/// Found out when the first CA fails, it would be too late.
void refuse_unknown_fallback(const std::string& ca, const toml::table& defaults, const Config& config,
                             const std::string& path) {
  std::vector<std::string> known;
  for (const auto& entry : config.cas) {
    if (entry.name == ca) return;
    known.push_back(entry.name);
  }
  const auto near = nearest(ca, known);
  TableReader(defaults, "defaults", path)
      .refuse("fallback_cas", "names '" + ca + "', which is no CA of this file and none built in",
              near ? "did you mean '" + *near + "'?" : "add [ca." + ca + "] with its directory URL");
}

/// About OV and EV people decide, CA by CA.
void refuse_fallback_of_level(const std::string& ca, const toml::table& table, const Config& config,
                              const std::string& path) {
  for (const auto& entry : config.cas) {
    if (entry.name != ca || offers(entry, CertificateLevel::dv)) continue;
    TableReader(table, "defaults", path)
        .refuse("fallback_cas", "names '" + ca + "', which is for " + level_words(entry.levels) + " alone",
                "name CAs where dv can be ordered");
  }
}

/// A table of a built-in CA adds to it.
void take_ca(const CaEntry& entry, Config& config) {
  const auto known = std::find_if(config.cas.begin(), config.cas.end(),
                                  [&](const CaEntry& e) { return e.name == entry.name; });
  if (known != config.cas.end())
    *known = entry;
  else
    config.cas.push_back(entry);
}

void read_deploy(const toml::table& table, const std::string& path, Config& config) {
  TableReader reader(table, "deploy", path);
  if (auto seconds = reader.number("hook_timeout", 1, 3600))
    config.hook_timeout = std::chrono::seconds(*seconds);
  if (auto seconds = reader.number("verify_timeout", 1, 600))
    config.verify_timeout = std::chrono::seconds(*seconds);
  if (auto seal = reader.text("seal")) config.seal = *seal;
  if (!config.seal.empty() && !config.seal.starts_with("file:/"))
    reader.refuse("seal", "is not file:/PATH", "seal = \"file:/etc/certmgr/deploy.key\"");
  reader.finish();
}

/// What is tried first: what [defaults] names, else what is configured, else our own listener on port 80.
void settle_challenge(Config& config) {
  const auto is_first = [&](const ChallengeSettings& way) { return way.type == config.challenge.type; };
  const auto found = std::find_if(config.ways.begin(), config.ways.end(), is_first);
  if (found != config.ways.end())
    config.challenge = *found;
  else if (config.challenge_named || config.ways.empty())
    config.challenge = usual_way(config.challenge.type);
  else
    config.challenge = config.ways.front();
}

Config read(const toml::table& root, const std::string& path) {
  Config config;
  const auto builtin = builtin_cas();
  config.cas = builtin;
  TableReader reader(root, "", path);
  if (const auto* table = reader.table("store")) read_store(*table, path, config);
  if (const auto* table = reader.table("keys")) read_keys(*table, path, config);
  if (const auto* table = reader.table("defaults")) read_defaults(*table, path, config);
  if (const auto* cas = reader.table("ca")) {
    for (const auto& [key, node] : *cas) {
      static_cast<void>(node);
      for (const auto& entry : read_ca(*cas, std::string(key.str()), {path}, builtin)) take_ca(entry, config);
    }
  }
  for (const auto& ca : config.fallback_cas) {
    refuse_unknown_fallback(ca, *reader.table("defaults"), config, path);
    refuse_fallback_of_level(ca, *reader.table("defaults"), config, path);
  }
  // Before the challenges, which name one of them.
  if (const auto* table = reader.table("dns")) config.dns = read_dns(*table, Source{path});
  if (const auto* table = reader.table("challenge")) {
    auto read = read_challenges(*table, config.dns, {path});
    config.ways = std::move(read.ways);
    config.dns01 = std::move(read.dns01);
  }
  settle_challenge(config);
  if (const auto* table = reader.table("deploy")) read_deploy(*table, path, config);
  if (const auto* table = reader.table("daemon")) config.daemon = read_daemon(*table, path);
  if (const auto* table = reader.table("web")) config.web = read_web(*table, path);
  if (const auto* table = reader.table("preflight")) config.preflight = read_preflight(*table, path);
  if (const auto* table = reader.table("pkcs11")) config.token = read_token(*table, path);
  config.enrollment = usual_enrollment();
  if (const auto* table = reader.table("enrollment")) read_enrollment(*table, path, config.enrollment);
  if (const auto* table = reader.table("roles")) config.enrollment.roles = read_roles(*table, path);
  if (const auto* table = reader.table("notify")) config.notify = read_notify(*table, Source{path});
  reader.finish();
  return config;
}

}  // namespace

Result<Config> parse(const std::string& text, const std::string& path) {
  try {
    return read(toml::parse(text, path), path);
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    return fail({.kind = TroubleKind::configuration,
                 .code = "bad_configuration",
                 .what = "cannot read the configuration at " + path + ":" + std::to_string(at.line) + ":" +
                         std::to_string(at.column),
                 .why = std::string(error.description()),
                 .hint = "the file is TOML: texts stand in double quotes, tables in [brackets]"});
  } catch (const Failure& failure) {
    return fail(failure.trouble());
  }
}

Result<Config> load(const std::string& path, bool must_exist) {
  const auto text = read_text(path);
  if (text) return parse(*text, path);
  if (!must_exist && text.error() == ENOENT) return parse("", path);
  return fail({.kind = TroubleKind::configuration,
               .code = "no_configuration",
               .what = "cannot read the configuration " + path,
               .why = std::strerror(text.error()),
               .hint = "name another file with --config FILE or $CERTMGR_CONFIG"});
}

}  // namespace certmgr::config
