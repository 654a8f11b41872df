// SPDX-License-Identifier: MIT
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/trouble.h"

namespace certmgr::acme {

struct HttpRequest {
  std::string method;  // "GET", "HEAD", "POST"
  std::string url;
  std::string body{};
  std::string content_type{};
  std::string accept{};
  bool repeatable = true;  // false: libcurl must not send it again on a new connection by itself
};

struct HttpResponse {
  long status = 0;
  std::map<std::string, std::vector<std::string>> headers;  // names in lower case
  std::string body;

  /// The first value, empty if the header is absent.
  [[nodiscard]] std::string header(const std::string& lower_case_name) const;
};

struct HttpLimits {
  std::string ca_bundle;
  std::chrono::milliseconds timeout{};
  std::size_t body_bytes_max = std::size_t{1024} * 1024;
  std::size_t header_bytes_max = std::size_t{64} * 1024;
};

/// HTTPS to one CA: certificates checked, redirects not followed, replies bounded in size and time,
/// connections kept alive. Thread-safe; concurrent requests use connections of their own.
class HttpClient {
 public:
  HttpClient(std::string ca_name, HttpLimits limits);
  /// Any status is a response. Trouble: no HTTP answer could be had.
  Result<HttpResponse> send(const HttpRequest& request);

 private:
  struct EasyCleanup {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
  };
  using EasyPtr = std::unique_ptr<CURL, EasyCleanup>;

  EasyPtr take();
  void give_back(EasyPtr handle);
  Trouble explain(CURLcode code, const char* text, const std::string& url, bool too_large) const;

  std::string ca_name_;
  HttpLimits limits_;
  std::mutex mutex_;
  std::vector<EasyPtr> idle_;
};

}  // namespace certmgr::acme
