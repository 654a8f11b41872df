// SPDX-License-Identifier: MIT
#include "adapters/solvers/http01_listener.h"

#include "adapters/solvers/token.h"

namespace certmgr::solvers {
namespace {

/// What a user can do differently here, which the platform layer cannot know.
Trouble with_advice(Trouble trouble) {
  if (trouble.retry_at) return trouble;
  if (trouble.code == "port_in_use") {
    trouble.hint =
        "use --webroot DIR of that server, or --http-listen with another port and forward port 80 to it";
  } else if (trouble.code == "permission_denied") {
    trouble.hint =
        "run as root, or use --http-listen with a port from 1024 up and forward port 80 to it, or --webroot "
        "DIR "
        "of a running web server";
  }
  return trouble;
}

}  // namespace

Result<void> Http01Listener::check(const ChallengeSettings& settings) {
  if (auto address = platform::parse_listen_address(settings.listen); !address) return fail(address.error());
  return {};
}

Result<Publication> Http01Listener::publish(const Proof& proof, const ChallengeSettings& settings) {
  if (auto good = check_token(proof); !good) return fail(std::move(good.error()));
  auto open = listeners_.with(
      settings.listen, [&](Responder& responder) { responder.add(proof.token, proof.key_authorization); });
  if (!open) return fail(with_advice(std::move(open.error())));
  return Publication{};
}

Result<void> Http01Listener::withdraw(const Proof& proof, const ChallengeSettings& settings,
                                      ChallengeOutcome) {
  return listeners_.without(settings.listen, [&](Responder& responder) { responder.remove(proof.token); });
}

}  // namespace certmgr::solvers
