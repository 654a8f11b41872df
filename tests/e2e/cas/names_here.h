// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "lab/knot.h"
#include "lab/temp_dir.h"

namespace certmgr::e2e {

/// A network of this program's own with a DNS server for the zone `test`, in which every name is this host:
/// for CAs that look for proofs at the ports 80, 443 and 53.
class NamesHere {
 public:
  /// Why it cannot be had; empty: from now on this program is in it, for good. Before it starts a thread.
  static std::string enter();

  NamesHere();
  /// Configuration with which certmgr proves its names: by the port 80 as always, by 443 and by DNS.
  [[nodiscard]] std::string ways_besides_http() const;

 private:
  [[nodiscard]] std::filesystem::path key_file() const { return dir_ / "lab.key"; }

  lab::TempDir dir_;
  std::optional<lab::Knot> dns_;
};

}  // namespace certmgr::e2e
