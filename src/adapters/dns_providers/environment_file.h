// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "certmgr/domain/trouble.h"

namespace certmgr::dns_providers {

/// Variables for a program, by name.
using Variables = std::map<std::string, std::string>;

/// Reads NAME=value lines: blank lines, lines that begin with #, and a leading "export " are passed over;
/// a value may stand in single or double quotes, in which nothing is replaced. No shell ever reads it.
/// `path` and `what` are for the trouble "bad_environment_file", which never repeats a value.
Result<Variables> parse_environment(std::string_view text, const std::string& path, const std::string& what);

/// The same from a file that only root and we may read; empty path: none.
Result<Variables> load_environment(const std::string& path, const std::string& what);

}  // namespace certmgr::dns_providers
