// SPDX-License-Identifier: MIT
#include "certmgr/domain/ca_level.h"

#include <algorithm>

#include "certmgr/domain/nearest.h"

namespace certmgr {
namespace {

const CaEntry* find(const std::vector<CaEntry>& cas, const std::string& name) {
  const auto found = std::find_if(cas.begin(), cas.end(), [&](const CaEntry& ca) { return ca.name == name; });
  return found == cas.end() ? nullptr : &*found;
}

Trouble unknown(const std::vector<CaEntry>& cas, const std::string& ca) {
  std::vector<std::string> names;
  names.reserve(cas.size());
  for (const auto& entry : cas) names.push_back(entry.name);
  const auto near = nearest(ca, names);
  return {.kind = TroubleKind::usage,
          .code = "unknown_ca",
          .what = "there is no CA '" + ca + "'",
          .why = "'certmgr ca list' shows those there are",
          .hint = near ? "did you mean '" + *near + "'?"
                       : "add [ca." + ca + "] with its directory URL to the configuration"};
}

/// Of the CA and of the entries for its levels.
std::string levels_there(const std::vector<CaEntry>& cas, const CaEntry& ca) {
  std::vector<CertificateLevel> levels;
  for (const auto level : {CertificateLevel::dv, CertificateLevel::ov, CertificateLevel::ev}) {
    const auto* own = find(cas, name_at_level(ca.name, level));
    if (offers(ca, level) || (own != nullptr && offers(*own, level))) levels.push_back(level);
  }
  return level_words(levels);
}

}  // namespace

std::string name_at_level(const std::string& ca, CertificateLevel level) {
  return ca + "-" + std::string(to_string(level));
}

std::string level_words(const std::vector<CertificateLevel>& levels) {
  std::string text;
  for (const auto level : levels) text += (text.empty() ? "" : ", ") + std::string(to_string(level));
  return text;
}

bool offers(const CaEntry& ca, CertificateLevel level) {
  return std::find(ca.levels.begin(), ca.levels.end(), level) != ca.levels.end();
}

Result<CaEntry> entry_for_level(const std::vector<CaEntry>& cas, const std::string& ca,
                                CertificateLevel level) {
  const auto* entry = find(cas, ca);
  if (entry == nullptr) return tl::unexpected(unknown(cas, ca));
  if (offers(*entry, level)) return *entry;
  const auto* own = find(cas, name_at_level(ca, level));
  if (own != nullptr && offers(*own, level)) return *own;
  const std::string word(to_string(level));
  return fail({.kind = TroubleKind::configuration,
               .code = "level_not_offered",
               .what = "no " + word + " certificate can be ordered from " + ca,
               .why = "the levels configured for it: " + levels_there(cas, *entry),
               .hint = "if its directory and external account give " + word + ", add \"" + word +
                       "\" to levels in [ca." + ca + "]; if there are others for it, write them under [ca." +
                       ca + "." + word + "]"});
}

std::optional<std::string> first_for_level(const std::vector<CaEntry>& cas,
                                           const std::vector<std::string>& names, CertificateLevel level) {
  for (const auto& name : names)
    if (const auto entry = entry_for_level(cas, name, level)) return entry->name;
  return std::nullopt;
}

}  // namespace certmgr
