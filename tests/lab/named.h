// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {

/// The key that all DNS servers of the lab take updates with.
struct LabKey {
  std::string name = "lab-key";
  std::string secret = "bGFiLXNlY3JldC1sYWItc2VjcmV0LWxhYi1zZWNyZXQ=";
  std::string algorithm = "hmac-sha256";
  /// In BIND's format.
  [[nodiscard]] std::string file() const;
};

struct LabZone {
  std::string name;
  std::string records;  // master file lines below the SOA
  /// With an SOA whose timers are so long that nobody refreshes by itself.
  [[nodiscard]] std::string file() const;
};

struct NamedOptions {
  std::string address = "127.0.0.1";
  int port = 0;                     // 0: picked
  std::vector<LabZone> zones = {};  // with AXFR for all, updates of TXT records with the key
  LabKey key = {};
  std::string more_options = {};  // lines for "options { ... }"
  std::string more = {};          // lines behind that
};

/// A private BIND on loopback: own folder, configuration, zones and log.
class Named {
 public:
  explicit Named(const NamedOptions& options);

  [[nodiscard]] int port() const { return options_.port; }
  [[nodiscard]] std::string log() const { return process_->output(); }
  /// The file of its key, in BIND's format, readable for its owner alone.
  [[nodiscard]] std::filesystem::path key_file() const { return dir_ / "lab.key"; }
  void stop() { process_->end(); }

 private:
  void write_files() const;

  TempDir dir_;
  NamedOptions options_;
  std::optional<Process> process_;
};

}  // namespace certmgr::lab
