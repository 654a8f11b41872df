// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <string>
#include <vector>

#include "e2e/world/moved_clock.h"
#include "lab/certmgr.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {

using nlohmann::json;
using Arguments = std::vector<std::string>;

// Who does what here; users that every Debian has.
inline constexpr const char* kRequester = "www-data";
inline constexpr const char* kApprover = "games";
inline constexpr const char* kSecondApprover = "news";
inline constexpr const char* kRequesterAndApprover = "mail";
inline constexpr const char* kAuditor = "backup";

inline constexpr const char* kName = "pbx.example.com";

/// A CA that vets organizations, "vetted", an organization that it has validated, and persons with roles.
class Vetted : public ::testing::Test {
 protected:
  Vetted();
  void SetUp() override;

  /// "2026-11-29"
  static std::string today();
  /// What is recorded when the CA has validated the organization.
  void validated(const std::string& ca) const;
  /// `person` runs it, with --json; an expectation fails unless it exits with `code`.
  json as(const std::string& person, Arguments arguments, int code = 0) const;
  /// The error's code, of a command that must be refused.
  std::string refusal(const std::string& person, const Arguments& arguments, int code = 2) const;
  json request(int code = 4, const Arguments& more = {}, const std::string& person = kRequester) const;
  json show(int id = 1) const;
  std::string state(int id = 1) const { return show(id)["state"]; }
  /// What the scheduler does, `hours` from now.
  void tick(int hours = 0);
  /// Of the leaf in the server's file; empty: nothing was put there.
  std::string deployed() const;
  json certificate() const;
  /// Requested, approved, and placed at the CA; it stays there if the CA holds it.
  void place(int hours = 0);
  void expect_honest_client() const { EXPECT_THAT(ca_.violations(), ::testing::IsEmpty()); }

  static lab::strict::Organization acme();
  void write_config(const std::string& more);

  std::string ticked_;  // what the last tick() said
  lab::TempDir files_;
  lab::StrictCa ca_;
  lab::Certmgr certmgr_;
  MovedClock clock_{certmgr_, files_ / "clock"};
};

}  // namespace certmgr::e2e
