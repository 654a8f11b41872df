// SPDX-License-Identifier: MIT
#include "adapters/deploy/hook_environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "platform/home_folder.h"

namespace certmgr::deploy {
namespace {

std::string upper(std::string text) {
  // By hand: toupper() asks the locale.
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

}  // namespace

std::vector<std::string> hook_environment(const HookCall& call, const std::string& lineage) {
  const Server& server = *call.server;
  const std::string names = join(call.identifiers, " ");
  std::map<std::string, std::string> variables;
  for (const auto& [name, value] : server.settings) variables[upper(name)] = value;
  // After the settings, so that none of them can stand in for one of these.
  const std::map<std::string, std::string> own = {
      {"CERTMGR_HOOK_API", "1"},
      {"CERTMGR_PHASE", call.phase},
      {"CERTMGR_SERVER", server.name},
      {"CERTMGR_SERVER_TYPE", server.type},
      {"CERTMGR_CERTIFICATE", call.certificate},
      {"CERTMGR_IDENTIFIERS", names},
      {"CERTMGR_CERT_FILE", server.files.cert},
      {"CERTMGR_CHAIN_FILE", server.files.chain},
      {"CERTMGR_FULLCHAIN_FILE", server.files.fullchain},
      {"CERTMGR_KEY_FILE", server.files.key},
      {"CERTMGR_COMBINED_FILE", server.files.combined},
      {"CERTMGR_ONLY", server.only ? std::string(to_string(*server.only)) : ""},
      {"CERTMGR_FINGERPRINT", call.fingerprint},
      {"CERTMGR_NOT_AFTER", to_rfc3339(call.not_after)},
      {"CERTMGR_REASON", call.reason},
      {"RENEWED_LINEAGE", lineage},
      {"RENEWED_DOMAINS", names},
      {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      {"HOME", platform::home_folder()},
      {"LANG", "C.UTF-8"},
  };
  for (const auto& [name, value] : own) variables[name] = value;
  if (const char* zone = std::getenv("TZ"); zone != nullptr) variables["TZ"] = zone;

  std::vector<std::string> result;
  result.reserve(variables.size());
  for (const auto& [name, value] : variables) result.emplace_back(name).append("=").append(value);
  return result;
}

}  // namespace certmgr::deploy
