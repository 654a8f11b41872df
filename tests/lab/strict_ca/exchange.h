// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lab/strict_ca/public_key.h"

namespace certmgr::lab::strict {

/// An HTTP request as it came.
struct Request {
  std::string method;
  std::string target;                                    // path and query
  std::multimap<std::string, std::string> headers = {};  // names in lower case
  std::string body = {};

  [[nodiscard]] std::optional<std::string> header(const std::string& lower_case_name) const {
    const auto found = headers.find(lower_case_name);
    if (found == headers.end()) return std::nullopt;
    return found->second;
  }
};

struct Reply {
  int status = 200;
  std::string content_type = {};
  std::string body = {};
  std::multimap<std::string, std::string> headers = {};
  bool cut = false;  // the connection ends instead of an answer

  static Reply with_json(const nlohmann::json& document, int status = 200) {
    return {.status = status, .content_type = "application/json", .body = document.dump()};
  }
};

/// A POST whose signature, nonce and URL were found right.
struct Signed {
  std::string account = {};  // id; empty when signed with a bare key
  PublicKey key = {};
  std::string payload;
  std::string url;

  [[nodiscard]] bool post_as_get() const { return payload.empty(); }
};

}  // namespace certmgr::lab::strict
