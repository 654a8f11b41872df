// SPDX-License-Identifier: MIT
#include "lab/strict_ca/problem.h"

namespace certmgr::lab::strict {

nlohmann::json Problem::document() const {
  nlohmann::json document = more;
  document["type"] = "urn:ietf:params:acme:error:" + type;
  document["detail"] = detail;
  document["status"] = status;
  for (const auto& one : subproblems) {
    auto entry = one.document();
    entry.erase("status");
    document["subproblems"].push_back(std::move(entry));
  }
  return document;
}

namespace problems {

Problem malformed(const std::string& detail, int status) {
  return {.type = "malformed", .status = status, .detail = detail, .forbidden = true};
}

Problem broken_rule(const std::string& type, const std::string& detail, int status) {
  return {.type = type, .status = status, .detail = detail, .forbidden = true};
}

Problem unauthorized(const std::string& detail, int status) {
  return {.type = "unauthorized", .status = status, .detail = detail};
}

Problem not_found(const std::string& what) {
  return {.type = "malformed", .status = 404, .detail = "there is no " + what, .forbidden = true};
}

Problem rate_limited(const std::string& retry_after) {
  Problem problem{.type = "rateLimited",
                  .status = 429,
                  .detail = "too many certificates already issued for this exact set of identifiers"};
  if (!retry_after.empty()) problem.headers.emplace("Retry-After", retry_after);
  return problem;
}

Problem paused(const std::string& unpause_url) {
  return {.type = "rateLimited",
          .status = 429,
          .detail =
              "Your account is temporarily prevented from requesting certificates for pbx.example.com "
              "and possibly others. Please visit: " +
              unpause_url};
}

Problem user_action_required(const std::string& instance) {
  Problem problem{.type = "userActionRequired", .status = 403, .detail = "Terms of service have changed"};
  problem.more["instance"] = instance;
  problem.headers.emplace("Link", "<" + instance + ">;rel=\"terms-of-service\"");
  return problem;
}

Problem internal_error() {
  return {.type = "serverInternal", .status = 500, .detail = "The server experienced an internal error"};
}

Problem compound(const std::string& type, const std::vector<std::pair<std::string, Problem>>& by_dns_name) {
  Problem problem{.type = type, .status = 403, .detail = "Some of the identifiers requested were rejected"};
  for (const auto& [name, one] : by_dns_name) {
    Problem sub = one;
    sub.more["identifier"] = {{"type", "dns"}, {"value", name}};
    problem.subproblems.push_back(std::move(sub));
  }
  return problem;
}

}  // namespace problems
}  // namespace certmgr::lab::strict
