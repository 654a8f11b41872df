// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lab/named.h"
#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {

struct KnotZone {
  LabZone zone;             // without records if it is a copy
  std::string copied_from;  // "127.0.0.1@5353": a secondary, which looks there when told to; empty: primary
  bool is_signed = false;   // DNSSEC
};

struct KnotOptions {
  std::string address = "127.0.0.2";
  int port = 0;  // 0: picked
  std::vector<KnotZone> zones = {};
  LabKey key = {};
};

/// A private Knot DNS on loopback. Primaries take updates with the key.
class Knot {
 public:
  explicit Knot(const KnotOptions& options);

  [[nodiscard]] int port() const { return options_.port; }
  [[nodiscard]] std::string log() const { return process_->output(); }
  /// Transfers a copied zone now; returns when it has the serial of its primary.
  void refresh(const std::string& zone);
  /// "12345 13 2 AB12..." of the key that signs the zone.
  [[nodiscard]] std::string ds(const std::string& zone) const;

 private:
  void write_files() const;
  std::string run(const std::string& program, const std::vector<std::string>& arguments) const;

  TempDir dir_;
  KnotOptions options_;
  std::optional<Process> process_;
};

}  // namespace certmgr::lab
