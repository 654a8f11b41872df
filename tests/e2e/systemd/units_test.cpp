// SPDX-License-Identifier: MIT
// The unit files: systemd understands them, and they are as tight as promised.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::e2e {
namespace {

namespace fs = std::filesystem;

const fs::path kUnits = fs::path(CERTMGR_TEST_SOURCE_DIR) / "systemd";
constexpr double kMostExposure = 2.0;

struct Ran {
  int code = -1;
  std::string output;
};

Ran analyze(const std::vector<std::string>& arguments) {
  const lab::TempDir dir;
  std::vector<std::string> command{lab::find_program("systemd-analyze")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  lab::Process process({.command = command, .environment = {{"LANG", "C.UTF-8"}}, .output = dir / "output"});
  const auto code = process.wait(std::chrono::seconds(60));
  return {code.value_or(-1), process.output()};
}

class Hardening : public ::testing::TestWithParam<const char*> {};

TEST_P(Hardening, LeavesNoMoreThanTwoPointsOfExposure) {
  const auto ran = analyze({"security", "--offline=true", "--no-pager", kUnits / GetParam()});
  std::smatch found;
  ASSERT_TRUE(std::regex_search(ran.output, found, std::regex("Overall exposure level for [^:]*: ([0-9.]+)")))
      << ran.output;
  EXPECT_LE(std::stod(found[1]), kMostExposure) << ran.output;
}

INSTANTIATE_TEST_SUITE_P(OfTheServices, Hardening,
                         ::testing::Values("certmgr.service", "certmgr-deploy.service"),
                         [](const auto& which) { return which.index == 0 ? "network" : "deploy"; });

TEST(Units, AreUnderstoodBySystemd) {
  // "verify" wants the program to exist where the unit names it.
  const lab::TempDir dir;
  std::vector<std::string> arguments{"verify", "--man=no"};
  for (const auto& entry : fs::directory_iterator(kUnits)) {
    if (!entry.is_regular_file()) continue;
    const std::string text = lab::read_file(entry.path());
    const fs::path copy = dir / entry.path().filename().string();
    lab::write_file(copy, std::regex_replace(text, std::regex("/usr/bin/certmgr"), CERTMGR_TEST_PROGRAM));
    arguments.push_back(copy);
  }
  ASSERT_GE(arguments.size(), 6U);
  const auto ran = analyze(arguments);
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.output, "");
}

}  // namespace
}  // namespace certmgr::e2e
