// SPDX-License-Identifier: MIT
#include "names_here.h"

#include "lab/own_network.h"

namespace certmgr::e2e {
namespace {

constexpr const char* kEverywhereHere = "@ IN NS ns1\nns1 IN A 127.0.0.1\n* IN A 127.0.0.1\n";

}  // namespace

std::string NamesHere::enter() {
  static const std::string why_not = lab::enter_own_network();
  return why_not;
}

NamesHere::NamesHere() {
  const lab::LabKey key;
  lab::write_file(key_file(), key.file());
  std::filesystem::permissions(key_file(), std::filesystem::perms(0600));
  dns_.emplace(lab::KnotOptions{
      .address = "127.0.0.1", .port = 53, .zones = {{{"test", kEverywhereHere}, "", false}}, .key = key});
}

std::string NamesHere::ways_besides_http() const {
  return "[challenge.tls-alpn-01]\nlisten = \"127.0.0.1:443\"\n"
         "[challenge.dns-01]\nprovider = \"lab\"\n"
         "[dns.lab]\ntype = \"rfc2136\"\nserver = \"127.0.0.1\"\nzone = \"test\"\nkey_file = \"" +
         key_file().string() + "\"\n";
}

}  // namespace certmgr::e2e
