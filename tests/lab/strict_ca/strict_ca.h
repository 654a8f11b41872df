// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lab/strict_ca/behaviour.h"
#include "lab/strict_ca/options.h"
#include "lab/strict_ca/request_log.h"
#include "lab/strict_ca/vetting_desk.h"

namespace certmgr::lab {

namespace strict {
struct Core;
}

/// An ACME CA (RFC 8555) of our own, in this process, on loopback ports nobody else uses. It lets no
/// mistake of a client pass and makes mistakes itself where it is told to. It shares no code with the
/// program under test. Everything here may be called from any thread while it serves.
class StrictCa {
 public:
  explicit StrictCa(strict::StrictCaOptions options = {});
  ~StrictCa();
  StrictCa(const StrictCa&) = delete;
  StrictCa& operator=(const StrictCa&) = delete;

  [[nodiscard]] std::string directory_url() const;
  /// PEM file of the CA that vouches for its own HTTPS.
  [[nodiscard]] std::filesystem::path ca_file() const;
  /// Where it asks for proofs.
  [[nodiscard]] int http_port() const;
  [[nodiscard]] int tls_port() const;
  /// What it issues from; higher numbers are the alternates.
  [[nodiscard]] std::string root_pem(std::size_t number = 0) const;
  /// The list of revoked certificates, which every certificate names.
  [[nodiscard]] std::string crl_url() const;

  void change(const std::function<void(strict::Behaviour&)>& how);
  [[nodiscard]] strict::Behaviour behaviour() const;
  /// The next `times` well-signed requests to such a resource are refused, or done and not answered.
  void refuse(const std::string& resource, const strict::Problem& problem, int times = 1);
  void lose_answer(const std::string& resource, int times = 1);

  [[nodiscard]] std::vector<strict::Logged> requests() const;
  /// Requests to this kind of resource; without one: all.
  [[nodiscard]] int count(const std::string& resource = {}) const;
  void forget_requests();
  /// Rules that a client broke, one line each. Tests of a client assert that there are none.
  [[nodiscard]] std::vector<std::string> violations() const;

  /// The vetting desk: orders that wait for its word after finalize (Behaviour::hold_orders).
  [[nodiscard]] std::vector<std::string> held_orders() const;
  void approve(const std::string& order_url);
  /// The same with what is known of them.
  [[nodiscard]] std::vector<strict::HeldOrder> desk() const;
  /// Valid with a domain-validated certificate, which approve() replaces by another on the same order.
  void send_placeholder(const std::string& order_url);
  /// The order becomes invalid.
  void turn_down(const std::string& order_url, const strict::Problem& problem);
  /// The order shows userActionRequired with this page, and waits on.
  void ask(const std::string& order_url, const std::string& instance);
  /// Approved, as a domain-validated certificate.
  void downgrade(const std::string& order_url);

  /// Revoked by the CA itself, with a CRLReason; the certificate is the first one in the PEM text.
  void revoke(const std::string& certificate_pem, int reason);
  /// How many certificates an order said it replaces (RFC 9773 section 5).
  [[nodiscard]] int replaced() const;
  /// How often the list of revoked certificates was fetched.
  [[nodiscard]] int list_fetches() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace certmgr::lab
