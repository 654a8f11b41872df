// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "certmgr/domain/trouble.h"
#include "platform/inherited_sockets.h"
#include "platform/listen_socket.h"

namespace certmgr::solvers {

/// The listeners of one challenge type. There is one per address, open only while something is pending on it,
/// whichever orders and threads that comes from. `Responder` is made from a listening socket and tells
/// whether it is empty(). Thread-safe.
///
/// A listening socket from systemd on the wanted port, or else the one with the type's name, is used instead
/// of a new one. Its port is open whatever we do; so it is answered from the start to the end of the process,
/// lest clients hang, and fill the queue the CA has to pass.
template <class Responder>
class Listeners {
 public:
  /// `socket_name` is the FileDescriptorName= of the socket unit; `purpose` goes into troubles.
  Listeners(const char* socket_name, const char* purpose) : socket_name_(socket_name), purpose_(purpose) {
    for (const auto& socket : platform::inherited_sockets())
      if (socket.name == socket_name_) inherited(socket.port);
  }

  /// Opens the listener if it is not open, and hands it to `add`.
  template <class Add>
  Result<void> with(const std::string& listen, Add&& add) {
    const auto address = platform::parse_listen_address(listen);
    if (!address) return fail(address.error());
    const std::lock_guard lock(mutex_);
    if (auto* standing = inherited(address->port)) {
      add(*standing);
      return {};
    }
    auto& responder = own_[address->text()];
    if (responder == nullptr) {
      auto socket = platform::listen_on(*address, purpose_);
      if (!socket) {
        own_.erase(address->text());
        return fail(std::move(socket.error()));
      }
      responder = std::make_unique<Responder>(std::move(*socket));
    }
    add(*responder);
    return {};
  }

  /// Hands the listener to `remove`, and closes it if it is empty then.
  template <class Remove>
  Result<void> without(const std::string& listen, Remove&& remove) {
    const auto address = platform::parse_listen_address(listen);
    if (!address) return fail(address.error());
    // The responder ends under the lock: whoever publishes next must find the port free.
    const std::lock_guard lock(mutex_);
    if (auto* standing = inherited(address->port)) {
      remove(*standing);
      return {};
    }
    const auto found = own_.find(address->text());
    if (found == own_.end()) return {};
    remove(*found->second);
    if (found->second->empty()) own_.erase(found);
    return {};
  }

 private:
  /// The responder on the socket systemd gave us for this port, if it did.
  Responder* inherited(std::uint16_t port) {
    auto socket = platform::inherited_listener(socket_name_, port);
    if (!socket) return nullptr;
    auto& responder = inherited_[platform::port_of(*socket)];
    if (responder == nullptr) responder = std::make_unique<Responder>(std::move(*socket));
    return responder.get();
  }

  const char* socket_name_;
  const char* purpose_;
  std::mutex mutex_;
  std::map<std::uint16_t, std::unique_ptr<Responder>> inherited_;
  std::map<std::string, std::unique_ptr<Responder>> own_;
};

}  // namespace certmgr::solvers
