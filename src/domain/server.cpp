// SPDX-License-Identifier: MIT
#include "certmgr/domain/server.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "certmgr/domain/identifier.h"

namespace certmgr {
namespace {

tl::unexpected<Trouble> refuse(std::string what, std::string why, std::string hint,
                               std::string code = "bad_server") {
  return fail({.kind = TroubleKind::usage,
               .code = std::move(code),
               .what = std::move(what),
               .why = std::move(why),
               .hint = std::move(hint)});
}

const std::string kTargetForm =
    "write tls://HOST:PORT, https://HOST:PORT or sips://HOST:PORT, with ?sni=NAME if needed";

/// Host names and addresses: nothing that could be an option, a path or a control character.
bool host_is_safe(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '-' &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '-' || c == ':' || c == '_' || c == '%';
         });
}

struct HostPort {
  std::string_view host, port;
};

std::optional<HostPort> split_host_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find("]:");
    if (close == std::string_view::npos) return std::nullopt;
    return HostPort{text.substr(1, close - 1), text.substr(close + 2)};
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    return std::nullopt;
  return HostPort{text.substr(0, colon), text.substr(colon + 1)};
}

bool path_is_normal(const std::string& path) {
  if (path.size() < 2 || path.front() != '/' || path.back() == '/') return false;
  if (path.find('\0') != std::string::npos || path.find('\n') != std::string::npos) return false;
  std::string_view rest(path);
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the slash
    const auto slash = rest.find('/');
    const auto part = rest.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash);
  }
  return true;
}

Result<void> validate_files(const Server& server) {
  const std::string what = "cannot register server '" + server.name + "'";
  std::set<std::string> seen;
  const std::pair<const char*, const std::string*> all[] = {{"--key", &server.files.key},
                                                            {"--cert", &server.files.cert},
                                                            {"--chain", &server.files.chain},
                                                            {"--fullchain", &server.files.fullchain},
                                                            {"--combined", &server.files.combined}};
  for (const auto& [option, path] : all) {
    if (path->empty()) continue;
    if (!path_is_normal(*path))
      return refuse(what,
                    "the path of " + std::string(option) + ", '" + *path + "', is not absolute and plain",
                    "give the full path of a file, without '.', '..' or a slash at its end");
    if (!seen.insert(*path).second)
      return refuse(what, "'" + *path + "' is named twice", "give each file its own path");
  }
  if (server.files.combined.empty()) {
    if (server.files.key.empty())
      return refuse(what, "no file for the private key is named", "add --key PATH (or --combined PATH)");
    if (server.files.cert.empty() && server.files.fullchain.empty())
      return refuse(what, "no file for the certificate is named",
                    "add --fullchain PATH (what nginx and Kamailio want), --cert PATH or --combined PATH");
  }
  return {};
}

Result<void> validate_settings(const Server& server) {
  static const std::set<std::string> reserved{
      "path", "home", "lang", "tz", "ifs", "env", "shell", "renewed_lineage", "renewed_domains"};
  for (const auto& [key, value] : server.settings) {
    const bool form = !key.empty() && key.size() <= 64 && key.front() >= 'a' && key.front() <= 'z' &&
                      std::all_of(key.begin(), key.end(), [](char c) {
                        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
                      });
    if (!form || reserved.contains(key) || key.starts_with("certmgr_") || key.starts_with("ld_"))
      return refuse(
          "cannot use the setting '" + key + "' of server '" + server.name + "'",
          form ? "this name is reserved" : "a setting's name has lower-case letters, digits and '_' only",
          "see docs/hooks.md for the settings each hook knows");
    if (value.find('\0') != std::string::npos || value.find('\n') != std::string::npos)
      return refuse("cannot use the setting '" + key + "' of server '" + server.name + "'",
                    "its value holds a line break", "give a value of one line");
  }
  return {};
}

}  // namespace

