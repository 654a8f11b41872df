// SPDX-License-Identifier: MIT
#include "config/token_config.h"

#include <algorithm>

#include "config/table_reader.h"

namespace certmgr::config {
namespace {

/// OpenSSL makes a file name of it.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace

TokenEntry read_token(const toml::table& table, const std::string& path) {
  TableReader reader(table, "pkcs11", path);
  TokenEntry entry;
  const auto take = [&](const char* key, std::string& into, bool is_path) {
    const auto text = reader.text(key);
    if (!text) return;
    if (is_path ? !text->starts_with('/') : !is_plain_name(*text))
      reader.refuse(key, is_path ? "is not an absolute path" : "is no name of letters, digits, '-' and '_'",
                    is_path ? "give the full path" : std::string(key) + " = \"pkcs11\"");
    into = *text;
  };
  take("provider", entry.provider, false);
  take("provider_path", entry.provider_path, true);
  take("engine", entry.engine, false);
  take("module", entry.module, true);
  reader.finish();
  if (entry.provider.empty() == entry.engine.empty())
    reader.refuse(entry.engine.empty() ? "provider" : "engine",
                  entry.engine.empty() ? "is missing, and so is engine" : "excludes provider",
                  "name one: provider, or engine and module");
  if (!entry.engine.empty() && entry.module.empty())
    reader.refuse("module", "is missing", "name the PKCS#11 module that the engine loads");
  if (entry.provider.empty() && !entry.provider_path.empty())
    reader.refuse("provider_path", "belongs to provider", "leave it away");
  return entry;
}

}  // namespace certmgr::config
