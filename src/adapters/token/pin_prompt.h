// SPDX-License-Identifier: MIT
#pragma once

#include <openssl/ui.h>

#include <memory>
#include <string>

#include "crypto/openssl_handles.h"

namespace certmgr::token {

using UiMethodPtr = std::unique_ptr<UI_METHOD, crypto::Deleter<UI_destroy_method>>;

/// What OpenSSL asks when it wants a PIN. It answers with the std::string that the callback data points to,
/// and never asks the terminal.
UiMethodPtr answer_with_pin();

}  // namespace certmgr::token
