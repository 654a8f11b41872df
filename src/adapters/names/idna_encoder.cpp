// SPDX-License-Identifier: MIT
#include "adapters/names/idna_encoder.h"

#include <idn2.h>

#include <memory>

namespace certmgr::names {
namespace {

struct Idn2Free {
  void operator()(char* text) const noexcept { idn2_free(text); }
};

tl::unexpected<Trouble> refuse(std::string_view name, std::string why) {
  return fail({.kind = TroubleKind::usage,
               .code = "bad_name",
               .what = "cannot use the name '" + std::string(name) + "'",
               .why = std::move(why),
               .hint = "give a public host name such as pbx.example.com"});
}

bool is_ascii(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

}  // namespace

Result<std::string> IdnaEncoder::to_ascii(std::string_view name) const {
  if (name.size() > 1024) return refuse(name.substr(0, 60), "it is far too long");
  if (name.find('\0') != std::string_view::npos) return refuse("?", "it contains a NUL byte");
  if (name.ends_with('.')) name.remove_suffix(1);
  // ASCII goes on as it is: the identifier's own check has clearer words than IDNA's.
  if (is_ascii(name) && name.find("xn--") == std::string_view::npos) return std::string(name);
  std::string prefix;
  std::string rest(name);
  if (rest.starts_with("*.")) {
    prefix = "*.";
    rest.erase(0, 2);
  }
  char* raw = nullptr;
  const int code = idn2_to_ascii_8z(rest.c_str(), &raw, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  const std::unique_ptr<char, Idn2Free> ascii(raw);
  if (code != IDN2_OK)
    return refuse(name, std::string("it is no valid international name: ") + idn2_strerror(code));
  return prefix + ascii.get();
}

}  // namespace certmgr::names
