// SPDX-License-Identifier: MIT
#pragma once

#include <httplib.h>

#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "lab/ports.h"

namespace certmgr::revocation::testing {

/// A web server with revocation lists, which counts how often each is fetched.
class ListServer {
 public:
  ListServer() : port_(lab::free_port()) {
    server_.Get("/.*", [this](const httplib::Request& request, httplib::Response& response) {
      const std::scoped_lock lock(mutex_);
      ++fetched_[request.path];
      const auto found = pages_.find(request.path);
      if (found == pages_.end()) {
        response.status = 404;
      } else {
        found->second(response);
      }
    });
    server_.bind_to_port("127.0.0.1", port_);
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();  // it cannot be stopped before
  }
  ~ListServer() {
    server_.stop();
    thread_.join();
  }
  ListServer(const ListServer&) = delete;
  ListServer& operator=(const ListServer&) = delete;

  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  void put(const std::string& path, const std::string& body) {
    answer(path, [body](httplib::Response& response) { response.set_content(body, "application/pkix-crl"); });
  }
  void answer(const std::string& path, std::function<void(httplib::Response&)> how) {
    const std::scoped_lock lock(mutex_);
    pages_[path] = std::move(how);
  }
  int fetched(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    return fetched_[path];
  }

 private:
  int port_;
  httplib::Server server_;
  std::thread thread_;
  std::mutex mutex_;
  std::map<std::string, std::function<void(httplib::Response&)>> pages_;
  std::map<std::string, int> fetched_;
};

}  // namespace certmgr::revocation::testing
