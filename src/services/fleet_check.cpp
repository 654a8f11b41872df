// SPDX-License-Identifier: MIT
#include "services/fleet_check.h"

#include <algorithm>

#include "certmgr/domain/nearest.h"
#include "services/ancestor_domain.h"

namespace certmgr {
namespace {

/// Guessing at a name takes time for each known one; after this many faults nobody reads the guesses.
constexpr std::size_t kGuesses = 20;
constexpr std::size_t kFaultsTold = 100;

std::vector<const std::string*> paths_of(const ServerFiles& files) {
  std::vector<const std::string*> paths;
  for (const auto* path : {&files.key, &files.cert, &files.chain, &files.fullchain, &files.combined})
    if (!path->empty()) paths.push_back(path);
  return paths;
}

/// The definition without what only the store adds.
Server bare(Server server) {
  server.id = 0;
  server.seal.clear();
  return server;
}

}  // namespace

Trouble all_faults(const std::string& path, std::vector<Trouble> faults) {
  Trouble first = faults.front();
  if (faults.size() == 1) return first;
  std::string detail;
  std::size_t told = 0;
  for (const auto& fault : faults) {
    if (told++ == kFaultsTold) {
      detail += "and " + std::to_string(faults.size() - kFaultsTold) + " more\n";
      break;
    }
    detail += fault.what + ": " + fault.why + " (" + fault.hint + ")\n";
  }
  return {.kind = TroubleKind::configuration,
          .code = "bad_fleet_file",
          .what = "cannot apply " + path + ": " + std::to_string(faults.size()) + " faults",
          .why = "first, " + first.what + ": " + first.why,
          .hint = first.hint,
          .detail = detail};
}

FleetCheck::FleetCheck(const FleetDesk::Parts& parts, const IssueDefaults& defaults,
                       const std::vector<CaEntry>& configured, const Fleet& present, bool prune)
    : parts_(parts), defaults_(defaults), configured_(configured), present_(present), prune_(prune) {
  for (const auto& server : present.servers) present_servers_[server.name] = &server;
  for (const auto& certificate : present_.certificates)
    if (is_enrolled(certificate.spec)) enrolled_[certificate.spec.label] = certificate.spec.level;
}

std::string FleetCheck::guess(const std::string& word, const std::set<std::string>& known,
                              const std::string& otherwise) const {
  if (faults_.size() >= kGuesses) return otherwise;
  const auto near = nearest(word, {known.begin(), known.end()});
  return near ? "did you mean '" + *near + "'?" : otherwise;
}

void FleetCheck::note(FilePlace place, Trouble trouble) {
  if (trouble.kind != TroubleKind::usage) trouble.kind = TroubleKind::configuration;
  if (!trouble.what.empty()) trouble.why = trouble.message();
  trouble.what = "cannot use the fleet file at " + place_in(path_, place);
  faults_.push_back(std::move(trouble));
}

void FleetCheck::note(FilePlace place, std::string code, std::string why, std::string hint) {
  note(place,
       {.kind = TroubleKind::usage, .code = std::move(code), .why = std::move(why), .hint = std::move(hint)});
}

Fleet FleetCheck::wanted(const FleetDeclaration& file) {
  path_ = file.path;
  faults_ = file.faults;
  gather_known(file);
  for (const auto& entry : file.cas)
    if (entry.sound) check_ca(entry);
  for (const auto& entry : file.servers)
    if (entry.sound) check_server(entry);
  for (const auto& entry : file.organizations)
    if (entry.sound) check_record(entry);
  for (const auto& entry : file.certificates) check_certificate(entry);
  check_server_owners(file);
  if (!faults_.empty()) throw Failure(all_faults(path_, std::move(faults_)));
  return std::move(wanted_);
}

void FleetCheck::know(const CaEntry& ca) {
  known_cas_.insert(ca.name);
  levels_of_ca_[ca.name] = ca.levels;
}

void FleetCheck::gather_known(const FleetDeclaration& file) {
  for (const auto& ca : configured_) know(ca);
  std::set<std::string> declared;
  for (const auto& entry : file.servers) declared.insert(entry.server.name);
  known_servers_ = declared;
  for (const auto& entry : file.organizations) known_organizations_.insert(entry.record.name);
  if (!prune_) {
    for (const auto& entry : present_.organizations)
      known_organizations_.insert(entry.organization.record.name);
    for (const auto& ca : present_.cas) {
      know(ca);
      if (ca.key_type) key_type_of_ca_[ca.name] = *ca.key_type;
      of_ca_[ca.name] = {ca.profile, ca.preferred_chain};
    }
    for (const auto& server : present_.servers) {
      known_servers_.insert(server.name);
      if (!declared.contains(server.name)) take_paths(server, {});
    }
  }
  for (const auto& entry : file.cas) {
    know(entry.ca);
    key_type_of_ca_.erase(entry.ca.name);
    if (entry.ca.key_type) key_type_of_ca_[entry.ca.name] = *entry.ca.key_type;
    of_ca_[entry.ca.name] = {entry.ca.profile, entry.ca.preferred_chain};
  }
  for (const auto& ca : configured_) {  // the configuration goes before
    if (ca.built_in) continue;
    know(ca);
    key_type_of_ca_.erase(ca.name);
    if (ca.key_type) key_type_of_ca_[ca.name] = *ca.key_type;
    of_ca_[ca.name] = {ca.profile, ca.preferred_chain};
  }
}

void FleetCheck::check_ca(const DeclaredCa& entry) {
  for (const auto& ca : configured_) {
    if (ca.name != entry.ca.name || ca.built_in || ca.directory == entry.ca.directory) continue;
    note(
        entry.place, "ca_conflict",
        "[ca." + ca.name + "] stands in the configuration too, with another directory (" + ca.directory + ")",
        "give it another name here, or remove it in one of the two files");
    return;
  }
  wanted_.cas.push_back(entry.ca);
}

void FleetCheck::check_server(const DeclaredServer& entry) {
  const Server& server = entry.server;
  const auto [first, fresh] = server_places_.emplace(server.name, place_in(path_, entry.place));
  if (!fresh) {
    note(entry.place, "duplicate_server",
         "there is a server '" + server.name + "' at " + first->second + " already",
         "give each server a name of its own");
    return;
  }
  if (auto valid = validate(server); !valid) {
    note(entry.place, std::move(valid.error()));
    return;
  }
  if (!server.beside.empty() && !known_servers_.contains(server.beside))
    note(entry.place, "unknown_server", "there is no server '" + server.beside + "' it could be beside",
         guess(server.beside, known_servers_, "declare it as [[server]]"));
  if (!take_paths(server, entry.place)) return;
  const auto known = present_servers_.find(server.name);
  if (known == present_servers_.end() || bare(*known->second) != bare(server)) check_machine(entry);
  wanted_.servers.push_back(server);
}

bool FleetCheck::take_paths(const Server& server, std::optional<FilePlace> place) {
  for (const auto* path : paths_of(server.files)) {
    const auto [owner, fresh] = path_owners_.emplace(*path, server.name);
    if (fresh || !place) continue;
    // Each server's old files are kept until its own proof: one file of two servers could not go back.
    note(*place, "path_taken", *path + " is a file of server '" + owner->second + "' already",
         "give each server files of its own, or all listeners in 'verify' of one server");
    return false;
  }
  return true;
}

void FleetCheck::check_machine(const DeclaredServer& entry) {
  if (auto places = parts_.placer.check_places(entry.server); !places) {
    note(entry.place, std::move(places.error()));
    return;
  }
  if (auto hook = parts_.hooks.hook_path(entry.server); !hook) note(entry.place, std::move(hook.error()));
}

void FleetCheck::check_certificate(const DeclaredCertificate& entry) {
  if (!identity_fits(entry)) return;
  auto identifiers = identifiers_of(entry);
  if (identifiers.empty()) return;
  auto label = parse_label(entry.label.value_or(default_label(identifiers.front())), "label");
  if (!label) {
    note(entry.label_place, std::move(label.error()));
    return;
  }
  const auto [first, fresh] = label_places_.emplace(*label, place_in(path_, entry.place));
  if (!fresh) {
    note(entry.label ? entry.label_place : entry.names_place, "duplicate_label",
         "there is a certificate '" + *label + "' at " + first->second + " already",
         "give this one another label");
    return;
  }
  CertificateSpec spec;
  spec.label = *label;
  spec.identifiers = canonical(std::move(identifiers));
  spec.ca = entry.ca.value_or(defaults_.ca);
  if (!ca_is_known(spec.ca, entry.ca ? entry.ca_place : entry.place) || !control_alone(entry, spec)) return;
  spec.fallback_cas = entry.fallback_cas;
  for (const auto& ca : spec.fallback_cas.value_or(std::vector<std::string>{}))
    if (!ca_is_known(ca, entry.fallback_cas_place)) return;
  const auto ca_type = key_type_of_ca_.find(spec.ca);
  spec.key_type =
      entry.key_type.value_or(ca_type == key_type_of_ca_.end() ? defaults_.key_type : ca_type->second);
  spec.reuse_key = entry.reuse_key;
  spec.challenge = entry.challenge        ? *entry.challenge
                   : entry.challenge_type ? defaults_.way(*entry.challenge_type)
                                          : defaults_.challenge;
  spec.other_challenges = defaults_.others(spec.challenge.type);
  spec.profile = entry.profile.value_or(of_ca_[spec.ca].profile);
  spec.preferred_chain = entry.preferred_chain.value_or(of_ca_[spec.ca].preferred_chain);
  spec.not_before = entry.not_before;
  spec.not_after = entry.not_after;
  auto ancestor = ancestor_for(spec.identifiers, entry.ancestor_domain.value_or(""), parts_.names);
  if (!ancestor) return note(entry.ancestor_domain_place, std::move(ancestor.error()));
  spec.ancestor_domain = std::move(*ancestor);
  if (!challenge_fits(entry, spec)) return;
  auto servers = servers_of(entry, spec);
  wanted_.certificates.push_back({0, std::move(spec), std::move(servers)});
}

bool FleetCheck::ca_is_known(const std::string& ca, FilePlace place) {
  if (known_cas_.contains(ca)) return true;
  note(place, "unknown_ca", "there is no CA '" + ca + "'",
       guess(ca, known_cas_, "declare [ca." + ca + "] with its directory URL"));
  return false;
}

std::vector<Identifier> FleetCheck::identifiers_of(const DeclaredCertificate& entry) {
  std::vector<Identifier> identifiers;
  for (const auto& name : entry.names) {
    auto ascii = parts_.names.to_ascii(name);
    auto identifier = ascii ? parse_identifier(*ascii) : Result<Identifier>(fail(std::move(ascii.error())));
    if (!identifier) {
      note(entry.names_place, std::move(identifier.error()));
      return {};
    }
    identifiers.push_back(std::move(*identifier));
  }
  return identifiers;
}

bool FleetCheck::challenge_fits(const DeclaredCertificate& entry, const CertificateSpec& spec) {
  if (const auto identifier = unprovable(spec)) {
    const bool address = identifier->type == IdentifierType::ip;
    note(entry.names_place, address ? "address_needs_listener" : "wildcard_needs_dns",
         identifier->value + (address ? " is an address: it cannot be proven over DNS"
                                      : " is a wildcard: it can only be proven over DNS, never by " +
                                            std::string(to_string(spec.challenge.type))),
         address
             ? "use http-01 or tls-alpn-01"
             : "use dns-01, or name the hosts one by one: SIP clients do not accept wildcards (RFC 5922)");
    return false;
  }
  // Thousands of certificates share a few ways of proof; each is judged, and told, once.
  if (!judged_challenges_
           .insert(std::string(to_string(spec.challenge.type)) + '\n' + spec.challenge.webroot + '\n' +
                   spec.challenge.listen + '\n' + spec.challenge.provider)
           .second)
    return true;
  auto possible = parts_.order_runner.check_challenge(spec.challenge);
  if (possible) return true;
  note(entry.challenge ? entry.challenge_place : entry.place, std::move(possible.error()));
  return false;
}

std::vector<std::string> FleetCheck::servers_of(const DeclaredCertificate& entry,
                                                const CertificateSpec& spec) {
  std::set<std::string> servers;
  for (const auto& name : entry.servers) {
    if (!known_servers_.contains(name)) {
      const std::string otherwise = "declare it as [[server]]";
      const bool goes = prune_ && present_servers_.contains(name);
      note(entry.servers_place, "unknown_server",
           goes ? "server '" + name + "' is not in the file, and --prune removes it"
                : "there is no server '" + name + "'",
           goes ? otherwise : guess(name, known_servers_, otherwise));
      continue;
    }
    const auto [owner, fresh] = server_owners_.emplace(name, spec.label);
    if (!fresh && owner->second != spec.label) {
      note(entry.servers_place, "server_taken",
           "server '" + name + "' is to hold the certificate '" + owner->second + "' too",
           "order all names in one certificate, or declare the other files as a server of their own");
      continue;
    }
    const auto declared = std::find_if(wanted_.servers.begin(), wanted_.servers.end(),
                                       [&](const Server& server) { return server.name == name; });
    if (declared != wanted_.servers.end() &&
        declared->only.value_or(family_of(spec.key_type)) != family_of(spec.key_type))
      note(entry.servers_place, "wrong_key_family",
           "the files of server '" + name + "' are for " + std::string(to_string(*declared->only)) + " keys",
           "give the certificate such a key_type");
    servers.insert(name);
  }
  return {servers.begin(), servers.end()};
}

void FleetCheck::check_server_owners(const FleetDeclaration& file) {
  if (prune_) return;
  std::map<std::string, FilePlace> places;
  for (const auto& entry : file.certificates)
    for (const auto& server : entry.servers) places.emplace(server, entry.servers_place);
  for (const auto& certificate : present_.certificates) {
    if (label_places_.contains(certificate.spec.label)) continue;
    for (const auto& server : certificate.servers) {
      if (!server_owners_.contains(server)) continue;
      note(places[server], "server_taken",
           "the files of server '" + server + "' hold the certificate '" + certificate.spec.label +
               "', which is not in the file",
           "declare that one too, delete it with 'certmgr delete " + certificate.spec.label +
               "', or use --prune");
    }
  }
}

}  // namespace certmgr
