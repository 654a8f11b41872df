// SPDX-License-Identifier: MIT
#include "certmgr/domain/identifier.h"

#include <gtest/gtest.h>

#include "certmgr/domain/ip_address.h"

namespace certmgr {
namespace {

TEST(Identifier, AcceptsHostNamesInLowerCase) {
  EXPECT_EQ(parse_identifier("PBX.Example.COM")->value, "pbx.example.com");
  EXPECT_EQ(parse_identifier("a-b.c1.example")->value, "a-b.c1.example");
  EXPECT_EQ(parse_identifier("xn--bcher-kva.example")->value, "xn--bcher-kva.example");
  EXPECT_FALSE(parse_identifier("pbx.example.com")->wildcard());
}

TEST(Identifier, RecognisesAWildcardOnlyAsTheWholeFirstLabel) {
  EXPECT_TRUE(parse_identifier("*.example.com")->wildcard());
  for (const char* name : {"*", "a*.example.com", "a.*.example.com", "*.*.example.com", "*example.com"})
    EXPECT_FALSE(parse_identifier(name)) << name;
}

TEST(Identifier, RefusesWhatIsNoPublicHostName) {
  const std::string long_label(64, 'a');
  const std::string long_name = std::string(250, 'a') + ".com";
  for (const std::string& name : {std::string(""),
                                  std::string("localhost"),
                                  std::string("10.0.0.256"),
                                  std::string("fe80::1%eth0"),
                                  std::string("10.0.0.0/8"),
                                  std::string("[::1]"),
                                  std::string("a..b.com"),
                                  std::string(".example.com"),
                                  std::string("example.com."),
                                  std::string("-a.example.com"),
                                  std::string("a-.example.com"),
                                  std::string("a_b.example.com"),
                                  std::string("../../etc/passwd"),
                                  std::string("a/b.example.com"),
                                  std::string("a b.example.com"),
                                  std::string("a\nb.example.com"),
                                  std::string("a\0b.example.com", 15),
                                  std::string("b\xc3\xbc.example.com"),
                                  std::string("--help.example.com"),
                                  std::string("http://example.com"),
                                  std::string("example.com:80"),
                                  std::string("1.2.3.4.5"),
                                  long_label + ".com",
                                  long_name}) {
    const auto parsed = parse_identifier(name);
    ASSERT_FALSE(parsed) << name;
    EXPECT_EQ(parsed.error().kind, TroubleKind::usage);
    EXPECT_EQ(parsed.error().code, "bad_name");
    EXPECT_FALSE(parsed.error().why.empty());
    EXPECT_FALSE(parsed.error().hint.empty());
  }
}

TEST(Identifier, AnAddressHasOneForm) {
  for (const auto& [text, form] : {std::pair{"192.0.2.7", "192.0.2.7"},
                                   {"2001:DB8:0:0::1", "2001:db8::1"},
                                   {"::1", "::1"},
                                   {"2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"}}) {
    const auto parsed = parse_identifier(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->value, form);
    EXPECT_EQ(to_string(parsed->type), "ip");
    EXPECT_EQ(known_identifier(form), *parsed);
    EXPECT_TRUE(parse_label(default_label(*parsed), "label")) << default_label(*parsed);
  }
  EXPECT_EQ(known_identifier("a.example").type, IdentifierType::dns);
}

TEST(Identifier, AnAddressHasANameInTheReverseTree) {
  EXPECT_EQ(reverse_name("192.0.2.7"), "7.2.0.192.in-addr.arpa");
  EXPECT_EQ(reverse_name("2001:db8::1"),
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
  EXPECT_EQ(reverse_name("a.example"), std::nullopt);
}

TEST(Identifier, TheSameSetOfNamesComparesEqualInAnyOrder) {
  const Identifier a{IdentifierType::dns, "a.example"};
  const Identifier b{IdentifierType::dns, "b.example"};
  EXPECT_EQ(canonical({b, a, b}), canonical({a, b}));
  EXPECT_EQ(join(canonical({b, a})), "a.example, b.example");
}

TEST(Label, CanNeverBeAPathOrAnOption) {
  for (const char* good : {"pbx", "pbx.example.com", "A_1-b", "7"})
    EXPECT_TRUE(parse_label(good, "label")) << good;
  for (const char* bad : {"", ".", "..", ".hidden", "-rf", "a/b", "a..b", "a b", "a\n", "_x", "*", "ü"})
    EXPECT_FALSE(parse_label(bad, "label")) << bad;
  EXPECT_FALSE(parse_label(std::string(129, 'a'), "label"));
  EXPECT_NE(parse_label("a/b", "server name").error().what.find("server name"), std::string::npos);
}

TEST(Identifier, IsBelowADomainByWholeLabels) {
  const auto below = [](const char* name, const char* domain) {
    return is_below(known_identifier(name), domain);
  };
  EXPECT_TRUE(below("a.example.com", "example.com"));
  EXPECT_TRUE(below("a.b.example.com", "example.com"));
  EXPECT_FALSE(below("example.com", "example.com"));
  EXPECT_FALSE(below("badexample.com", "example.com"));
  EXPECT_FALSE(below("*.example.com", "example.com"));
  EXPECT_FALSE(below("*.a.example.com", "example.com")) << "a wildcard is proven itself";
  EXPECT_FALSE(below("192.0.2.1", "2.1"));
  EXPECT_FALSE(below("a.example.com", ""));
}

}  // namespace
}  // namespace certmgr
