// SPDX-License-Identifier: MIT
#include "certmgr/domain/file_owner.h"

#include <charconv>

namespace certmgr {
namespace {

tl::unexpected<Trouble> refuse(std::string why, std::string hint) {
  return fail({.kind = TroubleKind::usage,
               .code = "bad_server",
               .what = "cannot use the server's options",
               .why = std::move(why),
               .hint = std::move(hint)});
}

}  // namespace

Result<FileOwner> parse_file_owner(std::string_view text) {
  if (text.empty()) return FileOwner{};
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return FileOwner{std::string(text), std::nullopt};
  if (text.find(':', colon + 1) != std::string_view::npos || text.size() == 1)
    return refuse("the owner '" + std::string(text) + "' is not USER:GROUP",
                  "write for example root:kamailio");
  return FileOwner{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

Result<unsigned> parse_file_mode(std::string_view text) {
  unsigned mode = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  if (error != std::errc() || end != text.data() + text.size() || mode > 0777)
    return refuse("'" + std::string(text) + "' is not an octal mode", "write for example 0640");
  return mode;
}

}  // namespace certmgr
