// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace certmgr::lab::strict {

/// A problem document (RFC 7807, RFC 8555 section 6.7) and the reply that carries it.
struct Problem {
  std::string type;  // without urn:ietf:params:acme:error:
  int status = 400;
  std::string detail = {};
  nlohmann::json more = nlohmann::json::object();  // further members: instance, algorithms, identifier ...
  std::vector<Problem> subproblems = {};
  std::multimap<std::string, std::string> headers = {};  // of the reply: Retry-After, Link ...
  bool forbidden = false;                                // the client broke the RFC: goes into violations()

  [[nodiscard]] nlohmann::json document() const;
};

/// Thrown while a request is looked at; becomes the reply to it.
struct Refusal {
  Problem problem;
};

namespace problems {

/// What no client may send.
Problem malformed(const std::string& detail, int status = 400);
/// The same with another type than malformed.
Problem broken_rule(const std::string& type, const std::string& detail, int status = 400);
Problem unauthorized(const std::string& detail, int status = 403);
Problem not_found(const std::string& what);

/// For tests, with StrictCa::refuse(). A rate limit as Boulder words it; empty: no Retry-After.
Problem rate_limited(const std::string& retry_after);
/// An account paused for an identifier (Boulder): only the page in the detail lifts it.
Problem paused(const std::string& unpause_url);
/// RFC 8555 section 7.3.3: somebody must visit `instance`.
Problem user_action_required(const std::string& instance);
Problem internal_error();
/// One subproblem per identifier (RFC 8555 section 6.7.1).
Problem compound(const std::string& type, const std::vector<std::pair<std::string, Problem>>& by_dns_name);

}  // namespace problems
}  // namespace certmgr::lab::strict
