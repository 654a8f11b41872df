// SPDX-License-Identifier: MIT
#include "config/dns_config.h"

#include <algorithm>

#include "certmgr/domain/identifier.h"
#include "certmgr/domain/notify_channel.h"
#include "config/suggestion.h"

namespace certmgr::config {
namespace {

const std::vector<std::string> kTypes = {"rfc2136",    "acme-dns", "exec", "certbot",
                                         "dehydrated", "acme.sh",  "uacme"};
const std::vector<std::string> kAlgorithms = {"hmac-sha256", "hmac-sha512", "hmac-sha1"};

/// A file's absolute path; empty if the key is not there and need not be.
std::string read_path(TableReader& reader, std::string_view key, bool needed, const std::string& example) {
  auto path = reader.text(key).value_or("");
  if (path.empty() && needed) reader.refuse(key, "is missing", std::string(key) + " = \"" + example + "\"");
  if (!path.empty() && !path.starts_with('/'))
    reader.refuse(key, "is not an absolute path", std::string(key) + " = \"" + example + "\"");
  return path;
}

/// A program and its arguments.
std::vector<std::string> read_command(TableReader& reader, std::string_view key, bool needed) {
  auto words = reader.texts(key);
  const std::string example =
      std::string(key) + " = [\"/usr/local/bin/dns-hook\", \"--zone\", \"example.com\"]";
  if (words.empty() && !needed) return words;
  if (words.empty() || !words.front().starts_with('/'))
    reader.refuse(key, "does not begin with the absolute path of a program", example);
  for (const auto& word : words)
    if (word.find('\0') != std::string::npos) reader.refuse(key, "holds a NUL character", "remove it");
  return words;
}

void read_key(TableReader& reader, Rfc2136Settings& update) {
  update.key_file = read_path(reader, "key_file", false, "/etc/certmgr/dns.key");
  update.key_name = reader.text("key_name").value_or("");
  update.secret_file = read_path(reader, "secret_file", false, "/etc/certmgr/dns.secret");
  const bool has_algorithm = reader.has("algorithm");
  update.algorithm = reader.text("algorithm").value_or("hmac-sha256");
  const bool parts = !update.key_name.empty() || !update.secret_file.empty() || has_algorithm;
  if (!update.key_file.empty() && parts)
    reader.refuse("key_file", "cannot stand beside key_name, secret_file and algorithm",
                  "the file holds all three");
  if (!update.key_file.empty()) return;
  if (update.key_name.empty() || update.secret_file.empty())
    reader.refuse("key_file", "is missing",
                  "key_file = \"/etc/bind/certmgr.key\", or key_name and secret_file");
  if (const auto name = parse_dns_name(update.key_name))
    update.key_name = *name;
  else
    reader.refuse("key_name", name.error().why, name.error().hint);
  if (std::find(kAlgorithms.begin(), kAlgorithms.end(), update.algorithm) == kAlgorithms.end())
    reader.refuse("algorithm", "is '" + update.algorithm + "'", suggestion(update.algorithm, kAlgorithms));
}

Rfc2136Settings read_rfc2136(TableReader& reader) {
  Rfc2136Settings update;
  const auto server = parse_host_port(reader.text("server").value_or(""));
  if (!server) reader.refuse("server", "is no host and port", "server = \"192.0.2.53:53\"");
  update.server = *server;
  if (const auto zone = reader.text("zone")) {
    const auto name = parse_dns_name(*zone);
    if (!name) reader.refuse("zone", name.error().why, "zone = \"example.com\"");
    update.zone = *name;
  }
  if (const auto seconds = reader.number("ttl", 0, 86400)) update.ttl = std::chrono::seconds(*seconds);
  read_key(reader, update);
  return update;
}

AcmeDnsSettings read_acme_dns(TableReader& reader) {
  AcmeDnsSettings settings;
  settings.url = reader.text("url").value_or("");
  while (settings.url.ends_with('/')) settings.url.pop_back();
  if (const auto why = why_no_webhook(settings.url))
    reader.refuse("url", *why, "url = \"https://HOST\"; http only for 127.0.0.1, [::1] and localhost");
  settings.credentials_file = read_path(reader, "credentials_file", true, "/etc/certmgr/acme-dns.json");
  settings.ca_bundle = read_path(reader, "ca_bundle", false, "/etc/ssl/internal-ca.pem");
  return settings;
}

ExecSettings read_exec(TableReader& reader) {
  ExecSettings settings;
  settings.program = read_path(reader, "program", true, "/usr/local/bin/dns-hook");
  const auto mode = reader.text("mode").value_or("");
  if (!mode.empty() && mode != "RAW" && mode != "default")
    reader.refuse("mode", "is '" + mode + "'", suggestion(mode, {"default", "RAW"}));
  settings.raw = mode == "RAW";
  return settings;
}

AcmeShSettings read_acme_sh(TableReader& reader) {
  AcmeShSettings settings;
  settings.home = read_path(reader, "home", true, "/root/.acme.sh");
  while (settings.home.size() > 1 && settings.home.ends_with('/')) settings.home.pop_back();
  settings.script = reader.text("script").value_or("");
  // It becomes part of a path and the name of a function.
  const bool word =
      settings.script.starts_with("dns_") && settings.script.size() > 4 &&
      std::all_of(settings.script.begin(), settings.script.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      });
  if (!word) reader.refuse("script", "is not the name of a dnsapi script", "script = \"dns_cf\"");
  return settings;
}

DnsProviderWay read_way(TableReader& reader, const std::string& type) {
  if (type == "rfc2136") return read_rfc2136(reader);
  if (type == "acme-dns") return read_acme_dns(reader);
  if (type == "exec") return read_exec(reader);
  if (type == "certbot")
    return CertbotSettings{read_command(reader, "auth_hook", true),
                           read_command(reader, "cleanup_hook", false)};
  if (type == "dehydrated")
    return DehydratedSettings{read_path(reader, "program", true, "/etc/dehydrated/hook.sh"),
                              reader.flag("hook_chain").value_or(false)};
  if (type == "acme.sh") return read_acme_sh(reader);
  if (type == "uacme")
    return UacmeSettings{read_path(reader, "program", true, "/usr/share/uacme/nsupdate.sh")};
  reader.refuse("type", type.empty() ? "is missing" : "is '" + type + "'", suggestion(type, kTypes));
}

DnsProviderSettings read_provider(const toml::table& table, const std::string& name, const Source& source) {
  TableReader reader(table, "dns." + name, source);
  DnsProviderSettings settings;
  settings.name = name;
  const std::string type = reader.text("type").value_or("");
  if (const auto seconds = reader.number("timeout", 1, 3600))
    settings.timeout = std::chrono::seconds(*seconds);
  settings.way = read_way(reader, type);
  const bool runs_programs = !std::holds_alternative<Rfc2136Settings>(settings.way) &&
                             !std::holds_alternative<AcmeDnsSettings>(settings.way);
  if (runs_programs)
    settings.environment_file = read_path(reader, "environment_file", false, "/etc/certmgr/dns.env");
  reader.finish();
  return settings;
}

/// Numeric: which server is meant must not depend on another look-up.
DnsServer read_resolver(const TableReader& reader, const std::string& text) {
  const auto parsed = parse_host_port(text);
  const bool numeric = parsed && (parsed->host.find(':') != std::string::npos ||
                                  parsed->host.find_first_not_of("0123456789.") == std::string::npos);
  if (!numeric)
    reader.refuse("resolvers", "holds '" + text + "', which is no numeric address",
                  "resolvers = [\"192.0.2.53\", \"[2001:db8::53]:5353\"]");
  return {parsed->host, parsed->port};
}

}  // namespace

