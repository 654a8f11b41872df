// SPDX-License-Identifier: MIT
#include "certmgr/domain/dns.h"

#include <gtest/gtest.h>

namespace certmgr {
namespace {

TEST(DnsName, IsKeptInLowerCaseWithoutTheLastDot) {
  EXPECT_EQ(*parse_dns_name("_ACME-Challenge.Example.COM."), "_acme-challenge.example.com");
  EXPECT_EQ(*parse_dns_name("com"), "com");
  EXPECT_EQ(*parse_dns_name(std::string(63, 'a') + ".b"), std::string(63, 'a') + ".b");
}

TEST(DnsName, RefusesWhatIsNoNameOfOurs) {
  const std::string long_name = std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                                std::string(63, 'c') + "." + std::string(62, 'd');
  for (const std::string& text :
       {std::string(), std::string("."), std::string("a..b"), std::string(".a"), std::string("a.."),
        std::string("-a.b"), std::string("a b"), std::string("a\nb"), std::string("a\0b", 3),
        std::string("a;b"), std::string("*.a"), std::string("a/b"), std::string("a\\032b"),
        std::string("b\xc3\xbc.c"), std::string(64, 'a'), long_name}) {
    const auto name = parse_dns_name(text);
    ASSERT_FALSE(name) << text;
    EXPECT_EQ(name.error().code, "bad_dns_name");
    for (const char c : name.error().message()) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << name.error().message();
  }
  EXPECT_TRUE(parse_dns_name(long_name.substr(1))) << "253 octets are allowed";
}

TEST(DnsName, KnowsItsParents) {
  EXPECT_EQ(parent_name("a.b.c"), "b.c");
  EXPECT_EQ(parent_name("c"), "");
  EXPECT_TRUE(is_within("a.b", "a.b"));
  EXPECT_TRUE(is_within("x.a.b", "a.b"));
  EXPECT_TRUE(is_within("a", ""));
  EXPECT_FALSE(is_within("xa.b", "a.b"));
  EXPECT_FALSE(is_within("b", "a.b"));
}

TEST(HostPort, ReadsHostsAndPorts) {
  struct Case {
    const char* text;
    const char* host;
    int port;
  };
  for (const Case& c :
       {Case{"192.0.2.1", "192.0.2.1", 53}, Case{"192.0.2.1:5353", "192.0.2.1", 5353},
        Case{"[2001:db8::1]:53", "2001:db8::1", 53}, Case{"[::1]", "::1", 53},
        Case{"2001:db8::1", "2001:db8::1", 53}, Case{"ns1.Example.com:54", "ns1.Example.com", 54}}) {
    const auto read = parse_host_port(c.text);
    ASSERT_TRUE(read) << c.text;
    EXPECT_EQ(read->host, c.host);
    EXPECT_EQ(read->port, c.port);
  }
  for (const char* text :
       {"", ":53", "a:", "a:0", "a:65536", "a:5x", "[::1", "[::1]x", "[]:53", "a b", "-x", "a/b", "a\n"})
    EXPECT_FALSE(parse_host_port(text)) << text;
}

TEST(DnsServer, IsWrittenWithItsPort) {
  EXPECT_EQ((DnsServer{"192.0.2.1", 53}).text(), "192.0.2.1:53");
  EXPECT_EQ((DnsServer{"2001:db8::1", 5353}).text(), "[2001:db8::1]:5353");
}

TEST(Txt, ItsStringsAreOneValue) {
  EXPECT_EQ(join_strings({"ab", "", "c d"}), "abc d");
  EXPECT_EQ(join_strings({}), "");
}

}  // namespace
}  // namespace certmgr
