// SPDX-License-Identifier: MIT
#include "step_ca_world.h"

#include <filesystem>

#include "lab/own_network.h"

namespace certmgr::e2e {
namespace {

constexpr const char* kEverywhereHere = "@ IN NS ns1\nns1 IN A 127.0.0.1\n* IN A 127.0.0.1\n";

}  // namespace

void WithStepCa::SetUp() {
  if (const auto why_not = lab::StepCa::why_not(); !why_not.empty()) GTEST_SKIP() << why_not;
  // For all tests of this program: there is no way back out.
  static const std::string why_not = lab::enter_own_network();
  if (!why_not.empty()) GTEST_SKIP() << why_not;
  const lab::LabKey key;
  lab::write_file(dir_ / "lab.key", key.file());
  std::filesystem::permissions(dir_ / "lab.key", std::filesystem::perms(0600));
  dns_.emplace(lab::KnotOptions{
      .address = "127.0.0.1", .port = 53, .zones = {{{"test", kEverywhereHere}, "", false}}, .key = key});
  ca_.emplace();
  certmgr_.emplace(CERTMGR_TEST_PROGRAM, lab::CertmgrConfig{});
  configure("");
}

void WithStepCa::configure(const std::string& tables) {
  certmgr_->write_config({.directory_url = ca_->directory_url(lab::StepCa::kPlain),
                          .ca_bundle = ca_->ca_file(),
                          .http_port = 80,
                          .preflight = "dns = true\n",
                          .extra = "[challenge.dns-01]\nprovider = \"lab\"\n"
                                   "[dns.lab]\ntype = \"rfc2136\"\nserver = \"127.0.0.1\"\nzone = \"test\"\n"
                                   "key_file = \"" +
                                   (dir_ / "lab.key").string() + "\"\n" + tables});
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
