// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "certmgr/domain/trouble.h"

namespace certmgr::token {

using Octets = std::vector<std::uint8_t>;

/// Does the work in a child process, and hands over what it came to. Modules and engines are code of others
/// that shares our OpenSSL: an engine stays in charge of all EC and RSA keys of its process, and may crash
/// when that ends. Trouble "token_failed" if the child ended without a word or was silent for `limit`. What
/// it would print goes nowhere.
Result<Octets> in_own_process(const std::function<Result<Octets>()>& work, std::chrono::milliseconds limit);

}  // namespace certmgr::token
