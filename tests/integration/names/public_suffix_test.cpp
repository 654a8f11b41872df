// SPDX-License-Identifier: MIT
#include "adapters/names/public_suffix.h"

#include <gtest/gtest.h>

namespace certmgr::names {
namespace {

TEST(PublicSuffix, ARegisteredDomainIsOneLabelMoreThanItsSuffix) {
  const PublicSuffixDomains domains;
  const struct {
    const char* name;
    const char* domain;
  } cases[] = {
      {"example.com", "example.com"},
      {"www.example.com", "example.com"},
      {"*.pbx.example.com", "example.com"},
      {"new.blog.example.co.uk", "example.co.uk"},
      {"customer.github.io", "customer.github.io"},  // the list's private part counts, as for the CA
      {"a.customer.github.io", "customer.github.io"},
      {"sip.xn--bcher-kva.de", "xn--bcher-kva.de"},
      {"pbx.office.internal", "office.internal"},  // no suffix that is known: the last label
      {"co.uk", "co.uk"},                          // a suffix is its own
      {"192.0.2.7", "192.0.2.7"},
      {"2001:db8:1:2:3::4", "2001:db8:1:2::/64"},
  };
  for (const auto& [name, domain] : cases) EXPECT_EQ(domains.domain_of(known_identifier(name)), domain);
}

}  // namespace
}  // namespace certmgr::names
