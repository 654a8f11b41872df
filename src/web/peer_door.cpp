// SPDX-License-Identifier: MIT
#include "web/peer_door.h"

namespace certmgr::web {
namespace {

/// Every user of the machine may come: each has a share, and little time to say what is wanted.
HttpLimits limits() {
  HttpLimits limits;
  limits.request_life = std::chrono::seconds(3);
  limits.request_octets = std::size_t{64} * 1024;
  limits.threads = 8;
  limits.of_one_user = 4;
  return limits;
}

}  // namespace

PeerDoor::PeerDoor(const std::string& path, const EnrollmentPages& pages)
    : socket_(value_or_throw(platform::UnixListener::at(path))),
      server_(
          socket_->take(), limits(),
          [&pages](const httplib::Request& request, httplib::Response& response) {
            pages.answer_peer(request, response);
          },
          [&pages](const httplib::Request& request, httplib::Response& response) {
            return pages.takes_body_of_peer(request, response);
          }) {}

}  // namespace certmgr::web
