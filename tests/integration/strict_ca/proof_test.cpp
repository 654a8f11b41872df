// SPDX-License-Identifier: MIT
// The strict CA looks for proofs itself; what it finds is shown by somebody else's servers.
#include <gmock/gmock.h>

#include "integration/strict_ca/acme_client.h"
#include "integration/strict_ca/challenge_server.h"
#include "lab/strict_ca/persist_record.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::lab {
namespace {

using namespace testing;

std::string digest_of(const std::string& text) { return encode(strict::sha256(text)); }

class Proofs : public ::testing::Test {
 protected:
  Proofs() { EXPECT_EQ(client_.register_account().status, 201); }

  strict::StrictCaOptions options() {
    strict::StrictCaOptions options;
    options.http_port = servers_.http_port();
    options.tls_port = servers_.tls_port();
    options.dns_server = servers_.dns();
    return options;
  }
  /// Shows the proof by `show(token, key authorization)`, asks the CA to look, and returns the type of
  /// what it finds wrong; empty when nothing is.
  std::string look(const std::string& name, const std::string& type,
                   const std::function<void(const std::string&, const std::string&)>& show) {
    const auto url = client_.order({name});
    const std::string where = client_.read(url).body()["authorizations"][0];
    const auto pending = client_.read(where).body();
    for (const auto& challenge : pending["challenges"]) {
      if (challenge["type"] != type) continue;
      const std::string token = challenge.value("token", "");
      show(token, token + "." + client_.key().thumbprint());
      EXPECT_TRUE(client_.post(challenge["url"], json::object()).ok());
    }
    const auto order = client_.read(url).body();
    if (order["status"] == "ready") return {};
    const std::string problem = order.at("error").at("type");
    return problem.substr(problem.rfind(':') + 1);
  }
  [[nodiscard]] std::string account_label() const {
    return "_" + strict::base32(strict::sha256(client_.account()).substr(0, 10));
  }

