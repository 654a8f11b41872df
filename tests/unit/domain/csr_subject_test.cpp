// SPDX-License-Identifier: MIT
#include "certmgr/domain/csr_subject.h"

#include <gmock/gmock.h>

#include "organization_builder.h"

namespace certmgr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> lines(const std::vector<CsrAttribute>& subject) {
  std::vector<std::string> all;
  for (const auto& each : subject)
    all.push_back(std::string(each.attribute.oid) + (each.encoding == TextEncoding::utf8 ? " u " : " p ") +
                  each.attribute.value);
  return all;
}

TEST(CsrSubject, IsEmptyForDv) {
  EXPECT_THAT(lines(*csr_subject(CertificateLevel::dv, testing::complete_record())), ElementsAre());
}

TEST(CsrSubject, NamesTheOrganizationForOv) {
  EXPECT_THAT(
      lines(*csr_subject(CertificateLevel::ov, testing::complete_record())),
      ElementsAre("2.5.4.6 p DE", "2.5.4.8 u Berlin", "2.5.4.7 u Berlin", "2.5.4.10 u Acme Telefonie GmbH"));
}

TEST(CsrSubject, HasRegisterAndCategoryForEv) {
  auto record = testing::complete_record();
  record.legal_name = "Zürcher Telefonie AG";
  record.organization_identifier = "NTRDE-HRB 12345";
  EXPECT_THAT(lines(*csr_subject(CertificateLevel::ev, record)),
              ElementsAre("1.3.6.1.4.1.311.60.2.1.3 p DE", "1.3.6.1.4.1.311.60.2.1.2 u Berlin",
                          "1.3.6.1.4.1.311.60.2.1.1 u Berlin", "2.5.4.15 u Private Organization",
                          "2.5.4.5 p HRB 12345", "2.5.4.6 p DE", "2.5.4.8 u Berlin", "2.5.4.7 u Berlin",
                          "2.5.4.10 u Zürcher Telefonie AG", "2.5.4.97 u NTRDE-HRB 12345"));
}

TEST(CsrSubject, RefusesWhatItsAttributeCannotHold) {
  auto record = testing::complete_record();
  record.registration_number = "№ 12345";
  const auto refused = csr_subject(CertificateLevel::ev, record);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "bad_organization");
  EXPECT_THAT(refused.error().why, HasSubstr("serialNumber is '№ 12345'"));
  EXPECT_TRUE(csr_subject(CertificateLevel::ov, record)) << "OV does not have it";
}

}  // namespace
}  // namespace certmgr
