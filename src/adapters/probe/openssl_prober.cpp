// SPDX-License-Identifier: MIT
#include "adapters/probe/openssl_prober.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>

#include "adapters/probe/connect.h"
#include "adapters/probe/handshake.h"
#include "crypto/certificate_chain.h"

namespace certmgr::probe {
namespace {

bool is_address(const std::string& host) {
  // With a scope (fe80::1%eth0) it is an address as well; no name has a colon.
  std::array<unsigned char, sizeof(in6_addr)> parsed{};
  return host.find(':') != std::string::npos || ::inet_pton(AF_INET, host.c_str(), parsed.data()) == 1;
}

std::string server_name(const VerifyTarget& target, const std::string& default_sni) {
  std::string name = target.sni;
  if (name.empty()) name = is_address(target.host) ? default_sni : target.host;
  // SNI has no wildcards (RFC 6066 section 3); any name below it leads to the same certificate.
  if (name.starts_with("*.")) name.replace(0, 1, "any");
  if (name.ends_with('.')) name.pop_back();
  return name;
}

}  // namespace

OpenSslProber::OpenSslProber() : context_(make_context()) {}

Served OpenSslProber::probe(const VerifyTarget& target, const std::string& default_sni, Duration limit) {
  Served served;
  served.target = to_string(target);
  const Deadline deadline(limit);
  auto socket = connect_to(target.host, target.port, deadline);
  if (!socket) {
    served.trouble = socket.error();
    return served;
  }
  const auto leaf =
      present(*context_, socket->get(), server_name(target, default_sni), target.only, deadline);
  if (!leaf) {
    served.trouble = leaf.error();
    return served;
  }
  served.fingerprint = crypto::fingerprint(**leaf);
  served.subject = crypto::display_name(**leaf);
  served.issuer = crypto::issuer_name(**leaf);
  served.not_after = crypto::not_after(**leaf);
  return served;
}

}  // namespace certmgr::probe
