// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace certmgr {

/// How near two texts of a subject are.
enum class TextLikeness {
  same,     // but for runs of spaces, and spaces at the ends (X.520 caseIgnoreMatch folds them too)
  similar,  // but for capitals, or for the abbreviation of the legal form: "Inc." for "Incorporated"
  other,
};

/// For UTF-8 in normal form C. Capitals are told apart in ASCII only.
TextLikeness compare_subject_texts(std::string_view asked, std::string_view found);

}  // namespace certmgr
