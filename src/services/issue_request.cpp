// SPDX-License-Identifier: MIT
// What the user asked for, checked before anything is sent to a CA.
#include <algorithm>
#include <iterator>

#include "certmgr/domain/nearest.h"
#include "certmgr/services/certificate_desk.h"

namespace certmgr {
namespace {

void refuse_unprovable(const CertificateSpec& spec) {
  const auto identifier = unprovable(spec);
  if (!identifier) return;
  const std::string way(to_string(spec.challenge.type));
  if (identifier->type == IdentifierType::ip)
    throw Failure({.kind = TroubleKind::usage,
                   .code = "address_needs_listener",
                   .what = "cannot order " + identifier->value,
                   .why = "control of an address cannot be proven over DNS, as by " + way + " (RFC 8738)",
                   .hint = "use --challenge http-01 or tls-alpn-01"});
  throw Failure(
      {.kind = TroubleKind::usage,
       .code = "wildcard_needs_dns",
       .what = "cannot order " + identifier->value,
       .why = "a wildcard can only be proven over DNS, never by " + way,
       .hint = "use --challenge dns-01 --dns PROVIDER, or name the hosts one by one: SIP clients do not "
               "accept wildcards (RFC 5922)"});
}

Trouble unknown_server(const std::string& name, const std::vector<Server>& known) {
  std::vector<std::string> names;
  std::string list;
  for (const auto& server : known) {
    names.push_back(server.name);
    list += (list.empty() ? "" : ", ") + server.name;
  }
  const auto near = nearest(name, names);
  return {.kind = TroubleKind::usage,
          .code = "unknown_server",
          .what = "there is no server '" + name + "'",
          .why = list.empty() ? "no server is registered" : "registered are: " + list,
          .hint = near ? "did you mean '" + *near + "'?"
                       : "register it with 'certmgr server add " + name + " ...'"};
}

}  // namespace

ChallengeSettings IssueDefaults::way(ChallengeType type) const {
  const auto found = std::find_if(ways.begin(), ways.end(),
                                  [&](const ChallengeSettings& known) { return known.type == type; });
  if (found != ways.end()) return *found;
  return challenge.type == type ? challenge : usual_way(type);
}

std::vector<ChallengeSettings> IssueDefaults::others(ChallengeType first) const {
  std::vector<ChallengeSettings> rest;
  std::copy_if(ways.begin(), ways.end(), std::back_inserter(rest),
               [&](const ChallengeSettings& way) { return way.type != first; });
  return rest;
}

CertificateSpec CertificateDesk::wanted(const IssueRequest& request) const {
  std::vector<Identifier> identifiers;
  for (const auto& name : request.names) {
    const auto ascii = value_or_throw(parts_.names.to_ascii(name));
    identifiers.push_back(value_or_throw(parse_identifier(ascii)));
  }
  if (identifiers.empty())
    throw Failure({.kind = TroubleKind::usage,
                   .code = "no_names",
                   .what = "cannot order a certificate",
                   .why = "no name was given",
                   .hint = "certmgr issue pbx.example.com"});

  CertificateSpec spec;
  spec.label =
      value_or_throw(parse_label(request.label.value_or(default_label(identifiers.front())), "label"));
  spec.identifiers = canonical(std::move(identifiers));
  const auto known = parts_.certificates.find(spec.label);
  spec.ca = request.ca.value_or(known ? known->spec.ca : defaults_.ca);
  const auto ca_type = defaults_.key_type_of_ca.find(spec.ca);
  const KeyType default_type =
      ca_type != defaults_.key_type_of_ca.end() ? ca_type->second : defaults_.key_type;
  spec.key_type = request.key_type.value_or(known ? known->spec.key_type : default_type);
  spec.challenge = request.challenge.value_or(known ? known->spec.challenge : defaults_.challenge);
  value_or_throw(parts_.cas.directory_url(spec.ca));
  spec.other_challenges = defaults_.others(spec.challenge.type);
  refuse_unprovable(spec);
  return spec;
}

std::vector<Server> CertificateDesk::known_servers(const std::vector<std::string>& names) const {
  std::vector<Server> servers;
  for (const auto& name : names) {
    auto server = parts_.servers.find_server(name);
    if (!server) throw Failure(unknown_server(name, parts_.servers.servers()));
    servers.push_back(std::move(*server));
  }
  return servers;
}

bool CertificateDesk::is_revoked(const Version& version) const {
  return parts_.revocations.revocation(version.id).has_value();
}

/// Its owner had it revoked and does not want another.
bool CertificateDesk::is_retired(const Version& version) const {
  const auto request = parts_.revocations.requested(version.id);
  return request && !request->renew && is_revoked(version);
}

Certificate CertificateDesk::existing(const std::string& label) const {
  if (auto certificate = parts_.certificates.find(label)) return *certificate;
  std::vector<std::string> labels;
  for (const auto& certificate : parts_.certificates.list("", 1000)) labels.push_back(certificate.spec.label);
  const auto near = nearest(label, labels);
  throw Failure({.kind = TroubleKind::usage,
                 .code = "unknown_certificate",
                 .what = "there is no certificate '" + label + "'",
                 .why = labels.empty() ? "the store holds none" : "'certmgr list' shows those there are",
                 .hint = near ? "did you mean '" + *near + "'?" : "obtain it with 'certmgr issue NAME...'"});
}

}  // namespace certmgr
