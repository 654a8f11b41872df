// SPDX-License-Identifier: MIT
// The upkeep of a certificate goes on whatever becomes of the words about it.
#include <gmock/gmock.h>

#include "adapters/store/renewal_store.h"
#include "certmgr/services/renewal_runner.h"
#include "upkeep_world.h"

namespace certmgr::test {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;

/// Nobody can be told.
class NoWay final : public Notifier {
 public:
  [[nodiscard]] std::vector<std::string> channels() const override {
    throw Failure({.kind = TroubleKind::store, .code = "disk_full", .what = "cannot raise the alarm"});
  }
  [[nodiscard]] bool wants(const std::string& /*channel*/, AlarmKind /*kind*/) const override { return true; }
  Result<void> send(const std::string& /*channel*/, const Notice& /*notice*/) override { return {}; }
};

class Heard final : public Progress {
 public:
  void step(const std::string& /*subject*/, const std::string& /*text*/) override {}
  void warn(const std::string& /*subject*/, const std::string& text) override { warnings.push_back(text); }
  std::vector<std::string> warnings;
};

class TheUpkeep : public UpkeepWorld {
 protected:
  store::SqliteRenewalStore renewals_{database_, clock_};
  NoWay no_way_;
  AlarmDesk mute_{alarm_store_, no_way_};
  RenewalRunner runner_{
      {renewals_, revocations_, renewal_infos_, certificates_, orders_, deployments_, mute_, clock_}};
  Heard heard_;
};

TEST_F(TheUpkeep, OrdersAlsoWhenNobodyCanBeToldThatTheEndIsNear) {
  static_cast<void>(issue());
  clock_.at += std::chrono::days(89);
  runner_.step(certificate_.id, heard_);
  ASSERT_TRUE(orders_.open_order(certificate_.id));
  EXPECT_EQ(orders_.open_order(certificate_.id)->reason, "renew");
  EXPECT_THAT(heard_.warnings, Contains(HasSubstr("cannot raise the alarm")));
  EXPECT_THROW(runner_.step(certificate_.id, heard_), Failure) << "nothing is ordered, so it is tried again";
}

}  // namespace
}  // namespace certmgr::test
