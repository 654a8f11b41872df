// SPDX-License-Identifier: MIT
#include "services/ancestor_domain.h"

#include <algorithm>

namespace certmgr {

Result<std::string> ancestor_for(const std::vector<Identifier>& identifiers, const std::string& typed,
                                 const NameEncoder& names) {
  if (typed.empty()) return typed;
  const auto refuse = [&](std::string why) {
    return fail({.kind = TroubleKind::usage,
                 .code = "bad_ancestor_domain",
                 .what = "cannot prove control of " + typed + " for " + join(identifiers),
                 .why = std::move(why),
                 .hint = "name a domain that the names are below, such as example.com for pbx.example.com"});
  };
  const auto ascii = names.to_ascii(typed);
  if (!ascii) return fail(ascii.error());
  const auto domain = parse_identifier(*ascii);
  if (!domain) return fail(domain.error());
  if (domain->type != IdentifierType::dns || domain->wildcard())
    return refuse("only a domain has names below it (RFC 9444)");
  const bool above = std::any_of(identifiers.begin(), identifiers.end(), [&](const Identifier& identifier) {
    return is_below(identifier, domain->value);
  });
  if (!above) return refuse("none of the names is below it; a wildcard is proven itself");
  return domain->value;
}

}  // namespace certmgr
