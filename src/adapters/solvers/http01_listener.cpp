// SPDX-License-Identifier: MIT
#include "adapters/solvers/http01_listener.h"

#include "adapters/solvers/responder.h"
#include "adapters/solvers/token.h"
#include "platform/inherited_sockets.h"
#include "platform/listen_socket.h"

namespace certmgr::solvers {
namespace {

/// FileDescriptorName= of certmgr-http.socket.
constexpr const char* kSocketName = "http-01";

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

Http01Listener::Http01Listener() {
  for (const auto& socket : platform::inherited_sockets())
    if (socket.name == kSocketName) inherited(socket.port);
}

Http01Listener::~Http01Listener() = default;

/// The responder on the socket systemd gave us for this port, if it did.
Responder* Http01Listener::inherited(std::uint16_t port) {
  auto socket = platform::inherited_listener(kSocketName, port);
  if (!socket) return nullptr;
  auto& responder = inherited_[platform::port_of(*socket)];
  if (responder == nullptr) responder = std::make_unique<Responder>(std::move(*socket));
  return responder.get();
}

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
  if (auto* standing = inherited(address->port)) {
    standing->add(proof.token, key_authorization);
    return {};
  }
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
  if (auto* standing = inherited(address->port)) {
    standing->remove(proof.token);
    return {};
  }
  const auto found = responders_.find(address->text());
  if (found == responders_.end()) return {};
  found->second->remove(proof.token);
  if (found->second->empty()) responders_.erase(found);
  return {};
}

}  // namespace certmgr::solvers
