// SPDX-License-Identifier: MIT
// A CA that answers 200 to a deactivation and deactivates nothing, as Serles does.
#include <gtest/gtest.h>

#include "integration/acme/acme_bench.h"
#include "lab/fault_proxy.h"
#include "lab/pebble.h"

namespace certmgr::acme {
namespace {

using testing::Client;
using testing::kNames;
using testing::kRequest;

constexpr const char* kAccount = "/my-account/";

/// The CA has done it, and the answer says that it has not.
lab::Fault shows_valid() {
  return lab::faults::json([](nlohmann::json& answer) { answer["status"] = "valid"; });
}

struct BehindProxy {
  lab::Pebble pebble{{.always_valid = true}};
  lab::FaultProxy proxy{pebble};
  Client client{proxy.directory_url(), proxy.ca_file().string()};
};

TEST(Deactivation, OfAnAccountIsBelievedWhenTheCaShowsIt) {
  BehindProxy bench;
  ASSERT_TRUE(bench.client.ca->register_account(kRequest));
  bench.proxy.inject(kAccount, shows_valid());
  const auto kept = bench.client.ca->deactivate_account();
  ASSERT_FALSE(kept) << "it is still valid there";
  EXPECT_EQ(kept.error().code, "not_deactivated");
  EXPECT_EQ(kept.error().kind, TroubleKind::permanent);
  EXPECT_NE(kept.error().message().find(kAccount), std::string::npos) << kept.error().message();
}

TEST(Deactivation, OfAnAccountThatTheCaShowsIsDone) {
  BehindProxy bench;
  ASSERT_TRUE(bench.client.ca->register_account(kRequest));
  const auto ended = bench.client.ca->deactivate_account();
  ASSERT_TRUE(ended) << ended.error().message();
  EXPECT_EQ(ended->status, "deactivated");
}

TEST(Deactivation, OfAnAuthorizationIsBelievedWhenTheCaShowsIt) {
  BehindProxy bench;
  ASSERT_TRUE(bench.client.ca->register_account(kRequest));
  const auto order = bench.client.ca->new_order({kNames});
  ASSERT_TRUE(order) << order.error().message();
  const std::string url = order->value.authorizations.front();
  bench.proxy.inject(lab::paths::kAuthorization, shows_valid());
  const auto kept = bench.client.ca->deactivate_authorization(url);
  ASSERT_FALSE(kept) << "it is still valid there";
  EXPECT_EQ(kept.error().code, "not_deactivated");
  EXPECT_EQ(kept.error().kind, TroubleKind::permanent);
}

}  // namespace
}  // namespace certmgr::acme
