// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "certmgr/domain/trouble.h"

namespace certmgr::revocation {

struct FetchLimits {
  std::size_t bytes = std::size_t{10} * 1024 * 1024;
  std::chrono::milliseconds time = std::chrono::seconds(20);
};

/// The octets at an http or https URL. Redirects are not followed: a CA can name the place where its list
/// is, and nobody on an unencrypted way shall send us elsewhere. Troubles: "crl_unreachable",
/// "crl_too_large".
Result<std::string> fetch_list(const std::string& url, const FetchLimits& limits);

}  // namespace certmgr::revocation
