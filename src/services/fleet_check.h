// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "certmgr/services/fleet_desk.h"

namespace certmgr {

/// Turns what a fleet file declares into the wanted fleet, and finds all that is wrong with it.
class FleetCheck {
 public:
  FleetCheck(const FleetDesk::Parts& parts, const IssueDefaults& defaults,
             const std::vector<CaEntry>& configured, const Fleet& present, bool prune);
  /// Throws one Failure for all faults together, those of reading the file included.
  Fleet wanted(const FleetDeclaration& file);
  /// What a person should know and what hinders nothing, each in a line. After wanted().
  std::vector<std::string> take_warnings() { return std::move(warnings_); }

 private:
  void know(const CaEntry& ca);
  void gather_known(const FleetDeclaration& file);
  void check_ca(const DeclaredCa& entry);
  void check_server(const DeclaredServer& entry);
  void check_machine(const DeclaredServer& entry);
  bool take_paths(const Server& server, std::optional<FilePlace> place);
  void check_record(const DeclaredOrganization& entry);
  void check_certificate(const DeclaredCertificate& entry);
  bool ca_is_known(const std::string& ca, FilePlace place);
  std::vector<Identifier> identifiers_of(const DeclaredCertificate& entry);
  bool identity_fits(const DeclaredCertificate& entry);
  /// A fleet file is no way around those who decide about OV and EV.
  bool control_alone(const DeclaredCertificate& entry, const CertificateSpec& spec);
  bool is_for_dv(const std::string& ca, FilePlace place);
  bool challenge_fits(const DeclaredCertificate& entry, const CertificateSpec& spec);
  std::vector<std::string> servers_of(const DeclaredCertificate& entry, const CertificateSpec& spec);
  /// Servers of certificates that the file does not name and that stay.
  void check_server_owners(const FleetDeclaration& file);
  /// What was probably meant; after many faults nobody reads the guesses.
  std::string guess(const std::string& word, const std::set<std::string>& known,
                    const std::string& otherwise) const;
  void note(FilePlace place, Trouble trouble);
  void note(FilePlace place, std::string code, std::string why, std::string hint);

  const FleetDesk::Parts& parts_;
  const IssueDefaults& defaults_;
  const std::vector<CaEntry>& configured_;
  const Fleet& present_;
  bool prune_;

  std::string path_;
  Fleet wanted_;
  std::vector<Trouble> faults_;
  std::vector<std::string> warnings_;
  std::map<std::string, KeyType> key_type_of_ca_;
  std::map<std::string, CaDefaults> of_ca_;
  std::set<std::string> known_cas_;
  std::map<std::string, std::vector<CertificateLevel>> levels_of_ca_;
  std::map<std::string, std::string> enrolled_;  // labels to levels, of what the store has
  std::set<std::string> known_servers_;
  std::set<std::string> known_organizations_;
  std::map<std::string, const Server*> present_servers_;
  std::map<std::string, std::string> path_owners_;    // file to server
  std::map<std::string, std::string> server_owners_;  // server to label
  std::map<std::string, std::string> server_places_;
  std::map<std::string, std::string> label_places_;
  std::map<std::string, std::string> organization_places_;
  std::set<std::string> judged_challenges_;
};

/// Several faults as one trouble: the first with its reason and cure, all of them in the detail.
Trouble all_faults(const std::string& path, std::vector<Trouble> faults);

}  // namespace certmgr
