// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <optional>
#include <string>

#include "e2e/world/world.h"
#include "lab/step_ca.h"
#include "names_here.h"

namespace certmgr::e2e {

/// step-ca, a DNS server for the zone `test` in which every name is this host, and certmgr, in a network of
/// their own. The default CA is the directory that wants no external account. Skips where that cannot be had.
class WithStepCa : public ::testing::Test {
 protected:
  void SetUp() override;

  /// Further tables of the configuration, in place of those of the last call.
  void configure(const std::string& tables);
  /// [ca.NAME], with an external account; `more` are lines for it.
  [[nodiscard]] std::string entry(const std::string& name, const std::string& provisioner,
                                  const std::string& more = {}, int account = 1) const;

  [[nodiscard]] Outcome run(const Arguments& arguments) const { return certmgr_->run(arguments); }
  /// The same; a failed expectation unless it exits with `code`.
  Outcome run(const Arguments& arguments, int code) const;
  [[nodiscard]] json run_json(Arguments arguments, int code = 0) const;

  [[nodiscard]] lab::StepCa& ca() { return *ca_; }
  [[nodiscard]] lab::Certmgr& certmgr() { return *certmgr_; }
  [[nodiscard]] const lab::TempDir& files() const { return dir_; }

 private:
  lab::TempDir dir_;
  std::optional<NamesHere> names_;
  std::optional<lab::StepCa> ca_;
  std::optional<lab::Certmgr> certmgr_;
};

}  // namespace certmgr::e2e
