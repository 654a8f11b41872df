// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "lab/strict_ca/exchange.h"

namespace certmgr::lab::strict {

struct HttpsFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

/// HTTP, or HTTPS where files are given, on a port of 127.0.0.1, from construction to destruction. The
/// handler is called from several threads.
class WebServer {
 public:
  using Handler = std::function<Reply(const Request&)>;
  WebServer(int port, Handler handler, const std::optional<HttpsFiles>& https = {});
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace certmgr::lab::strict
