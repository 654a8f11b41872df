// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lab/fault_proxy.h"
#include "lab/pebble.h"
#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {

class StrictCa;

/// What stands in the configuration of the program under test.
struct CertmgrConfig {
  std::string directory_url = {};
  std::filesystem::path ca_bundle = {};
  int http_port = 0;
  std::string email = "admin@example.com";
  std::string preflight = "dns = false\n";  // lines of [preflight]: the lab's names are in no DNS
  std::string extra = {};                   // TOML that is appended
};

/// A configuration for this CA, directly or through a proxy.
CertmgrConfig config_for(const Pebble& pebble);
CertmgrConfig config_for(const Pebble& pebble, const FaultProxy& proxy);
CertmgrConfig config_for(const StrictCa& ca);

struct Outcome {
  int exit_code = -1;  // -1: it did not end in time and was killed
  std::string output;
  std::string errors;
  /// stdout as one JSON document; throws when it is not exactly that.
  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(output); }
};

/// The built program with a folder, a configuration and a store of its own, and a clean environment.
class Certmgr {
 public:
  Certmgr(std::filesystem::path program, const CertmgrConfig& config);

  [[nodiscard]] const std::filesystem::path& dir() const { return dir_.path(); }
  [[nodiscard]] std::filesystem::path config_file() const { return dir_ / "certmgr.toml"; }
  [[nodiscard]] std::filesystem::path store_file() const { return dir_ / "certmgr.db"; }
  [[nodiscard]] std::filesystem::path key_file() const { return dir_ / "store.key"; }
  void write_config(const CertmgrConfig& config) const;
  /// Variables on top of the clean environment.
  void set_environment(const std::string& name, const std::string& value) { environment_[name] = value; }

  /// Runs it to its end.
  [[nodiscard]] Outcome run(const std::vector<std::string>& arguments,
                            milliseconds limit = std::chrono::seconds(60)) const;
  /// Leaves it running, to be killed or waited for; outcome_of() then tells the rest.
  [[nodiscard]] Process start(const std::vector<std::string>& arguments) const;
  /// The same for somebody who has logged in as this user of the system and become root, as with sudo. No
  /// user is made: take one that is there ("www-data"). std::runtime_error for a user that is not. Needs
  /// may_log_in().
  [[nodiscard]] Outcome run_as(const std::string& user, const std::vector<std::string>& arguments,
                               milliseconds limit = std::chrono::seconds(60)) const;
  [[nodiscard]] Process start_as(const std::string& user, const std::vector<std::string>& arguments) const;
  /// As this user of the system, who has no way to the folder here unless it is opened to everybody.
  [[nodiscard]] Outcome run_as_user(const std::string& user, const std::vector<std::string>& arguments,
                                    milliseconds limit = std::chrono::seconds(60)) const;
  static Outcome outcome_of(Process& process, milliseconds limit = std::chrono::seconds(60));

 private:
  [[nodiscard]] Process start(const std::vector<std::string>& arguments, std::optional<uid_t> login,
                              std::optional<uid_t> user = std::nullopt) const;

  std::filesystem::path program_;
  TempDir dir_;
  std::map<std::string, std::string> environment_;
};

}  // namespace certmgr::lab
