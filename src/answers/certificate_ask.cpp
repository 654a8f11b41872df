// SPDX-License-Identifier: MIT
#include "answers/certificate_ask.h"

#include <algorithm>
#include <array>

#include "answers/body.h"
#include "certmgr/domain/order_wish.h"

namespace certmgr::answers {

using nlohmann::ordered_json;

namespace {

struct TextKey {
  const char* name;
  std::string CertificateAsk::*member;
};

struct OptionalKey {
  const char* name;
  std::optional<std::string> CertificateAsk::*member;
};

constexpr std::array kTextKeys{TextKey{"label", &CertificateAsk::label}, TextKey{"ca", &CertificateAsk::ca},
                               TextKey{"level", &CertificateAsk::level},
                               TextKey{"organization", &CertificateAsk::organization},
                               TextKey{"key_type", &CertificateAsk::key_type}};
constexpr std::array kOptionalKeys{OptionalKey{"profile", &CertificateAsk::profile},
                                   OptionalKey{"preferred_profile", &CertificateAsk::preferred_profile},
                                   OptionalKey{"preferred_chain", &CertificateAsk::preferred_chain},
                                   OptionalKey{"not_before", &CertificateAsk::not_before},
                                   OptionalKey{"not_after", &CertificateAsk::not_after}};
constexpr const char* kNames = "names";
constexpr std::size_t kMostNames = 100;     // what CAs put into one certificate
constexpr std::size_t kLongestWord = 1000;  // octets
constexpr const char* kReuseKey = "reuse_key";

bool is_texts(const ordered_json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const ordered_json& one) { return one.is_string(); });
}

/// Nothing that the words of a request need: it would stand in lists and logs for good.
bool is_a_word(const std::string& text) {
  return text.size() <= kLongestWord && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
         });
}

template <class Keys>
auto found(const Keys& keys, const std::string& name) {
  const auto* key =
      std::find_if(keys.begin(), keys.end(), [&](const auto& known) { return name == known.name; });
  return key == keys.end() ? nullptr : key;
}

/// Why the value cannot be taken; empty: it was.
std::string take(CertificateAsk& ask, const std::string& name, const ordered_json& value) {
  if (name == kNames) {
    if (!is_texts(value)) return "is no list of strings";
    ask.names = value.get<std::vector<std::string>>();
    if (ask.names.size() > kMostNames) return "has more than " + std::to_string(kMostNames) + " entries";
    return {};
  }
  if (name == kReuseKey) {
    if (!value.is_boolean()) return "is neither true nor false";
    ask.reuse_key = value.get<bool>();
    return {};
  }
  const auto* text = found(kTextKeys, name);
  const auto* optional = found(kOptionalKeys, name);
  if (text == nullptr && optional == nullptr) return "is no key there is";
  if (!value.is_string()) return "is no string";
  if (!is_a_word(value.get_ref<const std::string&>()))
    return "has control characters, or more than " + std::to_string(kLongestWord) + " octets";
  if (optional != nullptr) {
    ask.*optional->member = value.get<std::string>();
    return {};
  }
  ask.*text->member = value.get<std::string>();
  // Probably an empty variable of a script.
  return (ask.*text->member).empty() ? "is empty" : "";
}

[[noreturn]] void refuse_key_type(std::string why, std::string hint) {
  throw Failure({.kind = TroubleKind::usage,
                 .code = "unknown_key_type",
                 .what = "cannot issue",
                 .why = std::move(why),
                 .hint = std::move(hint)});
}

std::optional<ProfileChoice> profile_of(const CertificateAsk& ask) {
  if (ask.profile) return ProfileChoice{*ask.profile, true};
  if (!ask.preferred_profile) return std::nullopt;
  return ProfileChoice{*ask.preferred_profile, ask.preferred_profile->empty()};
}

std::optional<std::optional<ValidityBound>> bound_of(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  if (text->empty()) return std::optional<ValidityBound>();
  return std::optional<ValidityBound>(value_or_throw(parse_validity_bound(*text)));
}

std::optional<std::string> given(const std::string& value) {
  return value.empty() ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

ordered_json body_of(const CertificateAsk& ask) {
  auto body = ordered_json::object();
  if (!ask.names.empty()) body[kNames] = ask.names;
  for (const auto& key : kTextKeys)
    if (!(ask.*key.member).empty()) body[key.name] = ask.*key.member;
  for (const auto& key : kOptionalKeys)
    if (ask.*key.member) body[key.name] = *(ask.*key.member);
  if (ask.reuse_key) body[kReuseKey] = *ask.reuse_key;
  return body;
}

Result<CertificateAsk> certificate_ask_of(const std::string& body) {
  const auto document = read_body(body);
  if (!document) return fail(document.error());
  CertificateAsk ask;
  for (const auto& [name, value] : document->items()) {
    const auto why = take(ask, name, value);
    if (!why.empty()) return bad_body(std::string("'").append(name).append("' ").append(why));
  }
  if (ask.profile && ask.preferred_profile)
    return bad_body("'profile' and 'preferred_profile' exclude each other");
  return ask;
}

std::vector<KeyType> key_types_of(const std::string& text) {
  std::vector<KeyType> types;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto comma = std::min(text.find(',', begin), text.size());
    const auto type = parse_key_type(text.substr(begin, comma - begin));
    if (!type || comma + 1 == text.size())
      refuse_key_type("'" + text + "' is not a key type",
                      "use ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072 or rsa-4096");
    types.push_back(*type);
    begin = comma + 1;
  }
  if (types.size() > 2 || (types.size() == 2 && family_of(types[0]) == family_of(types[1])))
    refuse_key_type("'" + text + "' is not one ECDSA and one RSA key",
                    "use two of them for example as --key-type ecdsa-p256,rsa-2048");
  return types;
}

IssueRequest request_of(const CertificateAsk& ask) {
  IssueRequest request;
  request.names = ask.names;
  request.label = given(ask.label);
  request.ca = given(ask.ca);
  request.profile = profile_of(ask);
  request.preferred_chain = ask.preferred_chain;
  request.not_before = bound_of(ask.not_before);
  request.not_after = bound_of(ask.not_after);
  const auto key_types = key_types_of(ask.key_type);
  if (!key_types.empty()) request.key_type = key_types.front();
  request.reuse_key = ask.reuse_key;
  request.level = given(ask.level);
  request.organization = given(ask.organization);
  return request;
}

}  // namespace certmgr::answers
