// SPDX-License-Identifier: MIT
#include "caddy_world.h"

namespace certmgr::e2e {

void WithCaddy::SetUp() {
  if (const auto why_not = NamesHere::enter(); !why_not.empty()) GTEST_SKIP() << why_not;
  names_.emplace();
  caddy_.emplace();
  certmgr_.emplace(CERTMGR_TEST_PROGRAM, lab::CertmgrConfig{.directory_url = caddy_->directory_url(),
                                                            .ca_bundle = caddy_->ca_file(),
                                                            .http_port = 80,
                                                            .preflight = "dns = true\n",
                                                            .extra = names_->ways_besides_http()});
}

Outcome WithCaddy::run(const Arguments& arguments, int code) const {
  auto outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors << caddy_->log();
  return outcome;
}

json WithCaddy::run_json(Arguments arguments, int code) const {
  arguments.emplace_back("--json");
  return run(arguments, code).json();
}

}  // namespace certmgr::e2e
