// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/trouble.h"
#include "crypto/encoding.h"

namespace certmgr::store {

enum class KeyFileKind {
  own,         // ours alone: nobody else may read it
  credential,  // made by systemd, which grants the service's user access by ACL; the mode then shows
               // the ACL's mask as group bits and says nothing
};

/// The 32 octets written as 64 hex digits and an optional newline. nullopt: there is no such file. Throws
/// Failure "store_key_unusable" when it is no regular file, others may read it, or its content is no key.
std::optional<crypto::Bytes> read_key_file(const std::string& path, KeyFileKind kind);

/// Makes the file with a new random key (mode 0400), durably, and its folder (0755) if it is missing. When
/// another process makes it at the same moment, one key wins and both get that one.
crypto::Bytes create_key_file(const std::string& path);

Trouble bad_key_source(const std::string& source, const std::string& why);

}  // namespace certmgr::store
