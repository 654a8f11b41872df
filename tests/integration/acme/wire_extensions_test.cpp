// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "adapters/acme/link_header.h"
#include "adapters/acme/wire.h"

namespace certmgr::acme {
namespace {

std::string directory(const std::string& more, const std::string& meta = "{}") {
  return R"({"newNonce":"https://ca/n","newAccount":"https://ca/a","newOrder":"https://ca/o",)" + more +
         R"("meta":)" + meta + "}";
}

std::string info(const std::string& start, const std::string& end, const std::string& more = "") {
  return R"({"suggestedWindow":{"start":")" + start + R"(","end":")" + end + "\"}" + more + "}";
}

TEST(Directory, TellsOfProfilesWithWhatIsSafeToShow) {
  const auto read = read_directory(directory("", R"({"profiles":{"classic":"90 days\u001b[2J","short":"six",
      "two words":"x","":"x","ill":7,"\u00fcber":"x"}})"));
  ASSERT_TRUE(read);
  const std::map<std::string, std::string> expected{{"classic", "90 days [2J"}, {"short", "six"}};
  EXPECT_EQ(read->meta.profiles, expected);
  for (const char* meta : {"{}", R"({"profiles":[]})", R"({"profiles":"x"})", "[]", "7"})
    EXPECT_TRUE(read_directory(directory("", meta))->meta.profiles.empty()) << meta;
}

TEST(Directory, TellsOfRenewalInformationUnderHttpsOnly) {
  EXPECT_EQ(read_directory(directory(R"("renewalInfo":"https://ca/ari",)"))->renewal_info, "https://ca/ari");
  EXPECT_TRUE(read_directory(directory(R"("renewalInfo":"https://ca/ari",)"))->meta.renewal_info);
  for (const char* more : {"", R"("renewalInfo":"http://ca/ari",)", R"("renewalInfo":7,)"})
    EXPECT_FALSE(read_directory(directory(more))->meta.renewal_info) << more;
}

TEST(Directory, TellsOfAutoRenewal) {
  const auto meta =
      read_directory(directory("", R"({"auto-renewal":{"min-lifetime":86400,"max-duration":31536000,
      "allow-certificate-get":true}})"))
          ->meta;
  ASSERT_TRUE(meta.auto_renewal);
  EXPECT_EQ(meta.auto_renewal->min_lifetime, std::chrono::hours(24));
  EXPECT_EQ(meta.auto_renewal->max_duration, std::chrono::hours(24 * 365));
  EXPECT_TRUE(meta.auto_renewal->certificate_get);
  EXPECT_FALSE(read_directory(directory("", R"({"auto-renewal":true})"))->meta.auto_renewal);
  const auto odd =
      read_directory(directory("", R"({"auto-renewal":{"min-lifetime":-1,"max-duration":"x"}})"));
  EXPECT_EQ(odd->meta.auto_renewal->min_lifetime, Duration::zero());
}

TEST(Directory, TellsWhatHashedAccountsNeed) {
  const auto meta = read_directory(directory("", R"({"accountHashPrefix":"https://ca/hash/",
      "issuerDomainNames":["CA.example"]})"))
                        ->meta;
  EXPECT_EQ(meta.account_hash_prefix, "https://ca/hash/");
  EXPECT_EQ(meta.persist_issuers, std::vector<std::string>{"ca.example"});
  for (const char* prefix :
       {"7", "\"\"", "\"no uri\"", "\"https://ca/;policy=wildcard\"", R"("https://ca/\n")"})
    EXPECT_EQ(read_directory(directory("", R"({"accountHashPrefix":)" + std::string(prefix) + "}"))
                  ->meta.account_hash_prefix,
              "")
        << prefix;
  const auto many = read_directory(directory("", R"({"issuerDomainNames":["a.b","a.b","a.b","a.b","a.b","a.b",
      "a.b","a.b","a.b","a.b","a.b"]})"));
  EXPECT_TRUE(many->meta.persist_issuers.empty()) << "more than ten";
}

TEST(Order, ThatRenewsItselfIsRecognised) {
  const std::string head = R"({"status":"valid","finalize":"https://ca/f","auto-renewal":{},)";
  const auto star = read_order(head + R"("star-certificate":"https://ca/star"})", "https://ca/order/1");
  ASSERT_FALSE(star);
  EXPECT_EQ(star.error().code, "star_order");
  EXPECT_EQ(star.error().kind, TroubleKind::permanent);
  EXPECT_TRUE(read_order(head + R"("certificate":"https://ca/cert"})", "https://ca/order/1"));
}

TEST(Order, TellsItsProfile) {
  EXPECT_EQ(read_order(R"({"status":"pending","finalize":"https://ca/f","profile":"short"})", "https://ca/o")
                ->profile,
            "short");
  EXPECT_EQ(
      read_order(R"({"status":"pending","finalize":"https://ca/f","profile":7})", "https://ca/o")->profile,
      "");
}

TEST(RenewalInformation, IsReadStrictly) {
  const auto good = read_renewal_info(info("2027-01-02T00:00:00Z", "2027-01-03T00:00:00+01:00"));
  ASSERT_TRUE(good);
  EXPECT_EQ(to_rfc3339(good->window_start), "2027-01-02T00:00:00Z");
  EXPECT_EQ(to_rfc3339(good->window_end), "2027-01-02T23:00:00Z");
  for (const auto& body :
       {std::string(), std::string("<html>"), std::string("[]"), std::string("{}"),
        std::string(R"({"suggestedWindow":"now"})"), info("2027-01-02T00:00:00Z", "2027-01-02T00:00:00Z"),
        info("2027-01-02T00:00:00Z", "2027-01-01T00:00:00Z"), info("tomorrow", "2027-01-01T00:00:00Z"),
        info("2027-01-02T00:00:00Z", ""), info("2027-01-02T00:00:00Z", "2027-02-30T00:00:00Z"),
        std::string(R"({"suggestedWindow":{"start":1,"end":2}})"),
        info("2027-01-01T00:00:00Z", "2027-01-02T00:00:00Z", ",\"x\":\"" + std::string(20000, 'x') + "\"")}) {
    const auto read = read_renewal_info(body);
    ASSERT_FALSE(read) << body.substr(0, 80);
    EXPECT_EQ(read.error().code, "ca_protocol");
    EXPECT_EQ(read.error().kind, TroubleKind::permanent) << "it is not asked again at once";
  }
}

TEST(RenewalInformation, ExplainsItselfOnPagesThatAreSafeToOpen) {
  const auto page = [](const std::string& url) {
    return read_renewal_info(
               info("2027-01-01T00:00:00Z", "2027-01-02T00:00:00Z", ",\"explanationURL\":\"" + url + "\""))
        ->explanation_url;
  };
  for (const char* url :
       {"https://ca.example/why?x=1", "http://127.0.0.1:8080/why", "http://[::1]/why", "http://localhost/"})
    EXPECT_EQ(page(url), url);
  for (const std::string& url :
       {std::string("http://ca.example/why"), std::string("javascript:alert(1)"), std::string("https://"),
        std::string("http://127.0.0.1.evil.example/"), std::string("https://ca/a b"),
        std::string("https://ca/\\u001b[2J"), "https://ca/" + std::string(2000, 'x')})
    EXPECT_EQ(page(url), "") << url;
  EXPECT_TRUE(
      read_renewal_info(info("2027-01-01T00:00:00Z", "2027-01-02T00:00:00Z", ",\"explanationURL\":7")));
}

TEST(Links, AreFoundInOneHeaderOrInSeveral) {
  HttpResponse response;
  response.headers["link"] = {R"(<https://ca/dir>;rel="index")",
                              R"(<https://ca/cert/1/1>; rel="alternate")",
                              R"(<https://ca/a>;rel=alternate, <https://ca/b>;title="x";rel="alternate")",
                              R"(<http://ca/plain>;rel="alternate")",
                              R"(<https://ca/cert/1/1>;rel="alternate")",
                              "nonsense",
                              "<https://ca/unclosed"};
  EXPECT_EQ(link_targets(response, "alternate", 8),
            (std::vector<std::string>{"https://ca/cert/1/1", "https://ca/a", "https://ca/b"}));
  EXPECT_EQ(link_targets(response, "alternate", 2).size(), 2U);
  EXPECT_EQ(link_targets(response, "index", 1).front(), "https://ca/dir");
  EXPECT_TRUE(link_targets(response, "next", 8).empty());
  EXPECT_TRUE(link_targets({}, "alternate", 8).empty());
}

}  // namespace
}  // namespace certmgr::acme