std::vector<DnsProviderSettings> read_dns(const toml::table& providers, const Source& source) {
  const TableReader reader(providers, "dns", source);
  std::vector<DnsProviderSettings> all;
  for (const auto& [key, node] : providers) {
    const std::string name(key.str());
    if (const auto usable = parse_label(name, "name of a DNS provider"); !usable)
      reader.refuse(name, "is no name for a provider: " + usable.error().why, usable.error().hint);
    if (!node.is_table())
      reader.refuse(name, "is not a table", "write [dns.NAME], then type = \"rfc2136\" and so on");
    all.push_back(read_provider(*node.as_table(), name, source));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

Dns01Settings read_dns01(const toml::table& table, const std::vector<DnsProviderSettings>& providers,
                         const Source& source) {
  TableReader reader(table, "challenge.dns-01", source);
  Dns01Settings settings;
  settings.provider = reader.text("provider").value_or("");
  std::vector<std::string> names;
  names.reserve(providers.size());
  for (const auto& provider : providers) names.push_back(provider.name);
  const bool known = std::find(names.begin(), names.end(), settings.provider) != names.end();
  if (!settings.provider.empty() && !known)
    reader.refuse(
        "provider", "is '" + settings.provider + "', and there is no such [dns.NAME]",
        names.empty() ? "add [dns." + settings.provider + "]" : suggestion(settings.provider, names));
  for (const auto& text : reader.texts("resolvers"))
    settings.resolvers.push_back(read_resolver(reader, text));
  if (const auto seconds = reader.number("propagation_timeout", 1, 86400))
    settings.propagation_timeout = std::chrono::seconds(*seconds);
  reader.finish();
  return settings;
}

}  // namespace certmgr::config