Result<VerifyTarget> parse_verify_target(std::string_view url) {
  const std::string what = "cannot use '" + std::string(url) + "' as a verify address";
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos)
    return refuse(what, "it has no scheme", kTargetForm, "bad_verify_url");
  VerifyTarget target;
  target.scheme = std::string(url.substr(0, scheme_end));
  if (target.scheme != "tls" && target.scheme != "https" && target.scheme != "sips")
    return refuse(what, "the scheme '" + target.scheme + "' is not known", kTargetForm, "bad_verify_url");
  std::string_view rest = url.substr(scheme_end + 3);
  if (const auto query = rest.find('?'); query != std::string_view::npos) {
    const std::string_view parameter = rest.substr(query + 1);
    rest = rest.substr(0, query);
    if (!parameter.starts_with("sni=") || !host_is_safe(parameter.substr(4)))
      return refuse(what, "'" + std::string(parameter) + "' is not sni=NAME", kTargetForm, "bad_verify_url");
    target.sni = std::string(parameter.substr(4));
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const auto parts = split_host_port(rest);
  if (!parts || !host_is_safe(parts->host))
    return refuse(what, "'" + std::string(rest) + "' is not HOST:PORT", kTargetForm, "bad_verify_url");
  target.host = std::string(parts->host);
  const auto [end, error] =
      std::from_chars(parts->port.data(), parts->port.data() + parts->port.size(), target.port);
  if (error != std::errc() || end != parts->port.data() + parts->port.size() || target.port < 1 ||
      target.port > 65535)
    return refuse(what, "'" + std::string(parts->port) + "' is not a port number", kTargetForm,
                  "bad_verify_url");
  return target;
}

std::string to_string(const VerifyTarget& target) {
  const bool v6 = target.host.find(':') != std::string::npos;
  std::string text = target.scheme + "://" + (v6 ? "[" + target.host + "]" : target.host) + ":" +
                     std::to_string(target.port);
  if (!target.sni.empty()) text += "?sni=" + target.sni;
  return text;
}

std::string sni_for(const VerifyTarget& target, const std::vector<Identifier>& identifiers) {
  if (!target.sni.empty()) return target.sni;
  // An address is never sent as a server name (RFC 6066 section 3).
  const auto askable = [](const Identifier& i) { return i.type == IdentifierType::dns; };
  for (const auto& identifier : identifiers)
    if (identifier.value == target.host) return askable(identifier) ? target.host : std::string();
  const auto first = std::find_if(identifiers.begin(), identifiers.end(), askable);
  return first == identifiers.end() ? std::string() : first->value;
}

const std::vector<std::string>& server_types() {
  static const std::vector<std::string> types{"nginx", "kamailio", "generic"};
  return types;
}

Result<void> validate(const Server& server) {
  if (auto name = parse_label(server.name, "server name"); !name) return fail(std::move(name.error()));
  const auto& types = server_types();
  if (std::find(types.begin(), types.end(), server.type) == types.end()) {
    std::string known;
    for (const auto& type : types) known += (known.empty() ? "" : ", ") + type;
    return refuse(
        "cannot register server '" + server.name + "'", "the server type '" + server.type + "' is not known",
        "use one of: " + known + "; 'generic' with --hook PATH fits any server", "unknown_server_type");
  }
  if (auto files = validate_files(server); !files) return files;
  if (!server.beside.empty() && !server.only)
    return refuse("cannot register server '" + server.name + "'",
                  "it is beside '" + server.beside + "', but for which keys its files are is not said",
                  "add --only rsa (or ecdsa), and give '" + server.beside + "' the other one");
  if (server.beside == server.name)
    return refuse("cannot register server '" + server.name + "'", "it cannot be beside itself",
                  "--beside names the other server of the pair");
  if (server.mode && (*server.mode & 0007U) != 0)
    return refuse("cannot register server '" + server.name + "'",
                  "the mode would let every user of this machine read or change the private key",
                  "use --owner USER:GROUP with --mode 0640 instead");
  if (server.mode && ((*server.mode & 0400U) == 0 || *server.mode > 0777U))
    return refuse("cannot register server '" + server.name + "'",
                  "with this mode the owner cannot read the files", "use a mode such as 0640 or 0600");
  if (!server.hook.empty() && !path_is_normal(server.hook))
    return refuse("cannot register server '" + server.name + "'",
                  "the hook '" + server.hook + "' is not an absolute, plain path",
                  "give the full path of the hook");
  return validate_settings(server);
}

}  // namespace certmgr
