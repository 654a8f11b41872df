// SPDX-License-Identifier: MIT
#include "config/rate_limit_config.h"

namespace certmgr::config {
namespace {

using std::chrono::days;
using std::chrono::hours;

/// https://letsencrypt.org/docs/rate-limits/, as of August 2026. Of failed authorizations one an hour less
/// than the CA allows, so that a person who has repaired something can try at once; of those in a row, which
/// end in a pause that only a person can lift, as many less as to be sure.
RateLimits lets_encrypt() {
  return {{{LimitKind::orders, {300, hours(3)}},
           {LimitKind::certificates_per_domain, {50, days(7)}},
           {LimitKind::certificates_per_set, {5, days(7)}},
           {LimitKind::failed_authorizations, {4, hours(1)}},
           {LimitKind::consecutive_failures, {1000, days(1000)}},
           {LimitKind::accounts, {10, hours(3)}}},
          true};
}

}  // namespace

RateLimits known_rate_limits(std::string_view directory) {
  constexpr std::string_view kLetsEncrypt = "https://acme-v02.api.letsencrypt.org/";
  return directory.starts_with(kLetsEncrypt) ? lets_encrypt() : RateLimits{};
}

RateLimits read_rate_limits(const toml::table& table, const std::string& ca, const Source& source,
                            RateLimits known) {
  TableReader reader(table, "ca." + ca + ".limits", source);
  for (const auto kind : limit_kinds()) {
    const auto text = reader.text(to_string(kind));
    if (!text) continue;
    known.rates.erase(kind);
    if (*text == "none") continue;
    const auto rate = parse_rate(*text);
    if (!rate)
      reader.refuse(to_string(kind), "is '" + *text + "', which is no count within a time",
                    std::string(to_string(kind)) + " = \"50/7d\" (s, m, h or d), or \"none\"");
    known.rates[kind] = *rate;
  }
  if (const auto exempt = reader.flag("renewals_exempt")) known.renewals_exempt = *exempt;
  reader.finish();
  return known;
}

}  // namespace certmgr::config
