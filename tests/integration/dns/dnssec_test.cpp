// SPDX-License-Identifier: MIT
// A validating resolver (BIND) in front of zones that Knot has signed.
#include "integration/dns/servers.h"

namespace certmgr::dns::testing {
namespace {

/// One zone whose signatures hold, one whose do not (its trust anchor is another key's), one unsigned.
class Dnssec : public ::testing::Test {
 protected:
  Dnssec() : signer_(signer_options()), validator_(validator_options(signer_)) {}

  Result<DnssecState> ask(const std::string& name) {
    const DnsServer validator{"127.0.0.1", static_cast<std::uint16_t>(validator_.port())};
    return DnsResolver({.system = {validator}}).dnssec(name);
  }

  lab::Knot signer_;
  lab::Named validator_;

 private:
  static lab::KnotOptions signer_options() {
    lab::KnotOptions options;
    const std::string records = "@ NS ns1\nns1 A 127.0.0.2\nwww A 192.0.2.1\n";
    options.zones = {{{"secure.test", records}, "", true},
                     {{"bogus.test", records}, "", true},
                     {{"plain.test", records}, "", false}};
    return options;
  }
  /// "12345 13 2 AB12..." as BIND wants it.
  static std::string anchor(const std::string& zone, const std::string& ds) {
    const auto digest = ds.rfind(' ') + 1;
    return "  \"" + zone + "\" static-ds " + ds.substr(0, digest) + "\"" +
           ds.substr(digest, ds.find('\n') - digest) + "\";\n";
  }
  static lab::NamedOptions validator_options(const lab::Knot& signer) {
    lab::NamedOptions options;
    options.more_options =
        "  recursion yes;\n  dnssec-validation yes;\n  forward only;\n  forwarders { 127.0.0.2 port " +
        std::to_string(signer.port()) + "; };\n";
    auto wrong = signer.ds("bogus.test");
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    options.more = "trust-anchors {\n" + anchor("secure.test", signer.ds("secure.test")) +
                   anchor("bogus.test", wrong) + "};\n";
    return options;
  }
};

TEST_F(Dnssec, TellsSecureFromUnsignedAndFromBogus) {
  struct Case {
    const char* name;
    DnssecState state;
  };
  for (const Case& c :
       {Case{"secure.test", DnssecState::secure}, Case{"www.secure.test", DnssecState::secure},
        Case{"_acme-challenge.nothing.secure.test", DnssecState::secure},
        Case{"www.plain.test", DnssecState::insecure}, Case{"www.bogus.test", DnssecState::bogus}}) {
    const auto state = ask(c.name);
    ASSERT_TRUE(state) << c.name << ": " << state.error().message();
    EXPECT_EQ(to_string(*state), to_string(c.state)) << c.name;
  }
}

TEST_F(Dnssec, AZoneThatIsDownIsNotCalledBogus) {
  const auto state = ask("www.elsewhere.test");  // the signer refuses it
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, "dns_failed");
}

}  // namespace
}  // namespace certmgr::dns::testing
