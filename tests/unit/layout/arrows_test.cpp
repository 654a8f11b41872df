// SPDX-License-Identifier: MIT
// The arrows of docs/architecture.md: which room may include what.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace certmgr {
namespace {

namespace fs = std::filesystem;

struct Include {
  std::string file;  // relative to the sources
  std::string header;
};

std::vector<Include> includes_below(const std::string& folder) {
  const fs::path root = CERTMGR_TEST_SOURCE_DIR;
  std::vector<Include> found;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("#include ")) continue;
      const auto begin = line.find_first_of("\"<") + 1;
      found.push_back({fs::relative(entry.path(), root).string(),
                       line.substr(begin, line.find_first_of("\">", begin) - begin)});
    }
  }
  return found;
}

void expect_only(const std::string& folder, const std::vector<std::string>& allowed) {
  const auto includes = includes_below(folder);
  ASSERT_FALSE(includes.empty()) << folder;
  for (const auto& include : includes) {
    const auto slash = include.header.find('/');
    const bool ours =
        include.header.starts_with("certmgr/") ||
        (slash != std::string::npos &&
         fs::is_directory(fs::path(CERTMGR_TEST_SOURCE_DIR) / "src" / include.header.substr(0, slash)));
    if (!ours) continue;
    EXPECT_TRUE(std::any_of(allowed.begin(), allowed.end(),
                            [&](const std::string& prefix) { return include.header.starts_with(prefix); }))
        << include.file << " includes " << include.header;
  }
}

TEST(Arrows, TheDomainIncludesNothingButItself) { expect_only("src/domain", {"certmgr/domain/", "domain/"}); }

TEST(Arrows, TheRestOfTheDomainKnowsNoEnrollment) {
  for (const char* folder : {"src/domain", "include/certmgr/domain"})
    for (const auto& include : includes_below(folder))
      if (include.file.find("/enrollment/") == std::string::npos) {
        EXPECT_EQ(include.header.find("domain/enrollment/"), std::string::npos)
            << include.file << " includes " << include.header;
      }
}

TEST(Arrows, ServicesKnowDomainAndPorts) {
  expect_only("src/services", {"certmgr/domain/", "certmgr/ports/", "certmgr/services/", "services/"});
}

TEST(Arrows, TheCommandLineKnowsServicesAndNoAdapter) {
  expect_only("src/cli", {"certmgr/", "answers/", "cli/"});
}

TEST(Arrows, AnswersKnowServicesAndNoDoor) { expect_only("src/answers", {"certmgr/", "answers/"}); }

TEST(Arrows, TheWebKnowsServicesAndNoAdapterAndNoCommandLine) {
  expect_only("src/web", {"certmgr/", "answers/", "web/", "platform/"});
}

TEST(Arrows, TheDaemonKnowsServicesThePlatformAndItsPages) {
  expect_only("src/daemon", {"certmgr/", "daemon/", "platform/", "web/"});
}

TEST(Arrows, ConfigurationKnowsTheDomainOnly) { expect_only("src/config", {"certmgr/domain/", "config/"}); }

TEST(Arrows, CryptoAndPlatformKnowNoService) {
  expect_only("src/crypto", {"certmgr/domain/", "crypto/"});
  expect_only("src/platform", {"certmgr/domain/", "certmgr/ports/", "platform/"});
}

TEST(Arrows, AdaptersDoNotKnowEachOther) {
  for (const std::string adapter : {"acme", "deploy", "dns", "dns_providers", "names", "notify", "probe",
                                    "revocation", "solvers", "store", "token"})
    expect_only("src/adapters/" + adapter,
                {"certmgr/domain/", "certmgr/ports/", "crypto/", "platform/", "adapters/" + adapter + "/"});
}

TEST(Arrows, PublicHeadersShowNoLibrary) {
  for (const auto& include : includes_below("include"))
    for (const char* library :
         {"curl", "ldns", "openssl", "SQLite", "sqlite", "nlohmann", "httplib", "spdlog", "CLI", "toml"})
      EXPECT_FALSE(include.header.starts_with(library)) << include.file << " includes " << include.header;
}

}  // namespace
}  // namespace certmgr
