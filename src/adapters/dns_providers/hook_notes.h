// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/dns_challenge.h"

namespace certmgr::dns_providers {

/// What is remembered of one record that a hook was given.
struct HookNote {
  bool presented = false;  // false: the hook was started, and nobody saw it succeed
  std::string answer;      // what it printed on stdout
};

/// Notes on disk, one file per record, so that a hook is asked once to put a value there and once to take it
/// away, whatever is repeated and whoever was killed in between: hooks of other clients do not expect to be
/// called twice, and certbot's clean-up hooks want to know what the first call printed. Thread-safe for
/// different records.
class HookNotes {
 public:
  /// `folder` is made when it is first needed, for us alone. `provider` keeps the notes of several apart.
  HookNotes(std::string folder, std::string provider);

  [[nodiscard]] Result<std::optional<HookNote>> find(const TxtRecord& record) const;
  /// On the disk when this returns.
  Result<void> write(const TxtRecord& record, const HookNote& note) const;
  Result<void> remove(const TxtRecord& record) const;

 private:
  [[nodiscard]] std::string path(const TxtRecord& record) const;

  std::string folder_;
  std::string provider_;
};

}  // namespace certmgr::dns_providers
