// SPDX-License-Identifier: MIT
// What the store wrote once must load for ever: the texts below are never changed. A change of the form gets
// a new "v" and texts of its own.
#include <gmock/gmock.h>

#include "adapters/store/deployment_codec.h"
#include "adapters/store/domain_json.h"
#include "adapters/store/order_codec.h"
#include "integration/store/support.h"

namespace certmgr::store {
namespace {

using testing::trouble;

const std::string kSpec =
    R"("spec":{"ca":"letsencrypt","challenge":{"listen":"","type":"http-01","webroot":"/var/www/html"},)"
    R"("identifiers":["*.example.com","pbx.example.com"],"key_type":"ecdsa-p256","label":"pbx","level":"dv"})";
const std::string kTrouble =
    R"({"code":"c","detail":"{\"type\":\"x\"}","hint":"hint","kind":"transient","retry_at":1800000100000,)"
    R"("what":"what","why":"why"})";
const std::string kProof =
    R"({"authorization_url":"https://ca/authz/1","challenge_url":"https://ca/chall/1","identifier":"pbx.example.com",)"
    R"("token":"t0k-en_","type":"http-01"})";

Proof proof() {
  return {"https://ca/authz/1", "https://ca/chall/1", ChallengeType::http_01,
          Identifier{IdentifierType::dns, "pbx.example.com"}, "t0k-en_"};
}

struct OrderCase {
  OrderState state;
  std::string text;
};

std::vector<OrderCase> order_cases() {
  const std::string o = "https://ca/order/1";
  const std::string f = "https://ca/finalize/1";
  return {
      {Approved{}, R"({"name":"approved"})"},
      {Ordering{"k1"}, R"({"key_id":"k1","name":"ordering"})"},
      {Ordering{"k1", true}, R"({"key_id":"k1","name":"ordering","unsent":true})"},
      {Validating{o, f, "k1", {"https://ca/authz/2"}, std::nullopt},
       R"({"authorizations_left":["https://ca/authz/2"],"finalize_url":"https://ca/finalize/1","key_id":"k1",)"
       R"("name":"validating","order_url":"https://ca/order/1"})"},
      {Validating{o, f, "k1", {}, proof()},
       R"({"authorizations_left":[],"finalize_url":"https://ca/finalize/1","key_id":"k1","name":"validating",)"
       R"("order_url":"https://ca/order/1","proof":)" +
           kProof + "}"},
      {Ready{o, f, "k1"},
       R"({"finalize_url":"https://ca/finalize/1","key_id":"k1","name":"ready","order_url":"https://ca/order/1"})"},
      {AwaitingCa{o, "k1"}, R"({"key_id":"k1","name":"awaiting_ca","order_url":"https://ca/order/1"})"},
      {AwaitingCa{o, "k1", "https://ca/cert/1"},
       R"({"key_id":"k1","name":"awaiting_ca","order_url":"https://ca/order/1",)"
       R"("placeholder_url":"https://ca/cert/1"})"},
      {Verifying{o, "https://ca/cert/1", "k1"},
       R"({"certificate_url":"https://ca/cert/1","key_id":"k1","name":"verifying","order_url":"https://ca/order/1"})"},
      {Issued{7}, R"({"name":"issued","version_id":7})"},
      {Quarantined{8, trouble("c")},
       R"({"name":"quarantined","trouble":)" + kTrouble + R"(,"version_id":8})"},
      {Quarantined{8, trouble("c"), o, "https://ca/cert/1", "k1"},
       R"({"certificate_url":"https://ca/cert/1","key_id":"k1","name":"quarantined",)"
       R"("order_url":"https://ca/order/1","trouble":)" +
           kTrouble + R"(,"version_id":8})"},
      {Failed{trouble("c"), "k1"}, R"({"key_id":"k1","name":"failed","trouble":)" + kTrouble + "}"},
      {Withdrawn{}, R"({"name":"withdrawn"})"},
  };
}

Order order_in(const OrderState& state) {
  Order order;
  order.spec = testing::spec("pbx");
  order.reason = "renew";
  order.patience = {Duration(1), Duration(2), Duration(3)};
  order.state = state;
  order.published = {proof()};
  order.polls = 4;
  order.attempts = 5;
  order.last_trouble = trouble("c");
  return order;
}

std::string order_text(const std::string& state) {
  return R"({"attempts":5,"last_trouble":)" + kTrouble +
         R"(,"patience":{"give_up":3,"poll_first":1,"poll_most":2},"polls":4,"published":[)" + kProof +
         R"(],"reason":"renew",)" + kSpec + R"(,"state":)" + state + R"(,"v":1})";
}

TEST(OrderCodec, writes_and_reads_every_state_in_form_1) {
  std::set<std::size_t> seen;
  for (const OrderCase& fixture : order_cases()) {
    const Order order = order_in(fixture.state);
    EXPECT_EQ(encode_order(order), order_text(fixture.text));
    Order loaded;
    decode_order(order_text(fixture.text), loaded);
    EXPECT_EQ(loaded.state.index(), fixture.state.index());
    // Equal in every field: they give the same text again.
    EXPECT_EQ(encode_order(loaded), order_text(fixture.text));
    EXPECT_EQ(loaded.spec, order.spec);
    EXPECT_EQ(loaded.patience, order.patience);
    EXPECT_EQ(loaded.published, order.published);
    EXPECT_EQ(loaded.last_trouble, order.last_trouble);
    seen.insert(fixture.state.index());
  }
  EXPECT_EQ(seen.size(), std::variant_size_v<OrderState>);
}

TEST(OrderCodec, keeps_which_cas_failed) {
  Order order = order_in(Approved{});
  order.instead_of = "first";
  order.failed_cas = {{"first", 2, trouble("acme_caa")}, {"second", 1, trouble("ca_unreachable")}};
  order.unproven = Identifier{IdentifierType::dns, "pbx.example.com"};
  order.spec.fallback_cas = std::vector<std::string>{"second", "third"};
  Order loaded;
  decode_order(encode_order(order), loaded);
  EXPECT_EQ(loaded.instead_of, order.instead_of);
  EXPECT_EQ(loaded.failed_cas, order.failed_cas);
  EXPECT_EQ(loaded.unproven, order.unproven);
  EXPECT_EQ(loaded.spec, order.spec);
  decode_order(order_text(R"({"name":"approved"})"), loaded);
  EXPECT_TRUE(loaded.instead_of.empty() && loaded.failed_cas.empty() && !loaded.unproven);
}

// What follows "failed_cas" and the like: written only for an order of an enrollment.
const std::string kIdentity =
    R"("enrollment_id":12,"identity":{"level":"ev","public_rules":false,"subject":[{"oid":"2.5.4.6","value":"DE"},)"
    R"({"oid":"1.3.6.1.4.1.311.60.2.1.3","value":"DE"},{"oid":"2.5.4.10","value":"Köln GmbH"}]},)";

IdentityExpectation identity() {
  return {.level = CertificateLevel::ev,
          .subject = {{"C", "2.5.4.6", "DE"},
                      {"jurisdictionC", "1.3.6.1.4.1.311.60.2.1.3", "DE"},
                      {"O", "2.5.4.10", "Köln GmbH"}},
          .public_rules = false};
}

std::string text_of_enrollment() {
  const std::string plain = order_text(R"({"name":"approved"})");
  const auto at = plain.find(R"("last_trouble")");
  const auto after = plain.find(R"("polls")");
  return plain.substr(0, at) + kIdentity + plain.substr(at, after - at) + R"("placeholder_id":40,)" +
         plain.substr(after);
}

TEST(OrderCodec, keeps_for_whose_identity_the_order_is) {
  Order order = order_in(Approved{});
  order.enrollment_id = 12;
  order.identity = identity();
  order.placeholder_id = 40;
  EXPECT_EQ(encode_order(order), text_of_enrollment());
  Order loaded;
  {
    std::string text = text_of_enrollment();
    decode_order(text, loaded);
    text.assign(text.size(), '#');  // names and OIDs are views, and none of this
  }
  EXPECT_EQ(loaded.identity, order.identity);
  EXPECT_EQ(loaded.enrollment_id, 12);
  EXPECT_EQ(loaded.placeholder_id, 40);
  decode_order(order_text(R"({"name":"approved"})"), loaded);
  EXPECT_FALSE(loaded.identity);
  EXPECT_EQ(loaded.enrollment_id, 0);
  EXPECT_EQ(loaded.placeholder_id, 0);
}

TEST(OrderCodec, keeps_what_the_organization_was_called_when_it_came) {
  Order order = order_in(Approved{});
  order.identity = identity();
  order.identity->today = {{"O", "2.5.4.10", "Bonn GmbH"}};
  Order loaded;
  decode_order(encode_order(order), loaded);
  EXPECT_EQ(loaded.identity, order.identity);
}

TEST(OrderCodec, refuses_an_identity_it_does_not_know) {
  for (const auto& [from, to] :
       {std::pair(R"("level":"ev")", R"("level":"xv")"), std::pair("2.5.4.10", "2.5.4.11")}) {
    std::string text = text_of_enrollment();
    text.replace(text.find(from), std::string(from).size(), to);
    Order loaded;
    EXPECT_THROW(decode_order(text, loaded), BadPayload) << text;
  }
}

TEST(OrderCodec, keeps_the_page_where_a_person_can_see_to_it) {
  Order order = order_in(Approved{});
  order.last_trouble->url = "https://ca/desk/1";
  const std::string text = encode_order(order);
  EXPECT_THAT(text, ::testing::HasSubstr(R"("retry_at":1800000100000,"url":"https://ca/desk/1")"));
  Order loaded;
  decode_order(text, loaded);
  EXPECT_EQ(loaded.last_trouble, order.last_trouble);
}

TEST(OrderCodec, keeps_where_a_proof_was_put) {
  Order order = order_in(Approved{});
  Proof put = proof();
  put.type = ChallengeType::dns_01;
  put.target = "proofs.example.net";
  put.account_uris = {"https://ca/hash/sha-256/a", "https://ca/hash/sha-256/b"};
  order.published = {put};
  Order loaded;
  decode_order(encode_order(order), loaded);
  EXPECT_EQ(loaded.published, order.published);
}

struct DeploymentCase {
  DeploymentState state;
  std::string text;
};

std::vector<DeploymentCase> deployment_cases() {
  const Instant at(Duration(1'800'000'000'001));
  return {
      {Pending{}, R"({"name":"pending"})"},
      {Staged{true, false}, R"({"checked":false,"name":"staged","placed":true})"},
      {Staged{true, true}, R"({"checked":true,"name":"staged","placed":true})"},
      {Reloaded{at}, R"({"name":"reloaded","since":1800000000001})"},
      {Verified{at}, R"({"at":1800000000001,"name":"verified"})"},
      {RollingBack{trouble("c"), true, false, std::nullopt},
       R"({"cause":)" + kTrouble + R"(,"name":"rolling_back","reload_needed":true,"restored":false})"},
      {RollingBack{trouble("c"), true, true, at},
       R"({"cause":)" + kTrouble +
           R"(,"name":"rolling_back","reload_needed":true,"reloaded_at":1800000000001,"restored":true})"},
      {RolledBack{trouble("c")}, R"({"cause":)" + kTrouble + R"(,"name":"rolled_back"})"},
      {DeployFailed{trouble("c")}, R"({"cause":)" + kTrouble + R"(,"name":"failed"})"},
  };
}

std::string deployment_text(const std::string& state) {
  return R"({"after":[],"attempts":3,"before":[{"fingerprint":"ab","issuer":"CA","not_after":1800000000001,)"
         R"("subject":"pbx.example.com","target":"tls://pbx.example.com:5061","trouble":"late"}],)"
         R"("hook_output":"ok\n","observed":true,"reason":"renew","state":)" +
         state + R"(,"v":1})";
}

TEST(DeploymentCodec, writes_and_reads_every_state_in_form_1) {
  std::set<std::size_t> seen;
  for (const DeploymentCase& fixture : deployment_cases()) {
    Deployment deployment;
    deployment.reason = "renew";
    deployment.state = fixture.state;
    deployment.observed = true;
    deployment.before = {{"tls://pbx.example.com:5061", "ab", "pbx.example.com", "CA",
                          Instant(Duration(1'800'000'000'001)), "late"}};
    deployment.hook_output = "ok\n";
    deployment.attempts = 3;
    EXPECT_EQ(encode_deployment(deployment), deployment_text(fixture.text));
    Deployment loaded;
    decode_deployment(deployment_text(fixture.text), loaded);
    EXPECT_EQ(loaded.state.index(), fixture.state.index());
    EXPECT_EQ(loaded.before, deployment.before);
    EXPECT_EQ(encode_deployment(loaded), deployment_text(fixture.text));
    seen.insert(fixture.state.index());
  }
  EXPECT_EQ(seen.size(), std::variant_size_v<DeploymentState>);
}

TEST(DeploymentCodec, keeps_a_hooks_output_that_is_no_utf8_readable) {
  Deployment deployment;
  deployment.hook_output = "caf\xe9\n";
  Deployment loaded;
  decode_deployment(encode_deployment(deployment), loaded);
  EXPECT_EQ(loaded.hook_output, "caf\xef\xbf\xbd\n");
}

TEST(SpecCodec, reads_form_1) {
  const std::string text =
      R"({"ca":"letsencrypt","challenge":{"listen":"","type":"http-01","webroot":"/var/www/html"},)"
      R"("identifiers":["*.example.com","pbx.example.com"],"key_type":"ecdsa-p256","label":"pbx","level":"dv","v":1})";
  EXPECT_EQ(encode_spec(testing::spec("pbx")), text);
  EXPECT_EQ(decode_spec(text), testing::spec("pbx"));
}

TEST(SpecCodec, keeps_what_is_asked_for_besides_the_names) {
  CertificateSpec asked = testing::spec("pbx");
  asked.profile = {"shortlived", false};
  asked.preferred_chain = "ISRG Root X1";
  asked.ancestor_domain = "example.com";
  asked.not_before = Duration(3'600'000);
  asked.not_after = Instant(Duration(1'800'000'000'000));
  EXPECT_EQ(decode_spec(encode_spec(asked)), asked);
  asked.profile.required = true;
  asked.not_after = Duration(1);
  EXPECT_EQ(decode_spec(encode_spec(asked)), asked);
}

TEST(OrderCodec, keeps_what_it_replaces_and_its_profile) {
  Order order = order_in(Approved{});
  order.replaces = 7;
  order.profile = "classic";
  Order loaded;
  decode_order(encode_order(order), loaded);
  EXPECT_EQ(loaded.replaces, 7);
  EXPECT_EQ(loaded.profile, "classic");
  decode_order(order_text(R"({"name":"approved"})"), loaded);
  EXPECT_EQ(loaded.replaces, 0);
  EXPECT_EQ(loaded.profile, "");
}

TEST(SpecCodec, tells_nobody_from_nothing_said) {
  for (const auto& fallbacks :
       {std::optional<std::vector<std::string>>{}, std::optional(std::vector<std::string>{}),
        std::optional(std::vector<std::string>{"second"})}) {
    auto spec = testing::spec("pbx");
    spec.fallback_cas = fallbacks;
    EXPECT_EQ(decode_spec(encode_spec(spec)), spec);
  }
}

TEST(ServerCodec, reads_form_1) {
  const std::string text =
      R"({"files":{"cert":"","chain":"","combined":"","fullchain":"/etc/ssl/sip.pem","key":"/etc/ssl/sip.key"},)"
      R"("group":"","hook":"","mode":416,"owner":"","settings":{"nginx_bin":"/usr/sbin/nginx"},"type":"nginx","v":1,)"
      R"("verify":[{"host":"pbx.example.com","port":5061,"scheme":"tls","sni":""},)"
      R"({"host":"2001:db8::1","port":443,"scheme":"https","sni":"sip.example.com"}]})";
  Server loaded;
  loaded.name = "sip";
  decode_server(text, loaded);
  EXPECT_EQ(loaded, testing::server("sip"));
  EXPECT_EQ(encode_server(testing::server("sip")), text);
}

TEST(OrderCodec, refuses_what_it_did_not_write) {
  const std::string good = order_text(R"({"name":"approved"})");
  Order order;
  decode_order(good, order);
  const auto without = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {std::string(), std::string("[]"), std::string("nonsense"), without("\"v\":1", "\"v\":2"),
        without("approved", "half_done"), without("transient", "sad"), without("http-01", "http-99"),
        without("ecdsa-p256", "rot13"), without("\"polls\":4", "\"polls\":\"4\""),
        without("\"reason\"", "\"raison\"")}) {
    Order broken;
    EXPECT_ANY_THROW(decode_order(bad, broken)) << bad;
  }
}

TEST(OrderCodec, keeps_what_could_not_be_withdrawn) {
  Order order = order_in(Issued{8});
  Leftover left{proof(), {ChallengeType::dns_01, "", "", "hook"}, ChallengeOutcome::accepted, "it is down"};
  order.leftovers = {left};
  left.outcome = ChallengeOutcome::failed;
  left.why.clear();
  order.leftovers.push_back(left);
  order.cleanups = 3;
  Order loaded;
  loaded.leftovers = {left, left, left};
  decode_order(encode_order(order), loaded);
  EXPECT_EQ(loaded.leftovers, order.leftovers);
  EXPECT_EQ(loaded.cleanups, 3);
  decode_order(order_text(R"({"name":"approved"})"), loaded);
  EXPECT_TRUE(loaded.leftovers.empty());
  EXPECT_EQ(loaded.cleanups, 0);
}

}  // namespace
}  // namespace certmgr::store
