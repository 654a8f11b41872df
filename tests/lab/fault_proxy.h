// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "lab/fault.h"
#include "lab/pebble.h"

namespace certmgr::lab {

/// One request that came by.
struct Passed {
  std::string method;
  std::string path;
  int status = 0;          // what the client got; 0: the connection was dropped
  bool forwarded = false;  // the CA has seen it
};

/// Beginnings of paths at Pebble, for rules and counting.
namespace paths {
inline constexpr const char* kDirectory = "/dir";
inline constexpr const char* kNewNonce = "/nonce-plz";
inline constexpr const char* kNewAccount = "/sign-me-up";
inline constexpr const char* kNewOrder = "/order-plz";
inline constexpr const char* kOrder = "/my-order/";
inline constexpr const char* kAuthorization = "/authZ/";
inline constexpr const char* kChallenge = "/chalZ/";
inline constexpr const char* kFinalize = "/finalize-order/";
inline constexpr const char* kCertificate = "/certZ/";
inline constexpr const char* kAnything = "";
}  // namespace paths

/// Stands between the client and a real Pebble, passes on what it is given, and makes things go wrong
/// as told. Pebble builds its URLs from the Host header, which is passed on unchanged, so that all of
/// them lead through here and signatures over them are right.
class FaultProxy {
 public:
  explicit FaultProxy(const Pebble& pebble);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  [[nodiscard]] std::string directory_url() const;
  [[nodiscard]] int port() const;
  /// Vouches for the proxy's own HTTPS: the same authority as Pebble's.
  [[nodiscard]] std::filesystem::path ca_file() const;

  static constexpr int kAlways = std::numeric_limits<int>::max();
  /// The fault for requests whose path begins with `path`: those from number `first` (1, 2, ...) on,
  /// `times` of them, counted from now. Of several rules that fit, the oldest acts; the
  /// others count as well.
  void inject(const std::string& path, const Fault& fault, int first = 1, int times = 1);
  void clear_faults();

  [[nodiscard]] std::vector<Passed> requests() const;
  /// Requests whose path begins so.
  [[nodiscard]] int count(const std::string& path = paths::kAnything) const;
  void forget_requests();
  /// No request is on its way to the CA or back; also not one whose client has died meanwhile.
  [[nodiscard]] bool idle() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace certmgr::lab
