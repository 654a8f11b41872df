// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace certmgr::lab::strict {

/// The TXT records of a name, each as one string, over at most eight CNAMEs; std::runtime_error says why
/// there is no answer. `server` is ADDRESS:PORT.
std::vector<std::string> text_records(const std::string& name, const std::string& server);

}  // namespace certmgr::lab::strict
