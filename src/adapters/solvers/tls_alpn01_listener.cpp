// SPDX-License-Identifier: MIT
#include "adapters/solvers/tls_alpn01_listener.h"

namespace certmgr::solvers {
namespace {

/// What a user can do differently here, which the platform layer cannot know.
Trouble with_advice(Trouble trouble) {
  if (trouble.retry_at) return trouble;
  if (trouble.code == "port_in_use")
    trouble.hint =
        "prove control by http-01 or dns-01, or use --tls-listen with another port and forward port 443 "
        "to it";
  else if (trouble.code == "permission_denied")
    trouble.hint = "run as root, or use --tls-listen with a port from 1024 up and forward port 443 to it";
  return trouble;
}

}  // namespace

Result<void> TlsAlpn01Listener::check(const ChallengeSettings& settings) {
  if (auto address = platform::parse_listen_address(settings.listen); !address) return fail(address.error());
  return {};
}

Result<Publication> TlsAlpn01Listener::publish(const Proof& proof, const ChallengeSettings& settings) {
  auto made = make_alpn_certificate(proof);
  if (!made) return fail(std::move(made.error()));
  auto open = listeners_.with(settings.listen, [&](AlpnResponder& responder) {
    responder.add(alpn_server_name(proof.identifier), std::move(*made));
  });
  if (!open) return fail(with_advice(std::move(open.error())));
  return Publication{};
}

Result<void> TlsAlpn01Listener::withdraw(const Proof& proof, const ChallengeSettings& settings,
                                         ChallengeOutcome) {
  return listeners_.without(settings.listen, [&](AlpnResponder& responder) {
    responder.remove(alpn_server_name(proof.identifier));
  });
}

}  // namespace certmgr::solvers
