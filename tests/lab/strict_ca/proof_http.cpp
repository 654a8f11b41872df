// SPDX-License-Identifier: MIT
#include <httplib.h>

#include "lab/strict_ca/proofs.h"

namespace certmgr::lab::strict {
namespace {

constexpr int kMostRedirects = 10;
constexpr auto kPatience = std::chrono::seconds(5);

std::string without_trailing_space(std::string text) {
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

/// The path of a plain http URL on the same port; empty for what this CA does not follow.
std::string path_of(const std::string& location) {
  if (location.starts_with('/')) return location;
  const std::string scheme = "http://";
  const auto slash = location.find('/', scheme.size());
  return location.starts_with(scheme) && slash != std::string::npos ? location.substr(slash) : std::string();
}

}  // namespace

std::optional<Problem> look_at_http(const ProofTask& task) {
  httplib::Client client(task.address, task.http_port);
  client.set_connection_timeout(kPatience);
  client.set_read_timeout(kPatience);
  const bool six = task.identifier.value.find(':') != std::string::npos;
  const httplib::Headers headers = {{"Host", six ? "[" + task.identifier.value + "]" : task.identifier.value},
                                    {"User-Agent", "strict-ca"}};
  std::string path = "/.well-known/acme-challenge/" + task.token;
  for (int hop = 0; hop <= kMostRedirects && !path.empty(); ++hop) {
    const auto reply = client.Get(path, headers);
    const std::string where = "http://" + task.identifier.value + path;
    if (!reply)
      return Problem{.type = "connection",
                     .detail = "cannot fetch " + where + ": " + to_string(reply.error())};
    if (reply->status >= 300 && reply->status < 400) {
      path = path_of(reply->get_header_value("Location"));
      continue;
    }
    if (reply->status != 200)
      return problems::unauthorized("invalid response from " + where + ": " + std::to_string(reply->status));
    if (without_trailing_space(reply->body) != task.key_authorization)
      return problems::unauthorized("the key authorization at " + where + " is not the right one");
    return std::nullopt;
  }
  return Problem{.type = "connection", .detail = "too many redirects, or to somewhere else"};
}

}  // namespace certmgr::lab::strict
