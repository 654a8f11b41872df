// SPDX-License-Identifier: MIT
#include "lab/acme_dns.h"

#include <httplib.h>

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "lab/ports.h"
#include "lab/process.h"

namespace certmgr::lab {

class AcmeDnsServer::Impl {
 public:
  Impl(std::string user, std::string key, std::string subdomain, Publish publish)
      : account_{std::move(user), std::move(key), std::move(subdomain), {}}, publish_(std::move(publish)) {
    server_.Post("/update", [this](const httplib::Request& request, httplib::Response& response) {
      serve(request, response);
    });
    for (int tries = 0; !server_.bind_to_port("127.0.0.1", port_); ++tries) {
      if (tries == 5) throw std::runtime_error("no port for acme-dns");
      port_ = free_port();
    }
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    if (!wait_until([this] { return server_.is_running(); })) throw std::runtime_error("no acme-dns");
  }
  ~Impl() {
    server_.stop();
    thread_.join();
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void answer(int status, const std::string& body) {
    const std::scoped_lock lock(mutex_);
    status_ = status;
    body_ = body;
  }
  [[nodiscard]] std::vector<AcmeDnsUpdate> updates() const {
    const std::scoped_lock lock(mutex_);
    return updates_;
  }

 private:
  void serve(const httplib::Request& request, httplib::Response& response) {
    const std::scoped_lock lock(mutex_);
    const auto body = nlohmann::json::parse(request.body, nullptr, false);
    const AcmeDnsUpdate update{request.get_header_value("X-Api-User"), request.get_header_value("X-Api-Key"),
                               body.value("subdomain", ""), body.value("txt", "")};
    updates_.push_back(update);
    if (status_ != 0) return reply(response, status_, body_);
    if (update.user != account_.user || update.key != account_.key || update.subdomain != account_.subdomain)
      return reply(response, 401, R"({"error": "forbidden"})");
    if (update.txt.size() != 43) return reply(response, 400, R"({"error": "bad_txt"})");
    // Its two rows, the older of which is written over.
    if (values_.size() == 2) values_.erase(values_.begin());
    values_.push_back(update.txt);
    publish_(values_);
    reply(response, 200, nlohmann::json{{"txt", update.txt}}.dump());
  }
  static void reply(httplib::Response& response, int status, const std::string& body) {
    response.status = status;
    response.set_content(body, "application/json");
  }

  AcmeDnsUpdate account_;
  Publish publish_;
  int port_ = free_port();
  httplib::Server server_;
  std::thread thread_;
  mutable std::mutex mutex_;
  int status_ = 0;
  std::string body_;
  std::vector<std::string> values_;
  std::vector<AcmeDnsUpdate> updates_;
};

AcmeDnsServer::AcmeDnsServer(std::string user, std::string key, std::string subdomain, Publish publish)
    : impl_(std::make_unique<Impl>(std::move(user), std::move(key), std::move(subdomain),
                                   std::move(publish))) {}
AcmeDnsServer::~AcmeDnsServer() = default;
std::string AcmeDnsServer::url() const { return impl_->url(); }
void AcmeDnsServer::answer(int status, const std::string& body) { impl_->answer(status, body); }
std::vector<AcmeDnsUpdate> AcmeDnsServer::updates() const { return impl_->updates(); }

}  // namespace certmgr::lab
