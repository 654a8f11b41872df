// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lab/authority.h"
#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {

struct MailServerOptions {
  std::string tls = "starttls";  // or "tls", "none"
  std::string login = {};        // "user:password"; empty: none wanted, none offered
  std::vector<std::string> certificate_names = {"127.0.0.1", "localhost"};
};

/// A real mail server on loopback that keeps what it is given. It refuses recipients gone@... for good and
/// busy@... for now.
class MailServer {
 public:
  explicit MailServer(const MailServerOptions& options = {});

  [[nodiscard]] int port() const { return port_; }
  /// The roots that vouch for it.
  [[nodiscard]] std::filesystem::path ca_file() const { return dir_ / "ca.pem"; }
  /// The mails it took, oldest first: lines about the envelope, an empty line, the octets as they came.
  [[nodiscard]] std::vector<std::string> mails() const;

 private:
  TempDir dir_;
  int port_;
  Authority authority_;
  std::optional<Process> process_;
};

}  // namespace certmgr::lab
