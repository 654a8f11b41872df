// SPDX-License-Identifier: MIT
#pragma once

#include <httplib.h>

#include <optional>
#include <string>

#include "certmgr/domain/order.h"

namespace certmgr::solvers {

inline Proof proof_with(const std::string& token, const std::string& key_authorization = {}) {
  return {.authorization_url = "https://ca.example/authz/1",
          .challenge_url = "https://ca.example/chall/1",
          .type = ChallengeType::http_01,
          .identifier = {IdentifierType::dns, "sip.example.com"},
          .token = token,
          .key_authorization = key_authorization};
}

inline ChallengeSettings listening_on(const std::string& address) {
  return {.type = ChallengeType::http_01, .webroot = {}, .listen = address};
}

inline ChallengeSettings webroot_at(const std::string& folder) {
  return {.type = ChallengeType::http_01, .webroot = folder, .listen = {}};
}

/// What a CA would get for a token: status and body.
struct Seen {
  int status = 0;  // 0: no answer
  std::string body;
  std::string content_type;
};

inline Seen ask(const std::string& host, int port, const std::string& path,
                const std::string& method = "GET") {
  httplib::Client client(host, port);
  client.set_connection_timeout(5);
  httplib::Request request;
  request.method = method;
  request.path = path;
  const auto reply = client.send(request);
  if (!reply) return {};
  return {reply->status, reply->body, reply->get_header_value("Content-Type")};
}

inline Seen ask_token(int port, const std::string& token) {
  return ask("127.0.0.1", port, "/.well-known/acme-challenge/" + token);
}

}  // namespace certmgr::solvers
