// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lab/certmgr.h"

namespace certmgr::e2e {

/// Requests to the CA that a run with -v says it made; `beginning`: only those that begin with it ("POST ").
int requests(const lab::Outcome& outcome, const std::string& beginning = {});

}  // namespace certmgr::e2e
