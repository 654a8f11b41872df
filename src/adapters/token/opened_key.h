// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "crypto/openssl_handles.h"

namespace certmgr::token {

/// A key that OpenSSL can sign with, and what must stay loaded as long as it is used. The key goes first.
struct OpenedKey {
  std::shared_ptr<void> keeper;
  crypto::PkeyPtr key;
};

}  // namespace certmgr::token
