// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/ports/server_control.h"
#include "certmgr/ports/server_seal.h"
#include "certmgr/ports/store.h"

namespace certmgr {

/// What is to be different about a server; absent means unchanged, an empty text that the server has none.
struct ServerChange {
  std::optional<std::string> type, key, cert, chain, fullchain, combined, owner, group, hook, beside;
  std::optional<unsigned> mode;
  std::optional<KeyFamily> only;
  bool clear_only = false;
  bool clear_mode = false;
  bool clear_settings = false;                  // those in `settings` are set afterwards
  std::map<std::string, std::string> settings;  // an empty value removes the setting
  std::optional<std::vector<VerifyTarget>> verify;
  bool operator==(const ServerChange&) const = default;
};

/// What `server test` saw. Nothing on the server was changed.
struct ServerTest {
  Server server;
  std::string hook;               // path, empty: none
  std::string describe;           // the hook's own words
  std::optional<Trouble> places;  // files cannot be written
  std::optional<Trouble> check;   // the hook refuses the configuration as it is now
  std::vector<Served> served;
  std::string expected;  // fingerprint certmgr deployed last, empty: none
  [[nodiscard]] bool passed() const;
};

/// Registered servers. Throws Failure (kind usage) for what cannot be registered, and for a broken
/// store.
class ServerRegistry {
 public:
  ServerRegistry(ServerStore& servers, CertificateStore& certificates, DeploymentStore& deployments,
                 FilePlacer& placer, HookRunner& hooks, TlsProber& prober, const ServerSeal& seal);
  /// Checks everything that can be checked without touching the server, then registers it.
  Server add(const Server& server);
  /// Without anything to change it seals the definition as it stands. A definition whose seal does not
  /// hold is not changed: the seal would cover what nobody has looked at.
  Server change(const std::string& name, const ServerChange& change);
  void remove(const std::string& name);
  std::vector<Server> list();
  Server show(const std::string& name);
  ServerTest test(const std::string& name);
  /// Certificates deployed there, with the newest deployment of each.
  std::vector<std::pair<Certificate, std::optional<Deployment>>> certificates_of(const Server& server);

 private:
  void check(const Server& server);
  /// One of two entries for two certificates of one process.
  void check_pair(const Server& server);

  ServerStore& servers_;
  CertificateStore& certificates_;
  DeploymentStore& deployments_;
  FilePlacer& placer_;
  HookRunner& hooks_;
  TlsProber& prober_;
  const ServerSeal& seal_;
};

}  // namespace certmgr
