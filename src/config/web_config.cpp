// SPDX-License-Identifier: MIT
#include "config/web_config.h"

#include "config/person_name.h"
#include "config/table_reader.h"

namespace certmgr::config {
namespace {

constexpr std::string_view kTokenForm = "sha256:";
constexpr std::size_t kHexDigits = 64;

bool is_token_hash(std::string_view text) {
  return text.starts_with(kTokenForm) && text.size() == kTokenForm.size() + kHexDigits &&
         text.find_first_not_of("0123456789abcdef", kTokenForm.size()) == std::string_view::npos;
}

/// [web.tokens]: what the daemon knows of each person's token.
std::map<std::string, std::string> read_tokens(const toml::table& table, const std::string& path) {
  TableReader reader(table, "web.tokens", path);
  std::map<std::string, std::string> owners;
  for (const auto& [key, node] : table) {
    const std::string person(key.str());
    const auto hash = reader.text(person);
    if (!hash) continue;
    if (!is_person_name(person))
      reader.refuse(person, "is no name of a user", "certmgr token NAME makes a token and its line");
    if (!is_token_hash(*hash))
      reader.refuse(person, "is not \"sha256:\" and 64 hex digits",
                    "not the token itself stands here: certmgr token " + person + " makes one and its line");
    if (!owners.emplace(hash->substr(kTokenForm.size()), person).second)
      reader.refuse(person, "has the token of somebody else",
                    "certmgr token " + person + " makes another one");
  }
  reader.finish();
  return owners;
}

/// Tokens travel in the clear here.
bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address.starts_with("[::1]:");
}

}  // namespace

WebEntry read_web(const toml::table& table, const std::string& path) {
  TableReader reader(table, "web", path);
  WebEntry web;
  if (auto listen = reader.text("listen")) web.listen = *listen;
  if (auto certificates = reader.flag("certificate_metrics")) web.certificate_metrics = *certificates;
  // What the address itself must look like is checked when it is listened on; a port is never left out.
  if (!web.listen.empty() && web.listen.find(':') == std::string::npos)
    reader.refuse("listen", "is not ADDR:PORT", "listen = \"127.0.0.1:9480\"");
  if (const auto* tokens = reader.table("tokens")) web.tokens = read_tokens(*tokens, path);
  if (!web.tokens.empty() && !web.listen.empty() && !is_loopback(web.listen))
    reader.refuse("listen", "is open to other machines, and tokens would be sent there in the clear",
                  "listen on 127.0.0.1, behind a server that does TLS, or remove [web.tokens]");
  if (auto socket = reader.text("socket")) web.socket = *socket;
  if (!web.socket.empty() && !web.socket.starts_with('/'))
    reader.refuse("socket", "is no absolute path", "socket = \"/run/certmgr/desk.sock\"");
  reader.finish();
  return web;
}

}  // namespace certmgr::config
