// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace certmgr::lab {

/// What was asked of it.
struct AcmeDnsUpdate {
  std::string user;
  std::string key;
  std::string subdomain;
  std::string txt;
};

/// The HTTP side of acme-dns, as its manual has it: one account, of which the last two values count. What
/// they are is handed to `publish`, which may put them into a real name server.
class AcmeDnsServer {
 public:
  using Publish = std::function<void(const std::vector<std::string>& values)>;
  AcmeDnsServer(std::string user, std::string key, std::string subdomain, Publish publish);
  ~AcmeDnsServer();
  AcmeDnsServer(const AcmeDnsServer&) = delete;
  AcmeDnsServer& operator=(const AcmeDnsServer&) = delete;

  [[nodiscard]] std::string url() const;
  /// From now on every update is answered with this; 0: as acme-dns does.
  void answer(int status, const std::string& body);
  [[nodiscard]] std::vector<AcmeDnsUpdate> updates() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace certmgr::lab