  ChallengeServer servers_;
  StrictCa ca_{options()};
  AcmeClient client_{ca_};
};

TEST_F(Proofs, OverHttp) {
  const auto http = [&](const auto& show) { return look("pbx.example.com", "http-01", show); };
  EXPECT_EQ(http([&](auto& token, auto& proof) { servers_.show_http(token, proof); }), "");
  EXPECT_EQ(http([&](auto& token, auto& proof) { servers_.show_http(token, proof + "\n"); }), "");
  EXPECT_EQ(http([&](auto& token, auto& proof) { servers_.show_http(token, "x" + proof); }), "unauthorized");
  EXPECT_EQ(http([&](auto& token, auto&) { servers_.show_http(token, token); }), "unauthorized");
  EXPECT_EQ(http([](auto&, auto&) {}), "unauthorized") << "404";
  EXPECT_EQ(http([&](auto& token, auto& proof) {
              servers_.show_http("elsewhere", proof);
              servers_.redirect_http("/.well-known/acme-challenge/" + token,
                                     "http://pbx.example.com/.well-known/acme-challenge/elsewhere");
            }),
            "");
  EXPECT_EQ(look("127.0.0.1", "http-01", [&](auto& token, auto& proof) { servers_.show_http(token, proof); }),
            "");
  EXPECT_EQ(look("127.0.0.9", "http-01", [&](auto& token, auto& proof) { servers_.show_http(token, proof); }),
            "connection");
}

TEST_F(Proofs, OverTls) {
  const auto tls = [&](const auto& show) { return look("pbx.example.com", "tls-alpn-01", show); };
  EXPECT_EQ(tls([&](auto&, auto& proof) { servers_.show_tls_alpn("pbx.example.com", proof); }), "");
  EXPECT_EQ(tls([&](auto&, auto& proof) { servers_.show_tls_alpn("pbx.example.com", proof + "x"); }),
            "unauthorized");
  // RFC 8738 section 6: asked for by its reverse name; a certificate for that name is not one for the
  // address.
  EXPECT_EQ(look("127.0.0.1", "tls-alpn-01",
                 [&](auto&, auto& proof) { servers_.show_tls_alpn("1.0.0.127.in-addr.arpa", proof); }),
            "unauthorized");
  EXPECT_EQ(look("sip.example.com", "tls-alpn-01", [](auto&, auto&) {}), "tls") << "no certificate for it";
}

TEST_F(Proofs, InTheDns) {
  const auto dns = [&](const std::string& name, const auto& show) { return look(name, "dns-01", show); };
  EXPECT_EQ(
      dns("a.example.com",
          [&](auto&, auto& proof) { servers_.add_txt("_acme-challenge.a.example.com", digest_of(proof)); }),
      "");
  EXPECT_EQ(dns("*.example.com",
                [&](auto&, auto& proof) {
                  servers_.add_txt("_acme-challenge.example.com", "something else");
                  servers_.add_txt("_acme-challenge.example.com", digest_of(proof));
                }),
            "");
  EXPECT_EQ(dns("b.example.com",
                [&](auto&, auto& proof) { servers_.add_txt("_acme-challenge.b.example.com", proof); }),
            "unauthorized")
      << "not the digest";
  EXPECT_EQ(dns("c.example.com", [](auto&, auto&) {}), "dns") << "no record";
  EXPECT_EQ(
      dns("d.example.com", [&](auto&, auto&) { servers_.set_servfail("_acme-challenge.d.example.com"); }),
      "dns");
  EXPECT_EQ(dns("e.example.com",
                [&](auto&, auto& proof) {
                  servers_.set_alias("_acme-challenge.e.example.com", "e.proofs.example.net");
                  servers_.add_txt("e.proofs.example.net", digest_of(proof));
                }),
            "");
}

TEST_F(Proofs, InTheDnsAtTheAccountsOwnLabel) {
  const auto show_at = [&](const std::string& place) {
    return [this, place](auto&, auto& proof) { servers_.add_txt(place, digest_of(proof)); };
  };
  EXPECT_EQ(
      look("a.example.com", "dns-account-01", show_at(account_label() + "._acme-challenge.a.example.com")),
      "");
  EXPECT_EQ(look("b.example.com", "dns-account-01", show_at("_acme-challenge.b.example.com")), "dns");
}

TEST_F(Proofs, InTheDnsForGood) {
  const std::string good = "strict-ca.example; accounturi=" + client_.account();
  const auto persist = [&](const std::string& name, const std::string& record) {
    return look(name, "dns-persist-01", [&](auto& token, auto&) {
      EXPECT_EQ(token, "");
      servers_.add_txt("_validation-persist." + (name.starts_with("*.") ? name.substr(2) : name), record);
    });
  };
  EXPECT_EQ(persist("a.example.com", good), "");
  EXPECT_EQ(persist("*.b.example.com", good), "unauthorized");
  EXPECT_EQ(persist("*.c.example.com", good + "; policy=wildcard"), "");
  EXPECT_EQ(persist("d.example.com", "strict-ca.example; accounturi=https://elsewhere/1"), "unauthorized");
  ca_.change([](auto& behaviour) { behaviour.persist_draft = strict::PersistDraft::hashed; });
  EXPECT_EQ(persist("e.example.com", good), "unauthorized") << "the older form";
  const AcmeClient informed(ca_);
  const std::string prefix = informed.directory()["meta"]["accountHashPrefix"];
  const std::string name = "f.example.com";
  const std::string input =
      static_cast<char>(name.size()) + name + client_.key().thumbprint() + client_.account();
  EXPECT_EQ(persist(name, "strict-ca.example; accounturi=" + prefix + "sha-256/" + digest_of(input)), "");
}

TEST(AccountLabel, IsThatOfTheDraft) {
  EXPECT_EQ(strict::base32(strict::sha256("https://example.com/acme/acct/ExampleAccount").substr(0, 10)),
            "ujmmovf2vn55tgye");
}

TEST(HashedAccount, IsThatOfTheDraft) {
  const auto uri = [](const std::string& domain) {
    return strict::hashed_account_uri("https://ca.example/account-hash/", domain,
                                      "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
                                      "https://ca.example/acct/123");
  };
  // draft-ietf-acme-dns-persist-02 section 10.2.
  EXPECT_EQ(uri("example.com"),
            "https://ca.example/account-hash/sha-256/5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw");
  EXPECT_EQ(uri("*"), "https://ca.example/account-hash/sha-256/NpDnSwUthQK8zCgFdefYxAdAVPnygMLbs9US6oO-5ug");
}

TEST(PersistRecord, IsReadWordByWord) {
  strict::ProofTask task{.type = "dns-persist-01", .identifier = {"dns", "example.com"}};
  task.account_url = "https://ca.example/acct/123";
  task.issuer_names = {"authority.example", "ca.example.net"};
  const auto now = std::chrono::system_clock::from_time_t(1'800'000'000);
  const std::string account = "accounturi=https://ca.example/acct/123";
  const struct {
    std::string record;
    const char* problem;
    bool wildcard = false;
  } cases[] = {
      {"authority.example;" + account, ""},
      {" ca.example.net ; " + account + " ;", ""},
      {"authority.example; " + account + "; color=blue", ""},
      {"authority.example; " + account + "; policy=WildCard", "", true},
      {"authority.example; " + account + "; policy=some", "unauthorized", true},
      {"authority.example; " + account + "; persistUntil=1800000001", ""},
      {"authority.example; " + account + "; persistUntil=1800000000", "unauthorized"},
      {"authority.example; " + account + "; persistUntil=2030-01-01", "malformed"},
      {"authority.example; " + account + "; " + account, "malformed"},
      {"authority.example; accounturi", "malformed"},
      {"authority.example", "malformed"},
      {"other.example; " + account, "unauthorized"},
      {"authority.example; accounturi=https://CA.example/acct/123", "unauthorized"},
  };
  for (const auto& one : cases) {
    task.wildcard = one.wildcard;
    const auto fault = strict::fault_of_record(one.record, task, now);
    EXPECT_EQ(fault ? fault->type : "", one.problem) << one.record;
  }
}

}  // namespace
}  // namespace certmgr::lab
