// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/instant.h"

namespace certmgr::dns_providers {

struct JsonPost {
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
  std::string ca_bundle;  // empty: the system's roots
  Duration limit = std::chrono::seconds(60);
};

struct JsonAnswer {
  long status = 0;         // 0: there was none
  std::string body;        // at most 16 KiB
  std::string why;         // no status: what went wrong
  bool untrusted = false;  // the server's certificate was not accepted
};

/// One POST. Redirects are not followed, as the request carries a password.
JsonAnswer post_json(const JsonPost& post);

}  // namespace certmgr::dns_providers
