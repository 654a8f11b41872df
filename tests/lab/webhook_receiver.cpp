// SPDX-License-Identifier: MIT
#include "lab/webhook_receiver.h"

#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "lab/authority.h"
#include "lab/ports.h"
#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::lab {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace

class WebhookReceiver::Impl {
 public:
  explicit Impl(Kind kind) : port_(free_port()) {
    if (kind == Kind::https) {
      write_file(ca_file(), authority_.root_pem());
      write_pair(authority_.issue({"127.0.0.1"}), dir_ / "cert.pem", dir_ / "key.pem");
      server_ = std::make_unique<httplib::SSLServer>((dir_ / "cert.pem").c_str(), (dir_ / "key.pem").c_str());
      base_ = "https://127.0.0.1:";
    } else {
      server_ = std::make_unique<httplib::Server>();
      base_ = "http://127.0.0.1:";
    }
    server_->Post(".*", [this](const httplib::Request& request, httplib::Response& response) {
      serve(request, response);
    });
    // A port may be taken between the look and the use, by a program that knows nothing of our locks.
    for (int tries = 0; !server_->bind_to_port("127.0.0.1", port_); ++tries) {
      if (tries == 5) throw std::runtime_error("no port for the webhook");
      port_ = free_port();
    }
    base_ += std::to_string(port_);
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    if (!wait_until([this] { return server_->is_running(); })) throw std::runtime_error("no webhook server");
  }

  ~Impl() {
    {
      const std::scoped_lock lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    server_->stop();
    thread_.join();
  }

  [[nodiscard]] std::filesystem::path ca_file() const { return dir_ / "ca.pem"; }
  [[nodiscard]] const std::string& base() const { return base_; }
  void answer(const HookReply& reply) {
    const std::scoped_lock lock(mutex_);
    reply_ = reply;
  }
  [[nodiscard]] std::vector<Post> posts() const {
    const std::scoped_lock lock(mutex_);
    return posts_;
  }

 private:
  void serve(const httplib::Request& request, httplib::Response& response) {
    std::unique_lock lock(mutex_);
    Post post{request.path, {}, request.body};
    for (const auto& [name, value] : request.headers) post.headers[lower(name)] = value;
    posts_.push_back(std::move(post));
    const HookReply reply = reply_;
    if (reply.hang) changed_.wait(lock, [this] { return closing_; });
    response.status = reply.status;
    for (const auto& [name, value] : reply.headers) response.set_header(name, value);
    if (reply.flood)
      response.set_chunked_content_provider("text/plain", [](std::size_t, httplib::DataSink& sink) {
        const std::string some(16384, 'x');
        return sink.write(some.data(), some.size());
      });
    else if (!reply.body.empty())
      response.set_content(reply.body, "text/plain");
  }

  TempDir dir_;
  Authority authority_{"Lab webhook"};
  int port_;
  std::string base_;
  std::unique_ptr<httplib::Server> server_;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false;
  HookReply reply_;
  std::vector<Post> posts_;
};

WebhookReceiver::WebhookReceiver(Kind kind) : impl_(std::make_unique<Impl>(kind)) {}
WebhookReceiver::~WebhookReceiver() = default;
std::string WebhookReceiver::url(const std::string& path) const { return impl_->base() + path; }
std::filesystem::path WebhookReceiver::ca_file() const { return impl_->ca_file(); }
void WebhookReceiver::answer(const HookReply& reply) { impl_->answer(reply); }
std::vector<Post> WebhookReceiver::posts() const { return impl_->posts(); }

std::string expected_signature(const std::string& secret, const Post& post) {
  const std::string text = post.headers.at("x-certmgr-timestamp") + "." + post.body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  std::string hex = "sha256=";
  for (unsigned int i = 0; i < size; ++i) {
    std::array<char, 3> octet{};
    std::snprintf(octet.data(), octet.size(), "%02x", static_cast<unsigned>(mac[i]));
    hex += octet.data();
  }
  return hex;
}

}  // namespace certmgr::lab
