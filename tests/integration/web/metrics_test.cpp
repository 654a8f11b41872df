// SPDX-License-Identifier: MIT
#include "exposition.h"
#include "stand.h"

namespace certmgr::web {
namespace {

using ::testing::HasSubstr;
using Labels = std::map<std::string, std::string>;

class TheMetrics : public Stand {
 protected:
  auto scrape() {
    const auto answer = get("/metrics");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.type, "text/plain; version=0.0.4; charset=utf-8");
    return parse_exposition(answer.body);
  }
  void step(TaskKind kind, const std::string& party, bool finished, const std::string& code,
            Duration took = Duration(20)) {
    metrics_->stepped({{kind, 1}, party, took, finished, code});
  }
  static CertificateLine line(const std::string& label) {
    return {label, "letsencrypt", "fresh", Instant(Duration(1'900'000'000'500)),
            Instant(Duration(1'850'000'000'000))};
  }
};

TEST_F(TheMetrics, OfAnIdleDaemonAreThereFromZeroOn) {
  start();
  const auto page = scrape();
  EXPECT_EQ(page.at("certmgr_build_info").samples.at(0).value, 1);
  for (const char* state : {"new", "fresh", "ordering", "failing", "parked"})
    EXPECT_EQ(value_of(page, "certmgr_certificates", {{"state", state}}), 0) << state;
  for (const char* state : {"unknown", "good", "wrong", "unreachable", "failed", "parked"})
    EXPECT_EQ(value_of(page, "certmgr_listeners", {{"state", state}}), 0) << state;
  for (const char* result : {"issued", "failed", "quarantined", "withdrawn"})
    EXPECT_EQ(value_of(page, "certmgr_orders_total", {{"result", result}}), 0) << result;
  for (const char* result : {"verified", "rolled_back", "failed"})
    EXPECT_EQ(value_of(page, "certmgr_deployments_total", {{"result", result}}), 0) << result;
  EXPECT_FALSE(page.contains("certmgr_next_due_timestamp_seconds")) << "there is no such moment";
}

TEST_F(TheMetrics, ShowTheStoreInNumbers) {
  auto& made_up = overview_.made_up;
  made_up.certificates = 12;
  made_up.due = {{"ca:letsencrypt", 1}};
  made_up.due_since = {{"watch", Instant(Duration(1'799'999'000'000))}};
  made_up.leased = 4;
  made_up.in_work = {{"order", 4}};
  made_up.oldest_due = Instant(Duration(1'799'999'999'000));
  made_up.next_due = Instant(Duration(1'800'000'000'250));
  made_up.open_alarms = 2;
  made_up.renewals = {{"fresh", 9}, {"failing", 3}};
  made_up.watches = {{"good", 2}};
  made_up.open_orders = {{"validating", 1}};
  made_up.waiting = {{"renewal", 12}};
  made_up.expired = 1;
  made_up.past_alarms = 8;
  made_up.neglected = 5;
  made_up.neglected_label = "pbx";
  start();
  const auto page = scrape();
  const std::vector<std::tuple<std::string, Labels, double>> expected{
      {"certmgr_certificates", {{"state", "fresh"}}, 9},
      {"certmgr_certificates", {{"state", "failing"}}, 3},
      {"certmgr_certificates_expired", {}, 1},
      {"certmgr_certificates_neglected", {}, 5},
      {"certmgr_listeners", {{"state", "good"}}, 2},
      {"certmgr_orders_open", {{"state", "validating"}}, 1},
      {"certmgr_tasks_waiting", {{"kind", "renewal"}}, 12},
      {"certmgr_tasks_due", {{"party", "ca:letsencrypt"}}, 1},
      {"certmgr_tasks_leased", {}, 4},
      {"certmgr_half_left_alone", {{"half", "deploy"}}, 1},
      {"certmgr_half_left_alone", {{"half", "network"}}, 0},
      {"certmgr_alarms_open", {}, 2},
      {"certmgr_alarms_past", {}, 8},
      {"certmgr_oldest_due_timestamp_seconds", {}, 1'799'999'999},
      {"certmgr_next_due_timestamp_seconds", {}, 1'800'000'000.25}};
  for (const auto& [name, labels, value] : expected) EXPECT_EQ(value_of(page, name, labels), value) << name;
}

TEST_F(TheMetrics, CountStepsAndHowLongTheyTook) {
  start();
  step(TaskKind::order, "ca:le", false, "");
  step(TaskKind::order, "ca:le", true, "", Duration(700));
  step(TaskKind::deployment, "deploy", false, "hook_failed");
  const auto page = scrape();
  const auto steps = [&](const char* kind, const char* party, const char* result) {
    return value_of(page, "certmgr_steps_total", {{"kind", kind}, {"party", party}, {"result", result}});
  };
  EXPECT_EQ(steps("order", "ca:le", "continued"), 1);
  EXPECT_EQ(steps("order", "ca:le", "finished"), 1);
  EXPECT_EQ(steps("deployment", "deploy", "failed"), 1);
  EXPECT_EQ(value_of(page, "certmgr_step_duration_seconds_count", {{"kind", "order"}}), 2);
  EXPECT_NEAR(value_of(page, "certmgr_step_duration_seconds_sum", {{"kind", "order"}}), 0.72, 1e-9);
  EXPECT_EQ(value_of(page, "certmgr_step_duration_seconds_bucket", {{"kind", "order"}, {"le", "0.5"}}), 1);
}

TEST_F(TheMetrics, CountWhatACaRefusedUnderKnownWordsOnly) {
  start();
  for (const char* code : {"acme_rateLimited", "acme_rateLimited", "ca_unreachable", "acme_madeUpByTheCa",
                           "acme_another\n\"one", "port_in_use", "hook_failed"})
    step(TaskKind::order, "ca:le", false, code);
  step(TaskKind::deployment, "deploy", false, "ca_unreachable");
  const auto page = scrape();
  const auto errors = [&](const char* code) {
    return value_of(page, "certmgr_ca_errors_total", {{"ca", "le"}, {"code", code}});
  };
  EXPECT_EQ(errors("acme_rateLimited"), 2);
  EXPECT_EQ(errors("ca_unreachable"), 1);
  EXPECT_EQ(errors("acme_other"), 2);
  EXPECT_EQ(page.at("certmgr_ca_errors_total").samples.size(), 3U);
}

TEST_F(TheMetrics, CountTheEndsOfOrdersAndDeploymentsWhoeverDidThem) {
  const Labels moved{{"order", "1"}, {"from", "verifying"}};
  events_.append({"order.issued", "before the start", moved});
  start();
  events_.append({"order.validating", "a", moved});
  events_.append({"order.issued", "a", moved});
  events_.append({"order.issued", "a", {{"order", "1"}}});  // tidied up later
  events_.append({"order.failed", "b", moved});
  events_.append({"order.withdrawn", "c", {{"why", "changed"}}});
  events_.append({"deployment.verified", "a", {{"server", "web"}}});
  events_.append({"deployment.rolled_back", "a", {{"server", "pbx"}}});
  events_.append({"server.added", "web", {}});
  for (int round = 0; round < 2; ++round) {
    const auto page = scrape();
    const std::vector<std::pair<std::string, double>> orders{
        {"issued", 1}, {"failed", 1}, {"withdrawn", 1}, {"quarantined", 0}};
    for (const auto& [result, count] : orders)
      EXPECT_EQ(value_of(page, "certmgr_orders_total", {{"result", result}}), count) << result << round;
    EXPECT_EQ(value_of(page, "certmgr_deployments_total", {{"result", "verified"}}), 1) << round;
    EXPECT_EQ(value_of(page, "certmgr_deployments_total", {{"result", "rolled_back"}}), 1) << round;
  }
}

TEST_F(TheMetrics, ShowWhichPartyIsLeftAlone) {
  start();
  metrics_->breaker("ca:le", true, {});
  EXPECT_EQ(value_of(scrape(), "certmgr_breaker_open", {{"party", "ca:le"}}), 1);
  metrics_->breaker("ca:le", false, {});
  EXPECT_EQ(value_of(scrape(), "certmgr_breaker_open", {{"party", "ca:le"}}), 0);
}

TEST_F(TheMetrics, DoNotGrowWithTheNumberOfParties) {
  start();
  for (int i = 0; i < 5000; ++i) step(TaskKind::order, "ca:" + std::to_string(i), true, "");
  const auto page = scrape();
  EXPECT_LE(page.at("certmgr_steps_total").samples.size(), 201U);
  EXPECT_EQ(
      value_of(page, "certmgr_steps_total", {{"kind", "order"}, {"party", "other"}, {"result", "finished"}}),
      4800);
}

TEST_F(TheMetrics, ShowEachCertificateWhateverItIsCalled) {
  const std::string odd = "back\\slash \"quoted\"\nsecond line, caf\xc3\xa9 {}";
  overview_.all = {line("a.example.com"), line(odd), {"z", "internal", "new", {}, {}}};
  start();
  const auto page = scrape();
  for (const auto& label : {std::string("a.example.com"), odd}) {
    EXPECT_EQ(value_of(page, "certmgr_certificate_expiry_timestamp_seconds",
                       {{"label", label}, {"ca", "letsencrypt"}}),
              1'900'000'000.5);
    EXPECT_EQ(value_of(page, "certmgr_certificate_renewal_timestamp_seconds", {{"label", label}}),
              1'850'000'000);
  }
  EXPECT_EQ(page.at("certmgr_certificate_expiry_timestamp_seconds").samples.size(), 2U)
      << "no version, no moment";
}

TEST_F(TheMetrics, OfManyCertificatesComePageByPageAndComplete) {
  for (int i = 0; i < 4321; ++i) overview_.all.push_back(line("c" + std::to_string(100000 + i)));
  start();
  const auto page = scrape();
  EXPECT_EQ(page.at("certmgr_certificate_expiry_timestamp_seconds").samples.size(), 4321U);
  EXPECT_EQ(page.at("certmgr_certificate_renewal_timestamp_seconds").samples.size(), 4321U);
  const std::lock_guard lock(overview_.mutex);
  EXPECT_LE(overview_.biggest_page, 1000U);
}

TEST_F(TheMetrics, PerCertificateCanBeTurnedOff) {
  overview_.all = {line("a.example.com")};
  start({}, false);
  EXPECT_THAT(get("/metrics").body, ::testing::Not(HasSubstr("a.example.com")));
}

TEST_F(TheMetrics, ThatCannotBeReadAreAnError) {
  overview_.broken = true;
  start();
  const auto answer = get("/metrics");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("the disk is gone"));
}

TEST_F(TheMetrics, AreNeverTakenForCompleteWhenTheStoreBreaksInTheMiddle) {
  for (int i = 0; i < 3000; ++i) overview_.all.push_back(line("c" + std::to_string(100000 + i)));
  overview_.pages_left = 2;
  start();
  EXPECT_EQ(get("/metrics").status, 0) << "a cut answer is no answer";
}

}  // namespace
}  // namespace certmgr::web
