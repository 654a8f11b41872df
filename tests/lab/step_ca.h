// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {

/// step-ca with a folder and a hierarchy of its own, and a directory for each of several kinds of
/// certificates (its "provisioners"). It looks for proofs at the ports 80 and 443 and asks the system's
/// resolver, so it needs a network of its own (own_network.h) in which that resolver knows kHost.
class StepCa {
 public:
  static constexpr const char* kHost = "ca.test";
  /// Wants no external account; names alone, without a policy.
  static constexpr const char* kPlain = "plain";
  // The others want an external account each.
  static constexpr const char* kDv = "dv";          // the same with one
  static constexpr const char* kDvPolicy = "dvp";   // with the policy of DV
  static constexpr const char* kOv = "ov";          // the subject that is requested, with the policy of OV
  static constexpr const char* kEv = "ev";          // of EV
  static constexpr const char* kPrivate = "prv";    // the subject that is requested, without a policy
  static constexpr const char* kElsewhere = "lie";  // of OV, and always for another organization
  static constexpr const char* kOtherOrganization = "Somebody Else AG";
  /// So many external accounts per directory, numbered from 1.
  static constexpr int kAccounts = 3;

  /// std::runtime_error where it does not start.
  StepCa();
  /// Why there is none here; empty: there is.
  static std::string why_not();

  [[nodiscard]] std::string directory_url(const std::string& provisioner) const;
  /// PEM file of the root that vouches for its HTTPS and for what it issues.
  [[nodiscard]] std::filesystem::path ca_file() const { return dir_ / "root.pem"; }
  /// Of an external account: what the CA calls it, and the file with its key, which the owner alone can read.
  [[nodiscard]] std::string kid(const std::string& provisioner, int number = 1) const;
  [[nodiscard]] std::filesystem::path hmac_file(const std::string& provisioner, int number = 1) const;
  /// What it has said so far.
  [[nodiscard]] std::string log() const { return process_->output(); }

 private:
  void write_files() const;
  [[nodiscard]] bool answers() const;

  TempDir dir_;
  int port_;
  std::optional<Process> process_;
};

}  // namespace certmgr::lab
