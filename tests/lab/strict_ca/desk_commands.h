// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lab/strict_ca/exchange.h"

namespace certmgr::lab {

class StrictCa;

namespace strict {

/// The vetting desk for scripts, in one line each:
///   list                  the orders on the desk, as JSON
///   approve ORDER         issued
///   downgrade ORDER       issued, as a domain-validated certificate
///   placeholder ORDER     a domain-validated certificate first; approve follows
///   ask ORDER URL         the holder must visit a page
///   refuse ORDER TEXT     the order becomes invalid
/// ORDER is its URL. The answer for people, or JSON; std::runtime_error for what cannot be done.
std::string obey(StrictCa& ca, const std::string& line);

/// POST with such a line in the body: 200 with the answer, or 400 with the reason.
Reply answer_desk(StrictCa& ca, const Request& request);

}  // namespace strict
}  // namespace certmgr::lab
