// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/organization.h"

namespace certmgr::testing {

/// A record that no check has anything to say about, for either level.
inline OrganizationRecord complete_record() {
  OrganizationRecord record;
  record.name = "acme";
  record.legal_name = "Acme Telefonie GmbH";
  record.category = "private-organization";
  record.registration_number = "HRB 12345";
  record.agency = "Amtsgericht Berlin";
  record.jurisdiction_country = "DE";
  record.jurisdiction_state = "Berlin";
  record.jurisdiction_locality = "Berlin";
  record.address_street = "Musterstraße 1";
  record.address_locality = "Berlin";
  record.address_state = "Berlin";
  record.address_postal_code = "10115";
  record.address_country = "DE";
  record.phone = "+49 30 1234567";
  record.phone_listed_at = "https://directory.example/acme";
  OrganizationContact signer;
  signer.name = "Ada Muster";
  signer.email = "ada@acme.example";
  signer.roles = {"approver", "contract_signer"};
  record.contacts = {signer};
  return record;
}

}  // namespace certmgr::testing
