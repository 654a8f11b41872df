// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace certmgr {

/// Whether two certificate signing requests in DER ask for the same with the same key: they are equal but for
/// their signatures, of which ECDSA makes another one each time. It compares the CertificationRequestInfo
/// (RFC 2986 section 4.1). What is no such structure is like nothing else.
bool ask_for_the_same(const std::vector<std::uint8_t>& one, const std::vector<std::uint8_t>& other);

}  // namespace certmgr
