// SPDX-License-Identifier: MIT
#include "web/peer_door.h"

namespace certmgr::web {
namespace {

/// A rejection may wait for the CA to revoke.
HttpLimits limits() {
  HttpLimits limits;
  limits.connection_life = std::chrono::seconds(60);
  limits.threads = 8;
  return limits;
}

}  // namespace

PeerDoor::PeerDoor(const std::string& path, const EnrollmentPages& pages)
    : socket_(value_or_throw(platform::UnixListener::at(path))),
      server_(socket_->take(), limits(),
              [&pages](const httplib::Request& request, httplib::Response& response) {
                pages.answer_peer(request, response);
              }) {}

}  // namespace certmgr::web
