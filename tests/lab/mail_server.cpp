// SPDX-License-Identifier: MIT
#include "lab/mail_server.h"

#include <stdexcept>

#include "lab/ports.h"

namespace certmgr::lab {
namespace {

/// The system's, which sees Debian's modules; another one may come first in PATH.
constexpr const char* kPython = "/usr/bin/python3";

}  // namespace

MailServer::MailServer(const MailServerOptions& options)
    : port_(free_port()), authority_("Lab mail " + std::to_string(port_)) {
  write_file(ca_file(), authority_.root_pem());
  write_pair(authority_.issue(options.certificate_names), dir_ / "cert.pem", dir_ / "key.pem");
  if (!options.login.empty()) write_file(dir_ / "login", options.login);
  const std::string script = CERTMGR_TEST_SOURCE_DIR "/tests/lab/mail_server.py";
  process_.emplace(
      ProcessOptions{.command = {kPython, script, std::to_string(port_), dir_.path().string(), options.tls,
                                 options.login.empty() ? "-" : (dir_ / "login").string()},
                     .environment = own_environment(),
                     .output = dir_ / "output.log"});
  const bool up = wait_until([&] { return !process_->running() || port_accepts("127.0.0.1", port_); });
  if (!up || !process_->running())
    throw std::runtime_error("the mail server did not start (python3-aiosmtpd?):\n" + process_->output());
}

std::vector<std::string> MailServer::mails() const {
  std::vector<std::string> all;
  for (int number = 1;; ++number) {
    const auto file = dir_ / (std::to_string(number) + ".eml");
    if (!std::filesystem::exists(file)) return all;
    all.push_back(read_file(file));
  }
}

}  // namespace certmgr::lab
