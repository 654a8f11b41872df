// SPDX-License-Identifier: MIT
#include "config/order_wish_entry.h"

#include "certmgr/domain/order_wish.h"

namespace certmgr::config {

std::optional<ProfileChoice> read_profile(TableReader& reader) {
  const auto required = reader.text("profile");
  const auto preferred = reader.text("preferred_profile");
  if (required && preferred)
    reader.refuse(
        "preferred_profile", "cannot stand beside 'profile'",
        "profile = \"NAME\" if it must be that one, preferred_profile = \"NAME\" if another will do");
  if (required) return ProfileChoice{*required, true};
  if (!preferred) return std::nullopt;
  return ProfileChoice{*preferred, preferred->empty()};
}

std::optional<ValidityBound> read_bound(TableReader& reader, const char* key) {
  const auto text = reader.text(key);
  if (!text) return std::nullopt;
  auto bound = parse_validity_bound(*text);
  if (!bound) reader.refuse(key, "is '" + *text + "': " + bound.error().why, bound.error().hint);
  return *bound;
}

}  // namespace certmgr::config
