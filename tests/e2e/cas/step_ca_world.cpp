// SPDX-License-Identifier: MIT
#include "step_ca_world.h"

namespace certmgr::e2e {

void WithStepCa::SetUp() {
  if (const auto why_not = lab::StepCa::why_not(); !why_not.empty()) GTEST_SKIP() << why_not;
  if (const auto why_not = NamesHere::enter(); !why_not.empty()) GTEST_SKIP() << why_not;
  names_.emplace();
  ca_.emplace();
  certmgr_.emplace(CERTMGR_TEST_PROGRAM, lab::CertmgrConfig{});
  configure("");
}

void WithStepCa::configure(const std::string& tables) {
  certmgr_->write_config({.directory_url = ca_->directory_url(lab::StepCa::kPlain),
                          .ca_bundle = ca_->ca_file(),
                          .http_port = 80,
                          .preflight = "dns = true\n",
                          .extra = names_->ways_besides_http() + tables});
}

std::string WithStepCa::entry(const std::string& name, const std::string& provisioner,
                              const std::string& more, int account) const {
  return "[ca." + name + "]\ndirectory = \"" + ca_->directory_url(provisioner) + "\"\nca_bundle = \"" +
         ca_->ca_file().string() + "\"\naccount = \"" + name + "\"\neab_kid = \"" +
         ca_->kid(provisioner, account) + "\"\neab_hmac_file = \"" +
         ca_->hmac_file(provisioner, account).string() + "\"\n" + more;
}

Outcome WithStepCa::run(const Arguments& arguments, int code) const {
  auto outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors << ca_->log();
  return outcome;
}

json WithStepCa::run_json(Arguments arguments, int code) const {
  arguments.emplace_back("--json");
  return run(arguments, code).json();
}

}  // namespace certmgr::e2e
