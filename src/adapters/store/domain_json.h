// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "certmgr/domain/certificate.h"
#include "certmgr/domain/deployment.h"
#include "certmgr/domain/order.h"
#include "certmgr/domain/server.h"

namespace certmgr::store {

using nlohmann::json;

/// A text that cannot be what this program wrote: not JSON, a missing member, an unknown word.
class BadPayload : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The text as the store keeps it. Octets that are no UTF-8 (a hook may print anything) become U+FFFD.
std::string dump(const json& value);

/// Parses a payload and checks that it is an object of version `version`. Throws BadPayload.
json parse_payload(const std::string& text, int version);

json to_json(Instant at);
json to_json(const Trouble& trouble);
json profile_json(const ProfileChoice& profile);
/// Of the member "profile"; no name where there is none.
ProfileChoice profile_from(const json& value);

json to_json(const std::optional<Trouble>& trouble);
json to_json(const Patience& patience);
json to_json(const Proof& proof);
json to_json(const ChallengeSettings& way);
json to_json(const Leftover& left);
json to_json(const Served& served);
json to_json(const CertificateSpec& spec);
json to_json(const VerifyTarget& target);

template <class T>
json to_json(const std::vector<T>& values) {
  json list = json::array();
  for (const T& value : values) list.push_back(to_json(value));
  return list;
}

// Each throws BadPayload or nlohmann::json::exception.
void from_json(const json& value, Instant& at);
void from_json(const json& value, Trouble& trouble);
void from_json(const json& value, std::optional<Trouble>& trouble);
void from_json(const json& value, Patience& patience);
void from_json(const json& value, Proof& proof);
void from_json(const json& value, ChallengeSettings& way);
void from_json(const json& value, Leftover& left);
void from_json(const json& value, Served& served);
void from_json(const json& value, CertificateSpec& spec);
void from_json(const json& value, VerifyTarget& target);

template <class T>
void from_json(const json& value, std::vector<T>& values) {
  values.clear();
  for (const json& element : value.get_ref<const json::array_t&>()) from_json(element, values.emplace_back());
}

/// The whole payload of a certificate's row.
std::string encode_spec(const CertificateSpec& spec);
CertificateSpec decode_spec(const std::string& payload);

/// The whole payload of a server's row: all but its id and name.
std::string encode_server(const Server& server);
void decode_server(const std::string& payload, Server& server);

}  // namespace certmgr::store
