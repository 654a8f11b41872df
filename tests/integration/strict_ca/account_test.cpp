// SPDX-License-Identifier: MIT
// RFC 8555 section 7.3: accounts, external accounts, new keys.
#include <gmock/gmock.h>

#include "integration/strict_ca/acme_client.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::lab {
namespace {

using namespace testing;
using ::testing::IsEmpty;

TEST(Accounts, AreMadeOncePerKey) {
  StrictCa ca;
  AcmeClient client(ca);
  const auto made =
      client.register_account({{"termsOfServiceAgreed", true}, {"contact", {"mailto:a@example.com"}}});
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.body()["status"], "valid");
  EXPECT_EQ(made.body()["contact"], json::array({"mailto:a@example.com"}));
  EXPECT_EQ(made.body()["orders"], client.account() + "/orders");
  AcmeClient again(ca, client.key());
  const auto found = again.register_account({{"onlyReturnExisting", true}});
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(again.account(), client.account());
  EXPECT_THAT(ca.violations(), IsEmpty());
}

TEST(Accounts, AreRefused) {
  StrictCa ca;
  const struct {
    const char* what;
    json payload;
    const char* problem;
  } cases[] = {
      {"without agreement", json::object(), "userActionRequired"},
      {"that are not there", {{"onlyReturnExisting", true}}, "accountDoesNotExist"},
      {"with a telephone",
       {{"termsOfServiceAgreed", true}, {"contact", {"tel:+491234"}}},
       "unsupportedContact"},
      {"with two in one",
       {{"termsOfServiceAgreed", true}, {"contact", {"mailto:a@b.de,c@d.de"}}},
       "invalidContact"},
      {"with a subject",
       {{"termsOfServiceAgreed", true}, {"contact", {"mailto:a@b.de?subject=x"}}},
       "invalidContact"},
      {"with a bare address", {{"termsOfServiceAgreed", true}, {"contact", {"a@b.de"}}}, "malformed"},
      {"with a contact that is no list",
       {{"termsOfServiceAgreed", true}, {"contact", "mailto:a@b.de"}},
       "malformed"},
      {"with an agreement in words", {{"termsOfServiceAgreed", "yes"}}, "malformed"},
  };
  for (const auto& one : cases) {
    AcmeClient client(ca);
    EXPECT_EQ(client.register_account(one.payload).problem(), one.problem) << one.what;
  }
}

TEST(Accounts, ChangeAndEnd) {
  StrictCa ca;
  AcmeClient client(ca);
  ASSERT_EQ(client.register_account().status, 201);
  EXPECT_EQ(client.post(client.account(), {{"contact", {"mailto:b@example.com"}}}).body()["contact"][0],
            "mailto:b@example.com");
  EXPECT_EQ(client.post(client.account(), {{"status", "valid"}}).problem(), "malformed");
  AcmeClient stranger(ca);
  ASSERT_EQ(stranger.register_account().status, 201);
  EXPECT_EQ(stranger.read(client.account()).problem(), "unauthorized");
  EXPECT_EQ(client.post(client.account(), {{"status", "deactivated"}}).body()["status"], "deactivated");
  const auto after = client.read(client.account());
  EXPECT_EQ(after.problem(), "unauthorized");
  EXPECT_EQ(after.status, 401);
}

TEST(Accounts, ListTheirOrdersInPages) {
  StrictCa ca;
  AcmeClient client(ca);
  ASSERT_EQ(client.register_account().status, 201);
  std::vector<std::string> placed;
  for (const std::string name : {"a", "b", "c"}) placed.push_back(client.order({name + ".example.com"}));
  const auto whole = client.read(client.account() + "/orders");
  EXPECT_EQ(whole.body()["orders"], placed);
  ca.change([](auto& behaviour) { behaviour.orders_per_page = 2; });
  const auto first = client.read(client.account() + "/orders");
  EXPECT_EQ(first.body()["orders"].size(), 2U);
  const std::string next = client.account() + "/orders?page=1";
  const auto links = first.headers.equal_range("Link");
  EXPECT_TRUE(std::any_of(links.first, links.second,
                          [&](const auto& link) { return link.second == "<" + next + ">;rel=\"next\""; }));
  EXPECT_EQ(client.read(next).body()["orders"], json::array({placed[2]}));
  EXPECT_EQ(client.post(client.account() + "/orders", json::object()).problem(), "malformed");
}

class External : public ::testing::Test {
 protected:
  static strict::StrictCaOptions options() {
    strict::StrictCaOptions options;
    options.external_accounts["kid-1"] = {.mac_key = encode("a secret of the customer's own")};
    options.external_accounts["once"] = {.mac_key = encode("used once"), .single_use = true};
    return options;
  }
  External() {
    ca_.change([](auto& behaviour) { behaviour.external_account_required = true; });
  }
  [[nodiscard]] json header(const AcmeClient& client, const std::string& kid = "kid-1") const {
    return {{"alg", "HS256"}, {"kid", kid}, {"url", client.url_of("newAccount")}};
  }
  Answer with(AcmeClient& client, const json& binding) {
    return client.register_account({{"termsOfServiceAgreed", true}, {"externalAccountBinding", binding}});
  }

  StrictCa ca_{options()};
  const std::string secret_ = "a secret of the customer's own";
};

