// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/services/certificate_desk.h"

namespace certmgr::answers {

/// What somebody wants a certificate to be, whichever door the wish came through, before it is understood.
/// Empty: not said. Of the optional ones an empty text takes away what the certificate had.
struct CertificateAsk {
  std::vector<std::string> names{};
  std::string label{}, ca{}, level{}, organization{};
  std::string key_type{};  // "ecdsa-p256"; "ecdsa-p256,rsa-2048" at the store, for two certificates
  std::optional<std::string> profile{}, preferred_profile{}, preferred_chain{}, not_before{}, not_after{};
  std::optional<bool> reuse_key{};
  bool operator==(const CertificateAsk&) const = default;
};

/// The body in which such an ask travels; what is not said is left out.
nlohmann::ordered_json body_of(const CertificateAsk& ask);
/// Reads one. Trouble (usage) "bad_body", as of ask_of().
Result<CertificateAsk> certificate_ask_of(const std::string& body);

/// None, one, or two of different families. Throws Failure "unknown_key_type".
std::vector<KeyType> key_types_of(const std::string& text);
/// Understood; of the two key types the first. Throws Failure (usage).
IssueRequest request_of(const CertificateAsk& ask);

}  // namespace certmgr::answers
