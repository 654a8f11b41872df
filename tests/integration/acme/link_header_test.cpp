// SPDX-License-Identifier: MIT
#include "adapters/acme/link_header.h"

#include <gtest/gtest.h>

#include "adapters/acme/wire.h"

namespace certmgr::acme {
namespace {

std::string next_of(const std::vector<std::string>& headers) {
  HttpResponse response;
  if (!headers.empty()) response.headers["link"] = headers;
  return link_target(response, "next");
}

TEST(LinkHeader, GivesTheNextPage) {
  const std::string page = "https://ca/orders?page=2";
  EXPECT_EQ(next_of({"<" + page + ">;rel=\"next\""}), page);
  EXPECT_EQ(next_of({"<" + page + ">; rel=next"}), page);
  EXPECT_EQ(next_of({"<" + page + "> ; title=\"a, b; rel=up\" ; rel=\"up next\""}), page);
  EXPECT_EQ(next_of({"<https://ca/directory>;rel=\"index\", <" + page + ">;rel=\"next\""}), page);
  EXPECT_EQ(next_of({"<https://ca/directory>;rel=\"index\"", "<" + page + ">;rel=\"next\""}), page);
}

TEST(LinkHeader, GivesNothingForWhatIsNoUsableLink) {
  EXPECT_EQ(next_of({}), "");
  for (const char* text : {"", "<", "<https://ca/2", "<https://ca/2>", "<https://ca/2>;rel=\"previous\"",
                           "<https://ca/2>;rel=\"nextly\"", "<http://ca/2>;rel=\"next\"",
                           "</orders/2>;rel=\"next\"", "<https://ca/2>;title=\"rel=next\"", ";rel=\"next\""})
    EXPECT_EQ(next_of({text}), "") << text;
}

TEST(Wire, ReadsWhatIsGoodForTheNamesBelow) {
  const auto authorization = read_authorization(
      R"({"status":"valid","expires":"2026-12-01T00:00:00Z","identifier":{"type":"dns","value":"example.org"},
      "subdomainAuthAllowed":true,"ancestorDomain":"org","challenges":[]})",
      "https://ca/a/1");
  ASSERT_TRUE(authorization);
  EXPECT_TRUE(authorization->subdomains_allowed);
  EXPECT_EQ(authorization->expires, parse_rfc3339("2026-12-01T00:00:00Z"));
  EXPECT_FALSE(read_authorization(R"({"status":"valid","subdomainAuthAllowed":"yes",
      "identifier":{"type":"dns","value":"example.org"}})",
                                  "https://ca/a/1")
                   ->subdomains_allowed);
  const std::string urls =
      R"("newNonce":"https://ca/n","newAccount":"https://ca/a","newOrder":"https://ca/o")";
  const auto directory =
      read_directory("{" + urls + R"(,"newAuthz":"https://ca/z","meta":{"subdomainAuthAllowed":true}})");
  ASSERT_TRUE(directory);
  EXPECT_TRUE(directory->meta.subdomains_allowed);
  EXPECT_EQ(directory->new_authz, "https://ca/z");
  EXPECT_EQ(directory->key_change, "") << "not offered";
  EXPECT_EQ(read_directory("{" + urls + R"(,"newAuthz":7,"revokeCert":"http://ca/r"})")->revoke_cert, "");
}

// RFC 9444 section 4.2: the CA may name a domain above the one ordered in an order's identifiers.
TEST(Wire, PassesOverAncestorDomains) {
  const auto order = read_order(R"({"status":"pending","finalize":"https://ca/f","identifiers":[
      {"type":"dns","value":"a.example.org","ancestorDomain":"example.org"}]})",
                                "https://ca/order/1");
  ASSERT_TRUE(order);
  EXPECT_EQ(join(order->identifiers), "a.example.org");
}

}  // namespace
}  // namespace certmgr::acme
