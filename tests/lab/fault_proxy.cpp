// SPDX-License-Identifier: MIT
#include "lab/fault_proxy.h"

#include <httplib.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "lab/ports.h"

namespace certmgr::lab {
namespace {

struct Rule {
  std::string path;
  Fault fault;
  int first;
  int times;
  int matched = 0;

  /// Counts the match; whether the fault is due.
  bool take() {
    ++matched;
    return matched >= first && matched - first < times;
  }
};

/// Headers that belong to one connection, or that the library makes itself.
bool belongs_to_connection(const std::string& name) {
  static const std::vector<std::string> kNames = {"connection",  "content-length",  "transfer-encoding",
                                                  "keep-alive",  "accept-encoding", "remote_addr",
                                                  "remote_port", "local_addr",      "local_port"};
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::find(kNames.begin(), kNames.end(), lower) != kNames.end();
}

/// Ends the connection under the library's feet: it has no way to answer nothing.
void cut(const httplib::Request& request) { shutdown(SSL_get_fd(request.ssl), SHUT_RDWR); }

void write_reply(const Reply& reply, std::size_t flood, httplib::Response& response) {
  response.status = reply.status;
  for (const auto& [name, value] : reply.headers) response.headers.emplace(name, value);
  if (flood == 0) {
    if (reply.content_type.empty()) {
      response.body = reply.body;
    } else {
      response.set_content(reply.body, reply.content_type);
    }
    return;
  }
  const auto type = reply.content_type.empty() ? "application/octet-stream" : reply.content_type;
  response.set_chunked_content_provider(
      type, [left = flood, first = reply.body](std::size_t, httplib::DataSink& sink) mutable {
        static const std::string kPiece(1 << 16, ' ');
        if (!first.empty()) sink.write(first.data(), first.size());
        first.clear();
        const auto size = std::min(left, kPiece.size());
        if (size == 0) {
          sink.done();
          return true;
        }
        left -= size;
        return sink.write(kPiece.data(), size);
      });
}

}  // namespace

class FaultProxy::Impl {
 public:
  explicit Impl(const Pebble& pebble) : pebble_(pebble), port_(free_port()) {
    write_pair(pebble.https_authority().issue({"localhost", "127.0.0.1"}), dir_ / "cert.pem",
               dir_ / "key.pem");
    server_ = std::make_unique<httplib::SSLServer>((dir_ / "cert.pem").c_str(), (dir_ / "key.pem").c_str());
    server_->new_task_queue = [] { return new httplib::ThreadPool(16); };  // NOLINT: the library's to delete
    // The library's own choice, SO_REUSEPORT, fails where an earlier test left a connection in TIME_WAIT.
    server_->set_socket_options([](socket_t socket) {
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    server_->set_keep_alive_max_count(100000);
    server_->set_keep_alive_timeout(30);
    const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
      const InProgress counted(*this);
      serve(request, response);
    };
    server_->Get(".*", handler).Post(".*", handler).Put(".*", handler).Delete(".*", handler);
    if (!server_->bind_to_port("127.0.0.1", port_)) throw std::runtime_error("the fault proxy cannot bind");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    // stop() is without effect on a server that does not run yet.
    if (!wait_until([this] { return server_->is_running(); })) throw std::runtime_error("no fault proxy");
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    ended_.notify_all();
    server_->stop();
    thread_.join();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void inject(const std::string& path, const Fault& fault, int first, int times) {
    const std::lock_guard lock(mutex_);
    rules_.push_back({.path = path, .fault = fault, .first = first, .times = times});
  }

  void clear_faults() {
    const std::lock_guard lock(mutex_);
    rules_.clear();
  }

  std::vector<Passed> requests() const {
    const std::lock_guard lock(mutex_);
    return passed_;
  }

  void forget_requests() {
    const std::lock_guard lock(mutex_);
    passed_.clear();
  }

  bool idle() const {
    const std::lock_guard lock(mutex_);
    return in_progress_ == 0;
  }

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] const Pebble& pebble() const { return pebble_; }

 private:
  /// Counts a request while it is served, however that ends.
  class InProgress {
   public:
    explicit InProgress(Impl& proxy) : proxy_(proxy) { change(1); }
    ~InProgress() { change(-1); }
    InProgress(const InProgress&) = delete;
    InProgress& operator=(const InProgress&) = delete;

   private:
    void change(int by) {
      const std::lock_guard lock(proxy_.mutex_);
      proxy_.in_progress_ += by;
    }
    Impl& proxy_;
  };

  Fault fault_for(const std::string& path) {
    const std::lock_guard lock(mutex_);
    Fault chosen;
    bool found = false;
    for (auto& rule : rules_) {
      if (!path.starts_with(rule.path) || !rule.take() || found) continue;
      chosen = rule.fault;
      found = true;
    }
    return chosen;
  }

  void serve(const httplib::Request& request, httplib::Response& response) {
    const Fault fault = fault_for(request.path);
    if (fault.delay.count() > 0) {
      std::unique_lock lock(mutex_);
      ended_.wait_for(lock, fault.delay, [this] { return ending_; });
    }
    Reply reply;
    bool forwarded = false;
    if (fault.forward) {
      forwarded = forward(request, reply);
    } else if (!fault.drop) {
      add_nonce(reply);
    }
    fault.change(reply);
    const bool dropped = fault.drop || (fault.forward && !forwarded);
    {
      const std::lock_guard lock(mutex_);
      passed_.push_back({request.method, request.path, dropped ? 0 : reply.status, forwarded});
    }
    if (dropped) {
      cut(request);
    } else {
      write_reply(reply, fault.flood, response);
    }
  }

  std::unique_ptr<httplib::SSLClient> client() const {
    auto client = std::make_unique<httplib::SSLClient>("127.0.0.1", pebble_.port());
    client->set_ca_cert_path(pebble_.ca_file().c_str());
    client->enable_server_certificate_verification(true);
    client->set_read_timeout(30);
    return client;
  }

  bool forward(const httplib::Request& request, Reply& reply) const {
    httplib::Request onward;
    onward.method = request.method;
    onward.path = request.target;
    onward.body = request.body;
    for (const auto& [name, value] : request.headers) {
      if (!belongs_to_connection(name)) onward.headers.emplace(name, value);
    }
    const auto result = client()->send(onward);
    if (!result) return false;  // the CA is down: so is this
    reply.status = result->status;
    reply.body = result->body;
    reply.content_type = result->get_header_value("Content-Type");
    for (const auto& [name, value] : result->headers) {
      if (!belongs_to_connection(name) && name != "Content-Type") reply.headers.emplace(name, value);
    }
    return true;
  }

  void add_nonce(Reply& reply) const {
    const auto result = client()->Head("/nonce-plz");
    if (result) reply.set_header("Replay-Nonce", result->get_header_value("Replay-Nonce"));
  }

  const Pebble& pebble_;
  TempDir dir_;
  int port_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  int in_progress_ = 0;
  std::vector<Rule> rules_;
  std::vector<Passed> passed_;
  std::unique_ptr<httplib::SSLServer> server_;
  std::thread thread_;
};

FaultProxy::FaultProxy(const Pebble& pebble) : impl_(std::make_unique<Impl>(pebble)) {}
FaultProxy::~FaultProxy() = default;

std::string FaultProxy::directory_url() const {
  return "https://127.0.0.1:" + std::to_string(impl_->port()) + "/dir";
}

int FaultProxy::port() const { return impl_->port(); }

std::filesystem::path FaultProxy::ca_file() const { return impl_->pebble().ca_file(); }

void FaultProxy::inject(const std::string& path, const Fault& fault, int first, int times) {
  impl_->inject(path, fault, first, times);
}

void FaultProxy::clear_faults() { impl_->clear_faults(); }

std::vector<Passed> FaultProxy::requests() const { return impl_->requests(); }

int FaultProxy::count(const std::string& path) const {
  int count = 0;
  for (const auto& request : impl_->requests()) count += request.path.starts_with(path) ? 1 : 0;
  return count;
}

void FaultProxy::forget_requests() { impl_->forget_requests(); }

bool FaultProxy::idle() const { return impl_->idle(); }

}  // namespace certmgr::lab
