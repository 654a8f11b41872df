// SPDX-License-Identifier: MIT
#include "adapters/dns_providers/json_post.h"

#include <curl/curl.h>

#include <array>
#include <memory>
#include <new>

namespace certmgr::dns_providers {
namespace {

constexpr std::size_t kMostBody = 16384;

struct EasyCleanup {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using ListPtr = std::unique_ptr<curl_slist, ListCleanup>;

void append(ListPtr& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

/// A longer body ends the transfer.
std::size_t on_body(char* data, std::size_t, std::size_t size, void* into) noexcept {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size > kMostBody) return 0;
  try {
    body.append(data, size);
  } catch (...) {
    return 0;  // out of memory: curl reports a write error
  }
  return size;
}

CURLcode initialise_curl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  return code;
}

bool is_untrusted(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_SSL_ISSUER_ERROR;
}

void prepare(CURL* curl, const JsonPost& post, const ListPtr& headers) {
  curl_easy_setopt(curl, CURLOPT_URL, post.url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(post.limit.count()));
  // What a daemon connects to is configured, not inherited.
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post.body.c_str());
  if (!post.ca_bundle.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, post.ca_bundle.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
}

}  // namespace

JsonAnswer post_json(const JsonPost& post) {
  JsonAnswer answer;
  if (const CURLcode code = initialise_curl_once(); code != CURLE_OK) {
    answer.why = curl_easy_strerror(code);
    return answer;
  }
  const std::unique_ptr<CURL, EasyCleanup> curl(curl_easy_init());
  if (!curl) throw std::bad_alloc();
  ListPtr headers;
  append(headers, "Content-Type: application/json");
  append(headers, "Expect:");
  for (const auto& line : post.headers) append(headers, line);
  prepare(curl.get(), post, headers);
  std::array<char, CURL_ERROR_SIZE> text{};
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, text.data());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);

  const CURLcode code = curl_easy_perform(curl.get());
  // A body that is too long does not make the status less true.
  if (code == CURLE_OK || code == CURLE_WRITE_ERROR)
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  if (answer.status == 0) {
    answer.why = text[0] != '\0' ? text.data() : curl_easy_strerror(code);
    answer.untrusted = is_untrusted(code);
  }
  return answer;
}

}  // namespace certmgr::dns_providers
