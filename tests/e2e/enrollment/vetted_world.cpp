// SPDX-License-Identifier: MIT
#include "e2e/enrollment/vetted_world.h"

#include <sys/stat.h>

#include "e2e/world/acme_record.h"

namespace certmgr::e2e {
namespace {

constexpr const char* kMacKey = "c2VjcmV0LW9mLXRoZS1leHRlcm5hbC1hY2NvdW50LTA";

lab::strict::StrictCaOptions options() {
  lab::strict::StrictCaOptions options;
  options.external_accounts["kid-ov"] = {kMacKey, lab::strict::Level::ov, {}};
  options.external_accounts["kid-ev"] = {kMacKey, lab::strict::Level::ev, {}};
  options.external_accounts["kid-dv"] = {kMacKey, lab::strict::Level::dv, {}};
  options.profiles["organization"] = {.description = "vetted", .level = lab::strict::Level::ov};
  options.profiles["plain"] = {.description = "control alone"};
  return options;
}

lab::strict::StrictCaOptions with_organization(lab::strict::StrictCaOptions options,
                                               const lab::strict::Organization& organization) {
  for (auto& [kid, account] : options.external_accounts) account.organization = organization;
  return options;
}

}  // namespace

lab::strict::Organization Vetted::acme() {
  lab::strict::Organization organization;
  organization.name = "Acme Telefonie GmbH";
  organization.state = "Berlin";
  organization.jurisdiction_state = "Berlin";
  organization.jurisdiction_locality = "Berlin";
  return organization;
}

Vetted::Vetted()
    : ca_(with_organization(options(), acme())), certmgr_(CERTMGR_TEST_PROGRAM, lab::config_for(ca_)) {
  write_config("");
}

void Vetted::write_config(const std::string& more) {
  const auto key = files_ / "eab.key";
  lab::write_file(key, kMacKey);
  ::chmod(key.c_str(), 0600);
  const auto entry = [&](const std::string& name, const std::string& kid, const std::string& rest) {
    return "[ca." + name + "]\ndirectory = \"" + ca_.directory_url() + "\"\naccount = \"" + name +
           "\"\nca_bundle = \"" + ca_.ca_file().string() + "\"\neab_kid = \"" + kid +
           "\"\neab_hmac_file = \"" + key.string() + "\"\n" + rest;
  };
  auto config = lab::config_for(ca_);
  config.extra =
      entry("vetted", "kid-ov", "levels = [\"ov\"]\n") + entry("extended", "kid-ev", "levels = [\"ev\"]\n") +
      entry("by-profile", "kid-dv", "levels = [\"ov\"]\nprofile = \"organization\"\n") +
      entry("by-preference", "kid-dv", "levels = [\"ov\"]\npreferred_profile = \"organization\"\n") +
      entry("careless", "kid-ov", "") + "[roles]\nadmin = [\"root\"]\nrequester = [\"" + kRequester +
      "\", \"" + kRequesterAndApprover + "\", \"dave\"]\napprover = [\"" + kApprover + "\", \"" +
      kSecondApprover + "\", \"" + kRequesterAndApprover + "\", \"carol\"]\nauditor = [\"" + kAuditor +
      "\"]\n" + more;
  certmgr_.write_config(config);
}

void Vetted::SetUp() {
  if (!lab::may_log_in()) GTEST_SKIP() << "needs root, and a kernel that lets it set a login";
  if (!clock_.works()) GTEST_SKIP() << "libfaketime is not installed";
  const auto run = [&](const Arguments& arguments) {
    const auto outcome = certmgr_.run(arguments);
    ASSERT_EQ(outcome.exit_code, 0) << arguments[1] << ": " << outcome.output << outcome.errors;
  };
  run(add_acme());
  for (const char* ca : {"vetted", "by-profile", "by-preference"}) {
    run({"org", "submit", "acme", "--ca", ca, "--level", "ov"});
    run({"org", "acknowledge", "acme", "--ca", ca});
    validated(ca);
  }
  run({"server", "add", "files", "--type", "generic", "--key", (files_ / "key.pem").string(), "--fullchain",
       (files_ / "fullchain.pem").string()});
}

std::string Vetted::today() {
  const auto day =
      std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  char text[16];
  std::snprintf(text, sizeof(text), "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

void Vetted::validated(const std::string& ca) const {
  const auto outcome = certmgr_.run({"org", "validated", "acme", "--ca", ca, "--collected-at", today()});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
}

json Vetted::as(const std::string& person, Arguments arguments, int code) const {
  arguments.emplace_back("--json");
  const auto outcome = certmgr_.run_as(person, arguments);
  EXPECT_EQ(outcome.exit_code, code) << person << " " << arguments[0] << " " << arguments[1] << "\n"
                                     << outcome.output << outcome.errors;
  return json::parse(outcome.output, nullptr, false);
}

std::string Vetted::refusal(const std::string& person, const Arguments& arguments, int code) const {
  return as(person, arguments, code)["error"].value("code", "none");
}

json Vetted::request(int code, const Arguments& more, const std::string& person) const {
  Arguments arguments{"issue", kName, "--level", "ov", "--organization", "acme", "--server", "files"};
  if (std::find(more.begin(), more.end(), "--ca") == more.end())
    arguments.insert(arguments.end(), {"--ca", "vetted"});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return as(person, arguments, code);
}

json Vetted::show(int id) const {
  const auto outcome = certmgr_.run_as(kAuditor, {"enrollment", "show", std::to_string(id), "--json"});
  const json document = json::parse(outcome.output, nullptr, false);
  EXPECT_TRUE(document.contains("enrollment")) << outcome.output << outcome.errors;
  return document.value("enrollment", json::object());
}

void Vetted::tick(int hours) {
  clock_.move("+" + std::to_string(hours) + "h");
  const auto outcome = certmgr_.run({"daemon", "--once"});
  ticked_ = "exit code " + std::to_string(outcome.exit_code) + ": " + outcome.output + outcome.errors;
  // 1: something waits for a person.
  EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 1) << outcome.errors;
}

std::string Vetted::deployed() const {
  const auto file = files_ / "fullchain.pem";
  return std::filesystem::exists(file) ? lab::read_file(file) : std::string();
}

json Vetted::certificate() const { return as(kAuditor, {"show", kName})["certificate"]; }

void Vetted::place(int hours) {
  request();
  as(kApprover, {"enrollment", "approve", "1"});
  tick(hours);
}

}  // namespace certmgr::e2e
