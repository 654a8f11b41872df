// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace certmgr::e2e {

/// `certmgr org add` for an organization that OV and EV can be requested for: "acme".
inline std::vector<std::string> add_acme() {
  return {"org",
          "add",
          "acme",  //
          "--legal-name",
          "Acme Telefonie GmbH",  //
          "--category",
          "private-organization",  //
          "--registration-number",
          "HRB 12345",  //
          "--agency",
          "Amtsgericht Berlin",  //
          "--jurisdiction-country",
          "DE",  //
          "--jurisdiction-state",
          "Berlin",  //
          "--jurisdiction-locality",
          "Berlin",  //
          "--address-street",
          "Musterstrasse 1",  //
          "--address-locality",
          "Berlin",  //
          "--address-state",
          "Berlin",  //
          "--address-postal-code",
          "10115",  //
          "--address-country",
          "DE",  //
          "--phone",
          "+49 30 1234567",  //
          "--phone-listed-at",
          "https://directory.example/acme"};
}

}  // namespace certmgr::e2e