TEST_F(External, AccountsAreDemandedAndVerified) {
  AcmeClient client(ca_);
  EXPECT_EQ(client.directory()["meta"]["externalAccountRequired"], true);
  EXPECT_EQ(client.register_account().problem(), "externalAccountRequired");
  const auto answer = with(client, maced_by(secret_, header(client), client.key().jwk().dump()));
  EXPECT_EQ(answer.status, 201) << answer.text;
  EXPECT_THAT(ca_.violations(), IsEmpty());
}

TEST_F(External, AccountsThatDoNotFitAreRefused) {
  AcmeClient client(ca_);
  const std::string own = client.key().jwk().dump();
  auto nonce = header(client);
  nonce["nonce"] = client.nonce();
  auto url = header(client);
  url["url"] = client.url_of("newOrder");
  auto jwk = header(client);
  jwk.erase("kid");
  jwk["jwk"] = client.key().jwk();
  auto asymmetric = header(client);
  asymmetric["alg"] = "ES256";
  auto longer = header(client);
  longer["alg"] = "HS384";
  const struct {
    const char* what;
    json binding;
    const char* problem;
  } cases[] = {
      {"another secret", maced_by("guessed", header(client), own), "unauthorized"},
      {"another kid", maced_by(secret_, header(client, "kid-2"), own), "unauthorized"},
      {"another account key", maced_by(secret_, header(client), SigningKey().jwk().dump()), "malformed"},
      {"another url", maced_by(secret_, url, own), "malformed"},
      {"a nonce", maced_by(secret_, nonce, own), "malformed"},
      {"a jwk", maced_by(secret_, jwk, own), "malformed"},
      {"the account's own signature", signed_by(client.key(), asymmetric, own), "malformed"},
      {"a MAC of another kind", maced_by(secret_, longer, own), "unauthorized"},
      {"no JWS", "kid-1", "malformed"},
  };
  for (const auto& one : cases) EXPECT_EQ(with(client, one.binding).problem(), one.problem) << one.what;
}

TEST_F(External, AccountsCanBeForOneUse) {
  for (const char* problem : {"", "unauthorized"}) {
    AcmeClient client(ca_);
    const auto binding = maced_by("used once", header(client, "once"), client.key().jwk().dump());
    EXPECT_EQ(with(client, binding).problem(), problem);
  }
}

class KeyChange : public ::testing::Test {
 protected:
  KeyChange() { EXPECT_EQ(client_.register_account().status, 201); }
  [[nodiscard]] json header() const {
    return {{"alg", "ES256"}, {"jwk", next_.jwk()}, {"url", client_.url_of("keyChange")}};
  }
  [[nodiscard]] json payload() const {
    return {{"account", client_.account()}, {"oldKey", client_.key().jwk()}};
  }
  [[nodiscard]] Answer change(const json& inner) const {
    return client_.post(client_.url_of("keyChange"), inner);
  }

  StrictCa ca_;
  AcmeClient client_{ca_};
  SigningKey next_;
};

TEST_F(KeyChange, GivesTheAccountItsNewKey) {
  EXPECT_EQ(change(signed_by(next_, header(), payload().dump())).status, 200);
  EXPECT_EQ(client_.read(client_.account()).problem(), "malformed")
      << "the old key signs for nobody any more";
  client_.use(next_);
  EXPECT_EQ(client_.read(client_.account()).status, 200);
}

TEST_F(KeyChange, IsRefused) {
  AcmeClient other(ca_);
  ASSERT_EQ(other.register_account().status, 201);
  auto nonce = header();
  nonce["nonce"] = client_.nonce();
  auto url = header();
  url["url"] = client_.account();
  auto kid = header();
  kid.erase("jwk");
  kid["kid"] = client_.account();
  auto taken = header();
  taken["jwk"] = other.key().jwk();
  const struct {
    const char* what;
    json inner;
    int status;
  } cases[] = {
      {"with a nonce inside", signed_by(next_, nonce, payload().dump()), 400},
      {"with another url inside", signed_by(next_, url, payload().dump()), 400},
      {"by an account inside", signed_by(next_, kid, payload().dump()), 400},
      {"signed by the old key", signed_by(client_.key(), header(), payload().dump()), 400},
      {"for another account",
       signed_by(next_, header(), json{{"account", other.account()}, {"oldKey", client_.key().jwk()}}.dump()),
       400},
      {"with another old key",
       signed_by(next_, header(), json{{"account", client_.account()}, {"oldKey", next_.jwk()}}.dump()), 400},
      {"without the old key", signed_by(next_, header(), json{{"account", client_.account()}}.dump()), 400},
      {"to another account's key", signed_by(other.key(), taken, payload().dump()), 409},
  };
  for (const auto& one : cases) {
    const auto answer = change(one.inner);
    EXPECT_EQ(answer.problem(), "malformed") << one.what << answer.text;
    EXPECT_EQ(answer.status, one.status) << one.what;
    EXPECT_EQ(answer.header("Location"), one.status == 409 ? other.account() : "") << one.what;
  }
  EXPECT_EQ(client_.read(client_.account()).status, 200);
}

TEST_F(KeyChange, CanLoseItsAnswer) {
  ca_.lose_answer(strict::resources::kKeyChange);
  EXPECT_EQ(change(signed_by(next_, header(), payload().dump())).status, 0);
  client_.use(next_);
  EXPECT_EQ(client_.read(client_.account()).status, 200) << "it was done";
}

}  // namespace
}  // namespace certmgr::lab
