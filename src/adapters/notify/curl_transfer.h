// SPDX-License-Identifier: MIT
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace certmgr::notify {

struct EasyCleanup {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using ListPtr = std::unique_ptr<curl_slist, ListCleanup>;

void append(ListPtr& list, const std::string& line);

/// One exchange with a server, with limits on time and on what is kept of the answer.
class CurlTransfer {
 public:
  explicit CurlTransfer(std::chrono::milliseconds limit);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  [[nodiscard]] CURL* handle() const { return handle_.get(); }
  /// Roots to trust instead of the system's; empty: the system's.
  void trust(const std::string& ca_bundle);
  /// What is sent, as a stream. Must live until perform() returns.
  void upload(std::string_view content);

  CURLcode perform();

  /// The last status: of HTTP or SMTP; 0 when there was none.
  [[nodiscard]] long status() const;
  /// libcurl's words about a failure.
  [[nodiscard]] std::string reason(CURLcode code) const;
  /// Lines the server sent outside of a body: SMTP replies, HTTP headers.
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  [[nodiscard]] const std::string& body() const { return body_; }
  /// The answer was longer than anybody needs, and was not read to its end.
  [[nodiscard]] bool cut_short() const { return cut_short_; }

 private:
  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) noexcept;
  static std::size_t on_line(char* data, std::size_t, std::size_t size, void* self) noexcept;
  static std::size_t on_upload(char* buffer, std::size_t, std::size_t most, void* self) noexcept;

  std::unique_ptr<CURL, EasyCleanup> handle_;
  std::array<char, CURL_ERROR_SIZE> text_{};
  std::string_view unsent_;
  std::vector<std::string> lines_;
  std::string body_;
  std::size_t received_ = 0;
  bool cut_short_ = false;
};

/// The kinds of failure that the channels tell apart.
bool is_untrusted(CURLcode code);

}  // namespace certmgr::notify
