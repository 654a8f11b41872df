// SPDX-License-Identifier: MIT
#include "adapters/acme/ca_settings.h"

#include "certmgr/domain/nearest.h"

namespace certmgr::acme {

Result<CaSettings> settings_of(const KnownCas& cas, const std::string& ca) {
  std::vector<std::string> known;
  for (auto& settings : cas()) {
    if (settings.name == ca) return std::move(settings);
    known.push_back(settings.name);
  }
  std::string list;
  for (const auto& name : known) list += (list.empty() ? "" : ", ") + name;
  const auto near = nearest(ca, known);
  return fail({.kind = TroubleKind::usage,
               .code = "unknown_ca",
               .what = "there is no CA '" + ca + "'",
               .why = "known are: " + list,
               .hint = near ? "did you mean '" + *near + "'?"
                            : "add [ca." + ca + "] with its directory URL to the configuration"});
}

}  // namespace certmgr::acme
