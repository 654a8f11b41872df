// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/trouble.h"

namespace SQLite {
class Exception;
}

namespace certmgr::store {

Trouble store_trouble(std::string code, std::string what, std::string why, std::string hint);

/// A row whose content cannot be what this program wrote. `row`: "order 17".
Trouble corrupt_row(const std::string& row, const std::string& why);

/// Somebody else changed the row in between, or it is gone.
Trouble conflict(const std::string& row, const std::string& why);

/// A call that no correct caller makes; `what` names it.
Trouble misuse(const std::string& what, const std::string& why);

/// What SQLite's complaint means for the person who runs the program. `system_error` is the errno of
/// the last system call that failed within SQLite.
Trouble sqlite_trouble(const SQLite::Exception& error, int system_error, const std::string& doing,
                       const std::string& path);

/// `what`, with strerror(system_error) as the reason: "store_unwritable", or "disk_full".
Trouble file_trouble(int system_error, const std::string& what, const std::string& path);

}  // namespace certmgr::store
