// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/ca_entry.h"
#include "certmgr/domain/certificate.h"
#include "certmgr/domain/organization.h"
#include "certmgr/domain/organization_validation.h"
#include "certmgr/domain/server.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// A certificate together with the names of the servers it is deployed to, sorted.
struct FleetCertificate {
  std::int64_t id = 0;  // in the store; 0: wanted only
  CertificateSpec spec;
  std::vector<std::string> servers;
  bool operator==(const FleetCertificate&) const = default;
};

/// An organization together with the cycles of its validation that run or are in force. Those, and all of
/// the organization but its record, only the store knows.
struct FleetOrganization {
  Organization organization;
  std::vector<OrganizationValidation> standing = {};
  bool operator==(const FleetOrganization&) const = default;
};

/// All that a fleet file can declare: what is wanted, or what the store holds.
struct Fleet {
  std::vector<CaEntry> cas;
  std::vector<Server> servers;
  std::vector<FleetCertificate> certificates;
  std::vector<FleetOrganization> organizations = {};
  bool operator==(const Fleet&) const = default;
};

/// Where something stands in a fleet file, counted from 1.
struct FilePlace {
  std::size_t line = 1;
  std::size_t column = 1;
};
/// "fleet.toml:3:1"
std::string place_in(const std::string& path, FilePlace place);

/// One [[certificate]] as written. What is absent is the configuration's default, not what the store has:
/// the same file always means the same fleet.
struct DeclaredCertificate {
  FilePlace place;  // of the entry
  std::vector<std::string> names;
  FilePlace names_place;
  std::optional<std::string> label;
  FilePlace label_place;
  std::optional<std::string> ca;
  FilePlace ca_place;
  std::optional<std::vector<std::string>> fallback_cas;
  FilePlace fallback_cas_place;
  std::optional<KeyType> key_type;
  bool reuse_key = false;
  std::optional<ChallengeType> challenge_type;  // as configured, where `challenge` says nothing
  std::optional<ChallengeSettings> challenge;
  FilePlace challenge_place;
  std::optional<ProfileChoice> profile{};
  std::optional<std::string> preferred_chain{};
  std::optional<ValidityBound> not_before{};
  std::optional<ValidityBound> not_after{};
  std::optional<std::string> ancestor_domain{};
  FilePlace ancestor_domain_place;
  std::vector<std::string> servers;
  FilePlace servers_place;
  std::optional<std::string> level;
  FilePlace level_place;
  std::optional<std::string> organization;
  FilePlace organization_place;
};

struct DeclaredServer {
  FilePlace place;
  Server server;
  bool sound = true;  // false: `faults` says what is wrong with it, only its name counts
};

struct DeclaredCa {
  FilePlace place;
  CaEntry ca;
  bool sound = true;
};

struct DeclaredOrganization {
  FilePlace place;
  OrganizationRecord record;
  std::map<std::string, FilePlace> places;  // of fields as findings name them, those that are there
  bool sound = true;
};

/// A fleet file as it was read. It is of use only if nothing is in `faults`.
struct FleetDeclaration {
  std::string path;
  std::vector<DeclaredCa> cas;
  std::vector<DeclaredServer> servers;
  std::vector<DeclaredCertificate> certificates;
  std::vector<DeclaredOrganization> organizations;
  std::vector<Trouble> faults;
};

}  // namespace certmgr
