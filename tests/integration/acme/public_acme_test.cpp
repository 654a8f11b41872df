// SPDX-License-Identifier: MIT
// What a CA tells anybody: without an account, and when it tells nothing. Good answers are in
// integration/strict_ca/renewal_info_run_test.cpp.
#include "adapters/acme/public_acme.h"

#include <gtest/gtest.h>

#include "lab/ports.h"

namespace certmgr::acme {
namespace {

using namespace std::chrono_literals;

class MovedClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return at; }
  double jitter() override { return 0; }
  Instant at{std::chrono::seconds(1'800'000'000)};
};

/// Holds nothing, and counts how often the directory was wanted.
class CountingMemory final : public CaMemory {
 public:
  std::optional<Directory> directory(const std::string&) override {
    ++wanted;
    return known;
  }
  void remember_directory(const std::string&, const Directory&) override {}
  std::optional<std::string> take_nonce(const std::string&) override { return std::nullopt; }
  void park_nonce(const std::string&, const std::string&) override {}

  int wanted = 0;
  std::optional<Directory> known;
};

class NobodyThere : public ::testing::Test {
 protected:
  std::string url_ = "https://127.0.0.1:" + std::to_string(lab::free_port());
  MovedClock clock_;
  CountingMemory memory_;
  PublicAcme cas_{[this] {
                    return std::vector<CaSettings>{{"test", url_ + "/dir", "", 2s, std::nullopt}};
                  },
                  memory_, clock_};
  std::string refusal(const std::string& ca = "test") {
    return cas_.renewal_info(ca, "no chain").error().code;
  }
};

TEST_F(NobodyThere, IsNotAskedAboutEveryCertificate) {
  EXPECT_EQ(refusal(), "ca_unreachable");
  EXPECT_EQ(memory_.wanted, 1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(refusal(), "ca_unreachable");
  EXPECT_EQ(memory_.wanted, 1);
  clock_.at += 61s;
  EXPECT_EQ(refusal(), "ca_unreachable");
  EXPECT_EQ(memory_.wanted, 2);
}

TEST_F(NobodyThere, IsNotMissedWhereRenewalInformationIsNotOffered) {
  memory_.known = CaMemory::Directory{
      R"({"newNonce":"https://ca/n","newAccount":"https://ca/a","newOrder":"https://ca/o"})", clock_.at + 1h};
  EXPECT_EQ(refusal(), "chain_malformed") << "our own certificate is looked at first";
  EXPECT_FALSE(cas_.meta("test")->renewal_info);
}

TEST_F(NobodyThere, IsAnUnknownCa) { EXPECT_EQ(refusal("other"), "unknown_ca"); }

}  // namespace
}  // namespace certmgr::acme
