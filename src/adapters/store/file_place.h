// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "certmgr/domain/trouble.h"

namespace certmgr::store {

/// Remembers which file an open store is. When its path leads to another one, or nowhere, SQLite goes on
/// with a file that nobody will ever see again. Thread-safe.
class FilePlace {
 public:
  /// Call it once the store and its log are open.
  explicit FilePlace(std::string path);

  /// "store_vanished" or "store_replaced". Two calls of stat(2).
  [[nodiscard]] std::optional<Trouble> lost() const;

 private:
  struct Identity {
    dev_t device = 0;
    ino_t number = 0;
    bool operator==(const Identity&) const = default;
  };
  struct Found {
    std::optional<Identity> file;
    bool gone = false;  // certainly not there; else it could not be looked at
  };
  static Found look(const std::string& path);
  [[nodiscard]] std::optional<Trouble> lost(const std::string& path,
                                            const std::optional<Identity>& opened) const;

  std::string path_;
  std::optional<Identity> store_;
  std::optional<Identity> log_;  // the write-ahead log: it stays while anybody has the store open
};

}  // namespace certmgr::store
