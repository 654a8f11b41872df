// SPDX-License-Identifier: MIT
#include "lab/strict_ca/strict_ca.h"

#include <openssl/pem.h>

#include <algorithm>
#include <stdexcept>

#include "lab/authority.h"
#include "lab/ports.h"
#include "lab/strict_ca/certificate_draft.h"
#include "lab/strict_ca/core.h"
#include "lab/strict_ca/revocation.h"
#include "lab/strict_ca/service.h"
#include "lab/strict_ca/vetting_desk.h"
#include "lab/strict_ca/web_server.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {
namespace {

strict::StrictCaOptions with_ports(strict::StrictCaOptions options) {
  for (int* port : {&options.port, &options.list_port, &options.http_port, &options.tls_port})
    if (*port == 0) *port = free_port();
  return options;
}

std::string loopback(const std::string& scheme, int port) {
  return scheme + "://127.0.0.1:" + std::to_string(port);
}

}  // namespace

class StrictCa::Impl {
 public:
  explicit Impl(const strict::StrictCaOptions& options)
      : core_(options, loopback("https", options.port), loopback("http", options.list_port)) {
    const Authority authority("Strict HTTPS");
    write_file(ca_file(), authority.root_pem());
    write_pair(authority.issue({"localhost", "127.0.0.1"}), dir_ / "https.pem", dir_ / "https.key");
    lists_ = std::make_unique<strict::WebServer>(
        options.list_port, [this](const strict::Request& request) { return list(request); });
    server_ = std::make_unique<strict::WebServer>(
        options.port, [this](const strict::Request& request) { return strict::serve(core_, request); },
        strict::HttpsFiles{dir_ / "https.pem", dir_ / "https.key"});
  }

  [[nodiscard]] std::filesystem::path ca_file() const { return dir_ / "https-ca.pem"; }
  [[nodiscard]] strict::Core& core() { return core_; }
  [[nodiscard]] int list_fetches() {
    const std::scoped_lock lock(core_.mutex);
    return list_fetches_;
  }

 private:
  /// The plain HTTP side: what certificates point to.
  strict::Reply list(const strict::Request& request) {
    const std::scoped_lock lock(core_.mutex);
    if (request.target == "/strict.crl") {
      ++list_fetches_;
      return {.content_type = "application/pkix-crl", .body = strict::revocation_list(core_)};
    }
    if (request.target == "/issuer.cer")
      return {.content_type = "application/pkix-cert", .body = strict::der_of(core_.hierarchy.issuer())};
    if (request.target == "/terms") return {.content_type = "text/plain", .body = "Be good.\n"};
    return {.status = 404};
  }

  TempDir dir_;
  strict::Core core_;
  int list_fetches_ = 0;
  // Last, so that they end before what they serve from.
  std::unique_ptr<strict::WebServer> lists_;
  std::unique_ptr<strict::WebServer> server_;
};

StrictCa::StrictCa(strict::StrictCaOptions options)
    : impl_(std::make_unique<Impl>(with_ports(std::move(options)))) {}
StrictCa::~StrictCa() = default;

std::string StrictCa::directory_url() const { return impl_->core().url("/directory"); }
std::filesystem::path StrictCa::ca_file() const { return impl_->ca_file(); }
int StrictCa::http_port() const { return impl_->core().options.http_port; }
int StrictCa::tls_port() const { return impl_->core().options.tls_port; }
std::string StrictCa::root_pem(std::size_t number) const { return impl_->core().hierarchy.root_pem(number); }
std::string StrictCa::crl_url() const { return impl_->core().list_url + "/strict.crl"; }
int StrictCa::list_fetches() const { return impl_->list_fetches(); }

void StrictCa::change(const std::function<void(strict::Behaviour&)>& how) {
  auto& core = impl_->core();
  {
    const std::scoped_lock lock(core.mutex);
    how(core.behaviour);
  }
  core.changed.notify_all();
}

strict::Behaviour StrictCa::behaviour() const {
  auto& core = impl_->core();
  const std::scoped_lock lock(core.mutex);
  return core.behaviour;
}

void StrictCa::refuse(const std::string& resource, const strict::Problem& problem, int times) {
  auto& core = impl_->core();
  const std::scoped_lock lock(core.mutex);
  core.ambushes.push_back({resource, times, problem});
}

void StrictCa::lose_answer(const std::string& resource, int times) {
  auto& core = impl_->core();
  const std::scoped_lock lock(core.mutex);
  core.ambushes.push_back({resource, times, std::nullopt});
}

std::vector<strict::Logged> StrictCa::requests() const {
  auto& core = impl_->core();
  const std::scoped_lock lock(core.mutex);
  return core.log;
}

int StrictCa::count(const std::string& resource) const {
  const auto all = requests();
  return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const strict::Logged& one) {
    return resource.empty() || one.resource == resource;
  }));
}

void StrictCa::forget_requests() {
  auto& core = impl_->core();
  const std::scoped_lock lock(core.mutex);
  core.log.clear();
}

std::vector<std::string> StrictCa::violations() const {
  auto& core = impl_->core();
  const std::scoped_lock lock(core.mutex);
  std::vector<std::string> lines;
  for (const auto& one : core.violations) lines.push_back(one.request + ": " + one.rule);
  return lines;
}

std::vector<strict::HeldOrder> StrictCa::desk() const { return strict::held_orders(impl_->core()); }
std::vector<std::string> StrictCa::held_orders() const {
  std::vector<std::string> urls;
  for (const auto& order : desk()) urls.push_back(order.url);
  return urls;
}
void StrictCa::send_placeholder(const std::string& order_url) {
  strict::send_placeholder(impl_->core(), order_url);
}
void StrictCa::approve(const std::string& order_url) { strict::approve(impl_->core(), order_url, false); }
void StrictCa::downgrade(const std::string& order_url) { strict::approve(impl_->core(), order_url, true); }
void StrictCa::turn_down(const std::string& order_url, const strict::Problem& problem) {
  strict::turn_down(impl_->core(), order_url, problem);
}
void StrictCa::ask(const std::string& order_url, const std::string& instance) {
  strict::ask(impl_->core(), order_url, instance);
}

int StrictCa::replaced() const {
  auto& core = impl_->core();
  const std::scoped_lock lock(core.mutex);
  const auto& all = core.ledger.certificates;
  return static_cast<int>(
      std::count_if(all.begin(), all.end(), [](const auto& one) { return !one.second.replaced_by.empty(); }));
}

void StrictCa::revoke(const std::string& certificate_pem, int reason) {
  const BioPtr memory(BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  const X509Ptr wanted(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  strict::demand(wanted != nullptr, "not a certificate");
  auto& core = impl_->core();
  const std::scoped_lock lock(core.mutex);
  for (auto& [id, certificate] : core.ledger.certificates) {
    if (X509_cmp(certificate.leaf.get(), wanted.get()) != 0) continue;
    certificate.revocation_reason = reason;
    certificate.revoked_at = std::chrono::system_clock::now();
    return;
  }
  throw std::runtime_error("this CA did not issue that certificate");
}

}  // namespace certmgr::lab
