// SPDX-License-Identifier: MIT
#include "adapters/store/domain_json.h"

#include <array>
#include <utility>

#include "adapters/store/json_object.h"
#include "crypto/encoding.h"

namespace certmgr::store {
namespace {

constexpr int kSpecVersion = 1;
constexpr int kServerVersion = 1;

// The store's own words: they must not follow a change of the words users see.
constexpr std::array<std::pair<TroubleKind, std::string_view>, 6> kTroubleKinds{{
    {TroubleKind::usage, "usage"},
    {TroubleKind::configuration, "configuration"},
    {TroubleKind::transient, "transient"},
    {TroubleKind::permanent, "permanent"},
    {TroubleKind::waiting, "waiting"},
    {TroubleKind::store, "store"},
}};

std::string_view word_of(TroubleKind kind) {
  for (const auto& [known, word] : kTroubleKinds) {
    if (known == kind) return word;
  }
  throw BadPayload("a kind of trouble has no word");
}

TroubleKind trouble_kind(const std::string& word) {
  for (const auto& [kind, known] : kTroubleKinds) {
    if (known == word) return kind;
  }
  throw BadPayload("unknown kind of trouble \"" + word + "\"");
}

template <class T>
T require(std::optional<T> value, const char* noun, const std::string& text) {
  if (!value) throw BadPayload(std::string("unknown ") + noun + " \"" + text + "\"");
  return *value;
}

// What an older version does not know is written only where it is used.
json challenge_json(const ChallengeSettings& settings) {
  json value =
      object_of("type", to_string(settings.type), "webroot", settings.webroot, "listen", settings.listen);
  if (!settings.provider.empty()) value["provider"] = settings.provider;
  return value;
}

ChallengeType challenge_type(const json& value) {
  const auto text = value.get<std::string>();
  return require(parse_challenge_type(text), "challenge type", text);
}

ChallengeSettings challenge_from(const json& value) {
  return {challenge_type(value.at("type")), value.at("webroot"), value.at("listen"),
          value.value("provider", std::string())};
}

json bound_json(const ValidityBound& bound) {
  if (const auto* moment = std::get_if<Instant>(&bound)) return {{"at", to_json(*moment)}};
  return {{"after", std::get<Duration>(bound).count()}};
}

std::optional<ValidityBound> bound_from(const json& value, const char* member) {
  if (!value.contains(member)) return std::nullopt;
  const json& bound = value.at(member);
  if (bound.contains("after")) return Duration(bound.at("after").get<std::int64_t>());
  Instant moment;
  from_json(bound.at("at"), moment);
  return moment;
}

json files_json(const ServerFiles& files) {
  return {{"key", files.key},
          {"cert", files.cert},
          {"chain", files.chain},
          {"fullchain", files.fullchain},
          {"combined", files.combined}};
}

ServerFiles files_from(const json& value) {
  return {value.at("key"), value.at("cert"), value.at("chain"), value.at("fullchain"), value.at("combined")};
}

}  // namespace

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

json parse_payload(const std::string& text, int version) {
  json value = json::parse(text);
  const auto found = value.at("v").get<int>();
  if (found != version) throw BadPayload("its form has version " + std::to_string(found));
  return value;
}

json to_json(Instant at) { return at.time_since_epoch().count(); }
void from_json(const json& value, Instant& at) { at = Instant(Duration(value.get<std::int64_t>())); }

json to_json(const Trouble& trouble) {
  json value{{"kind", word_of(trouble.kind)}, {"code", trouble.code},
             {"what", trouble.what},          {"why", trouble.why},
             {"hint", trouble.hint},          {"detail", trouble.detail}};
  if (trouble.retry_at) value["retry_at"] = to_json(*trouble.retry_at);
  if (!trouble.url.empty()) value["url"] = trouble.url;
  return value;
}

void from_json(const json& value, Trouble& trouble) {
  trouble.kind = trouble_kind(value.at("kind"));
  trouble.code = value.at("code");
  trouble.what = value.at("what");
  trouble.why = value.at("why");
  trouble.hint = value.at("hint");
  trouble.detail = value.at("detail");
  trouble.retry_at.reset();
  if (value.contains("retry_at")) from_json(value.at("retry_at"), trouble.retry_at.emplace());
  trouble.url = value.value("url", std::string());
}

json profile_json(const ProfileChoice& profile) {
  return {{"name", profile.name}, {"required", profile.required}};
}
ProfileChoice profile_from(const json& value) {
  if (!value.contains("profile")) return {};
  const json& profile = value.at("profile");
  return {profile.at("name"), profile.at("required")};
}

json to_json(const std::optional<Trouble>& trouble) { return trouble ? to_json(*trouble) : json(); }
void from_json(const json& value, std::optional<Trouble>& trouble) {
  trouble.reset();
  if (!value.is_null()) from_json(value, trouble.emplace());
}

json to_json(const Patience& patience) {
  return object_of("poll_first", patience.poll_first.count(), "poll_most", patience.poll_most.count(),
                   "give_up", patience.give_up.count());
}
void from_json(const json& value, Patience& patience) {
  patience.poll_first = Duration(value.at("poll_first").get<std::int64_t>());
  patience.poll_most = Duration(value.at("poll_most").get<std::int64_t>());
  patience.give_up = Duration(value.at("give_up").get<std::int64_t>());
}

json to_json(const ChallengeSettings& way) { return challenge_json(way); }
void from_json(const json& value, ChallengeSettings& way) { way = challenge_from(value); }

json to_json(const Proof& proof) {
  json value =
      object_of("authorization_url", proof.authorization_url, "challenge_url", proof.challenge_url, "type",
                to_string(proof.type), "identifier", proof.identifier.value, "token", proof.token);
  if (!proof.key_authorization.empty()) value["key_authorization"] = proof.key_authorization;
  if (!proof.account_url.empty()) value["account_url"] = proof.account_url;
  if (proof.wildcard) value["wildcard"] = true;
  if (!proof.issuer_names.empty()) value["issuer_names"] = proof.issuer_names;
  if (!proof.account_uris.empty()) value["account_uris"] = proof.account_uris;
  if (!proof.target.empty()) value["target"] = proof.target;
  return value;
}
void from_json(const json& value, Proof& proof) {
  proof.authorization_url = value.at("authorization_url");
  proof.challenge_url = value.at("challenge_url");
  proof.type = challenge_type(value.at("type"));
  proof.identifier = known_identifier(value.at("identifier"));
  proof.token = value.at("token");
  proof.key_authorization = value.value("key_authorization", std::string());
  proof.account_url = value.value("account_url", std::string());
  proof.wildcard = value.value("wildcard", false);
  proof.issuer_names = value.value("issuer_names", std::vector<std::string>());
  proof.account_uris = value.value("account_uris", std::vector<std::string>());
  proof.target = value.value("target", std::string());
}

json to_json(const Leftover& left) {
  json value{{"proof", to_json(left.proof)}, {"way", to_json(left.way)}};
  if (left.outcome == ChallengeOutcome::accepted) value["accepted"] = true;
  if (!left.why.empty()) value["why"] = left.why;
  return value;
}
void from_json(const json& value, Leftover& left) {
  from_json(value.at("proof"), left.proof);
  from_json(value.at("way"), left.way);
  left.outcome = value.value("accepted", false) ? ChallengeOutcome::accepted : ChallengeOutcome::failed;
  left.why = value.value("why", std::string());
}

json to_json(const Served& served) {
  return {{"target", served.target}, {"fingerprint", served.fingerprint},      {"subject", served.subject},
          {"issuer", served.issuer}, {"not_after", to_json(served.not_after)}, {"trouble", served.trouble}};
}
void from_json(const json& value, Served& served) {
  served.target = value.at("target");
  served.fingerprint = value.at("fingerprint");
  served.subject = value.at("subject");
  served.issuer = value.at("issuer");
  from_json(value.at("not_after"), served.not_after);
  served.trouble = value.at("trouble");
}

json to_json(const CertificateSpec& spec) {
  json names = json::array();
  for (const Identifier& identifier : spec.identifiers) names.push_back(identifier.value);
  json value =
      object_of("label", spec.label, "identifiers", std::move(names), "ca", spec.ca, "level", spec.level,
                "key_type", to_string(spec.key_type), "challenge", challenge_json(spec.challenge));
  for (const auto& other : spec.other_challenges) value["other_challenges"].push_back(challenge_json(other));
  if (spec.reuse_key) value["reuse_key"] = true;
  if (!spec.csr.empty()) value["csr"] = crypto::base64url(spec.csr);
  if (!spec.profile.name.empty()) value["profile"] = profile_json(spec.profile);
  if (!spec.preferred_chain.empty()) value["preferred_chain"] = spec.preferred_chain;
  if (spec.not_before) value["not_before"] = bound_json(*spec.not_before);
  if (spec.not_after) value["not_after"] = bound_json(*spec.not_after);
  if (spec.fallback_cas) value["fallback_cas"] = *spec.fallback_cas;
  if (!spec.ancestor_domain.empty()) value["ancestor_domain"] = spec.ancestor_domain;
  if (!spec.organization.empty()) value["organization"] = spec.organization;
  return value;
}

void from_json(const json& value, CertificateSpec& spec) {
  spec.label = value.at("label");
  spec.identifiers.clear();
  for (const json& name : value.at("identifiers").get_ref<const json::array_t&>()) {
    spec.identifiers.push_back(known_identifier(name));
  }
  spec.ca = value.at("ca");
  spec.level = value.at("level");
  const auto key_type = value.at("key_type").get<std::string>();
  spec.key_type = require(parse_key_type(key_type), "key type", key_type);
  spec.challenge = challenge_from(value.at("challenge"));
  spec.other_challenges.clear();
  for (const json& other : value.value("other_challenges", json::array()))
    spec.other_challenges.push_back(challenge_from(other));
  spec.reuse_key = value.value("reuse_key", false);
  spec.csr.clear();
  if (value.contains("csr")) {
    const auto text = value.at("csr").get<std::string>();
    spec.csr = require(crypto::from_base64url(text), "CSR", text);
  }
  spec.profile = profile_from(value);
  spec.preferred_chain = value.value("preferred_chain", std::string());
  spec.not_before = bound_from(value, "not_before");
  spec.not_after = bound_from(value, "not_after");
  spec.ancestor_domain = value.value("ancestor_domain", std::string());
  spec.organization = value.value("organization", std::string());
  spec.fallback_cas.reset();
  if (value.contains("fallback_cas"))
    spec.fallback_cas = value.at("fallback_cas").get<std::vector<std::string>>();
}

json to_json(const VerifyTarget& target) {
  return {{"scheme", target.scheme}, {"host", target.host}, {"port", target.port}, {"sni", target.sni}};
}
void from_json(const json& value, VerifyTarget& target) {
  target = {value.at("scheme"), value.at("host"), value.at("port"), value.at("sni"), std::nullopt};
}

std::string encode_spec(const CertificateSpec& spec) {
  json value = to_json(spec);
  value["v"] = kSpecVersion;
  return dump(value);
}

CertificateSpec decode_spec(const std::string& payload) {
  CertificateSpec spec;
  from_json(parse_payload(payload, kSpecVersion), spec);
  return spec;
}

std::string encode_server(const Server& server) {
  json value{{"v", kServerVersion},
             {"type", server.type},
             {"files", files_json(server.files)},
             {"owner", server.owner},
             {"group", server.group},
             {"hook", server.hook},
             {"settings", server.settings},
             {"verify", to_json(server.verify)}};
  if (server.mode) value["mode"] = *server.mode;
  if (server.only) value["only"] = to_string(*server.only);
  if (!server.beside.empty()) value["beside"] = server.beside;
  if (!server.seal.empty()) value["seal"] = server.seal;
  return dump(value);
}

void decode_server(const std::string& payload, Server& server) {
  const json value = parse_payload(payload, kServerVersion);
  server.type = value.at("type");
  server.files = files_from(value.at("files"));
  server.owner = value.at("owner");
  server.group = value.at("group");
  server.hook = value.at("hook");
  server.settings = value.at("settings").get<std::map<std::string, std::string>>();
  from_json(value.at("verify"), server.verify);
  server.mode.reset();
  if (value.contains("mode")) server.mode = value.at("mode").get<unsigned>();
  server.only.reset();
  if (value.contains("only")) {
    const auto family = value.at("only").get<std::string>();
    server.only = require(parse_key_family(family), "key family", family);
  }
  server.beside = value.value("beside", std::string());
  server.seal = value.value("seal", std::string());
}

}  // namespace certmgr::store
