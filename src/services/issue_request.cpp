// SPDX-License-Identifier: MIT
// What the user asked for, checked before anything is sent to a CA.
#include <algorithm>
#include <iterator>

#include "certmgr/domain/ca_level.h"
#include "certmgr/domain/nearest.h"
#include "certmgr/domain/request_body.h"
#include "certmgr/services/certificate_desk.h"
#include "services/ancestor_domain.h"

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

/// The names and the key are those of the request: a CA refuses others (RFC 8555 section 7.4).
void use_request(CertificateSpec& spec, const ForeignRequest& csr) {
  const auto refuse = [](std::string why, std::string hint) {
    throw Failure({.kind = TroubleKind::usage,
                   .code = "csr_differs",
                   .what = "cannot order with the certificate signing request",
                   .why = std::move(why),
                   .hint = std::move(hint)});
  };
  if (spec.identifiers != csr.identifiers)
    refuse("it names " + join(csr.identifiers) + ", not " + join(spec.identifiers),
           "leave the names away, which are taken from the request; or give a request for these names");
  if (spec.reuse_key)
    refuse("a key that is not ours cannot be kept for renewals",
           "leave --reuse-key away: the CSR has the key");
  spec.csr = csr.der;
  spec.key_type = csr.key_type;
}

/// The request that is in use, if this one asks for the same: a signature made anew is no reason to order.
ForeignRequest same_as_before(ForeignRequest csr, const CertificateSpec& known) {
  if (ask_for_the_same(csr.der, known.csr)) csr.der = known.csr;
  return csr;
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

void CertificateDesk::choose_wishes(CertificateSpec& spec, const IssueRequest& request,
                                    const std::optional<Certificate>& known) const {
  CaDefaults usual;
  if (const auto found = defaults_.of_ca.find(spec.ca); found != defaults_.of_ca.end()) usual = found->second;
  // What belongs to a CA does not go along to another one.
  if (known && known->spec.ca == spec.ca) usual = {known->spec.profile, known->spec.preferred_chain};
  spec.profile = request.profile.value_or(usual.profile);
  spec.preferred_chain = request.preferred_chain.value_or(usual.preferred_chain);
  spec.not_before = request.not_before.value_or(known ? known->spec.not_before : std::nullopt);
  spec.not_after = request.not_after.value_or(known ? known->spec.not_after : std::nullopt);
}

std::vector<Identifier> CertificateDesk::identifiers(const std::vector<std::string>& names) const {
  std::vector<Identifier> identifiers;
  for (const auto& name : names) {
    const auto ascii = value_or_throw(parts_.names.to_ascii(name));
    identifiers.push_back(value_or_throw(parse_identifier(ascii)));
  }
  return identifiers;
}

CertificateSpec CertificateDesk::wanted(const IssueRequest& request) const {
  std::vector<Identifier> identifiers = this->identifiers(request.names);
  if (identifiers.empty() && request.csr) identifiers = request.csr->identifiers;
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
  spec.reuse_key = request.reuse_key.value_or(known && known->spec.reuse_key);
  const bool keeps_request = known && !known->spec.csr.empty() && !request.key_type && !request.reuse_key;
  if (request.csr)
    use_request(spec, known ? same_as_before(*request.csr, known->spec) : *request.csr);
  else if (keeps_request)
    use_request(spec, {known->spec.csr, known->spec.identifiers, known->spec.key_type});
  choose_level(spec, request, known);
  choose_wishes(spec, request, known);
  value_or_throw(parts_.cas.directory_url(spec.ca));
  spec.fallback_cas = request.fallback_cas ? request.fallback_cas
                      : known              ? known->spec.fallback_cas
                                           : std::nullopt;
  for (const auto& ca : spec.fallback_cas.value_or(std::vector<std::string>{})) {
    value_or_throw(parts_.cas.directory_url(ca));
    if (parts_.known_cas) value_or_throw(entry_for_level(parts_.known_cas(), ca, CertificateLevel::dv));
  }
  spec.other_challenges = defaults_.others(spec.challenge.type);
  choose_ancestor(spec, request, known);
  refuse_unprovable(spec);
  return spec;
}

void CertificateDesk::choose_ancestor(CertificateSpec& spec, const IssueRequest& request,
                                      const std::optional<Certificate>& known) const {
  if (!request.ancestor_domain) {
    // Names may have changed since: what they are not below any more is given up.
    if (known && ancestor_for(spec.identifiers, known->spec.ancestor_domain, parts_.names))
      spec.ancestor_domain = known->spec.ancestor_domain;
    return;
  }
  spec.ancestor_domain =
      value_or_throw(ancestor_for(spec.identifiers, *request.ancestor_domain, parts_.names));
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

void CertificateDesk::refuse_taken(const std::vector<Server>& servers, const std::string& label) {
  for (const auto& server : servers) {
    for (const auto& other : parts_.certificates.certificates_on(server.id)) {
      if (other.spec.label == label) continue;
      throw Failure({.kind = TroubleKind::usage,
                     .code = "server_taken",
                     .what = "cannot deploy " + label + " to " + server.name,
                     .why = "the files of " + server.name + " hold the certificate " + other.spec.label,
                     .hint = "order all names in one certificate (--label " + other.spec.label +
                             "), or register the other files as a server of their own"});
    }
  }
}

/// Files that are for keys of one family take no other.
void CertificateDesk::refuse_other_keys(const std::vector<Server>& servers, const CertificateSpec& spec) {
  for (const auto& server : servers)
    if (server.only && *server.only != family_of(spec.key_type))
      throw Failure(
          {.kind = TroubleKind::usage,
           .code = "wrong_key_family",
           .what = "cannot deploy " + spec.label + " to " + server.name,
           .why = "its files are for " + std::string(to_string(*server.only)) +
                  " keys, and the certificate has an " + std::string(to_string(spec.key_type)) + " key",
           .hint = "use another --key-type, or 'certmgr server set " + server.name + " --clear only'"});
}

/// A file that holds the key cannot be written by somebody who does not have it.
void CertificateDesk::refuse_combined(const std::vector<Server>& servers, const CertificateSpec& spec) {
  if (spec.csr.empty()) return;
  for (const auto& server : servers)
    if (!server.files.combined.empty())
      throw Failure({.kind = TroubleKind::usage,
                     .code = "combined_needs_key",
                     .what = "cannot deploy " + spec.label + " to " + server.name,
                     .why = "its file " + server.files.combined +
                            " holds the key too, which is not here: the certificate is ordered with a CSR",
                     .hint = "register the server with --fullchain or --cert and --chain"});
}

CertificateSpec CertificateDesk::check_request(const IssueRequest& request) {
  CertificateSpec spec = wanted(request);
  auto servers = known_servers(request.servers);
  refuse_taken(servers, spec.label);
  if (const auto known = parts_.certificates.find(spec.label))
    for (auto& server : parts_.certificates.servers_of(known->id)) servers.push_back(std::move(server));
  refuse_combined(servers, spec);
  refuse_other_keys(servers, spec);
  value_or_throw(parts_.order_runner.check_challenge(spec.challenge));
  return spec;
}

std::vector<std::string> CertificateDesk::servers_for(const std::vector<std::string>& names,
                                                      KeyFamily family) const {
  std::vector<std::string> fitting;
  for (const auto& server : known_servers(names)) {
    if (!server.only)
      throw Failure({.kind = TroubleKind::usage,
                     .code = "one_certificate_server",
                     .what = "cannot deploy two certificates to " + server.name,
                     .why = "its files hold one",
                     .hint = "say which with 'certmgr server set " + server.name +
                             " --only ecdsa', and register the other files with 'certmgr server add " +
                             server.name + "-rsa --beside " + server.name + " --only rsa ...'"});
    if (server.only == family) fitting.push_back(server.name);
    for (const auto& other : parts_.servers.servers())
      if (other.beside == server.name && other.only == family) fitting.push_back(other.name);
  }
  std::sort(fitting.begin(), fitting.end());
  fitting.erase(std::unique(fitting.begin(), fitting.end()), fitting.end());
  return fitting;
}

std::vector<IssueReport> CertificateDesk::issue_both(const IssueRequest& request, KeyType first,
                                                     KeyType second, Progress& progress) {
  IssueRequest one = request;
  IssueRequest two = request;
  one.key_type = first;
  two.key_type = second;
  one.servers = servers_for(request.servers, family_of(first));
  two.servers = servers_for(request.servers, family_of(second));
  one.label = wanted(one).label;
  two.label = *one.label + "-" + std::string(to_string(family_of(second)));
  // Everything that can be refused is, before the first one is ordered.
  check_request(one);
  check_request(two);
  std::vector<IssueReport> reports;
  reports.push_back(issue(one, progress));
  reports.push_back(issue(two, progress));
  return reports;
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
