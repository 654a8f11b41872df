// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/identifier.h"
#include "certmgr/domain/key_type.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// Where a TLS handshake proves what a server presents: tls://, https:// or sips:// HOST:PORT with
/// optional ?sni=NAME. The scheme is for people; each is TLS from the first byte.
struct VerifyTarget {
  std::string scheme;
  std::string host;  // without brackets
  int port = 0;
  std::string sni;  // empty: the host if it is a name, else the certificate's first identifier
  std::optional<KeyFamily> only{};  // what the handshake asks for; from Server::only, no part of the URL
  bool operator==(const VerifyTarget&) const = default;
};
Result<VerifyTarget> parse_verify_target(std::string_view url);
std::string to_string(const VerifyTarget& target);
/// Which name to ask a listener for: the target's own, else its host if the certificate covers it, else the
/// certificate's first one.
std::string sni_for(const VerifyTarget& target, const std::vector<Identifier>& identifiers);

/// The files one server reads. Every path is absolute and stays the same for the server's life.
struct ServerFiles {
  std::string key;
  std::string cert;       // leaf alone
  std::string chain;      // intermediates alone
  std::string fullchain;  // leaf and intermediates
  std::string combined;   // key, leaf and intermediates
  bool operator==(const ServerFiles&) const = default;
};

/// A registered SIP, web or TURN server.
struct Server {
  std::int64_t id = 0;
  std::string name;
  std::string type;  // "nginx", "kamailio", "generic"
  ServerFiles files;
  std::string owner;                            // USER, empty: as the replaced file, else the caller's
  std::string group;                            // GROUP, likewise
  std::optional<unsigned> mode;                 // of every file; never readable for others
  std::string hook;                             // absolute path; empty: the one of its type, if there is one
  std::map<std::string, std::string> settings;  // lower-case keys, handed to the hook in upper case
  std::vector<VerifyTarget> verify;
  /// One of two certificates that the listeners have side by side: its files are for keys of this family, and
  /// the proof asks for that one alone. Nothing: the listeners have one certificate.
  std::optional<KeyFamily> only = {};
  /// The server entry whose process reads these files as well; the two are never worked on at the same time.
  /// Empty: none.
  std::string beside = {};
  std::string seal = {};  // of all the above but the id (ports/server_seal.h); empty: none
  bool operator==(const Server&) const = default;
};

/// Types that `server add` accepts.
const std::vector<std::string>& server_types();

/// Everything about a server that can be judged without looking at the machine: type, absolute
/// normalised paths that differ from one another, a key with at least one of cert, fullchain or combined,
/// mode, names of settings ([a-z][a-z0-9_]*, none that a hook's own CERTMGR_ or PATH variables use).
Result<void> validate(const Server& server);

}  // namespace certmgr
