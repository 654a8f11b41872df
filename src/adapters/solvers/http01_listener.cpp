// SPDX-License-Identifier: MIT
#include "adapters/solvers/http01_listener.h"

#include "adapters/solvers/responder.h"
#include "adapters/solvers/token.h"
#include "platform/listen_socket.h"

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

Http01Listener::Http01Listener() = default;
Http01Listener::~Http01Listener() = default;

Result<void> Http01Listener::check(const ChallengeSettings& settings) {
  if (auto address = platform::parse_listen_address(settings.listen); !address) return fail(address.error());
  return {};
}

Result<void> Http01Listener::publish(const Proof& proof, const ChallengeSettings& settings,
                                     const std::string& key_authorization) {
  if (auto good = check_token(proof); !good) return good;
  const auto address = platform::parse_listen_address(settings.listen);
  if (!address) return fail(address.error());
  const std::lock_guard lock(mutex_);
  auto& responder = responders_[address->text()];
  if (responder == nullptr) {
    auto socket = platform::listen_on(*address, "for the http-01 challenge");
    if (!socket) {
      responders_.erase(address->text());
      return fail(with_advice(std::move(socket.error())));
    }
    responder = std::make_unique<Responder>(std::move(*socket));
  }
  responder->add(proof.token, key_authorization);
  return {};
}

Result<void> Http01Listener::withdraw(const Proof& proof, const ChallengeSettings& settings) {
  const auto address = platform::parse_listen_address(settings.listen);
  if (!address) return fail(address.error());
  // The responder ends under the lock: whoever publishes next must find the port free.
  const std::lock_guard lock(mutex_);
  const auto found = responders_.find(address->text());
  if (found == responders_.end()) return {};
  found->second->remove(proof.token);
  if (found->second->empty()) responders_.erase(found);
  return {};
}

}  // namespace certmgr::solvers
