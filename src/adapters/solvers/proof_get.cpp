// SPDX-License-Identifier: MIT
#include "adapters/solvers/proof_get.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <new>

#include "version.h"

namespace certmgr::solvers {
namespace {

constexpr long kLongestMs = 2000;
constexpr std::size_t kMostOctets = 4096;

struct EasyCleanup {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct ListFree {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using EasyPtr = std::unique_ptr<CURL, EasyCleanup>;
using ListPtr = std::unique_ptr<curl_slist, ListFree>;

/// What is more than enough to tell a proof from something else ends the transfer.
std::size_t on_body(char* data, std::size_t, std::size_t size, void* target) noexcept {
  auto& body = *static_cast<std::string*>(target);
  try {
    body.append(data, std::min(size, kMostOctets - body.size()));
    return body.size() < kMostOctets ? size : 0;
  } catch (...) {
    return 0;  // out of memory: curl reports a write error
  }
}

bool curl_can_be_used() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  return code == CURLE_OK;
}

std::string bracketed(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

}  // namespace

std::optional<Fetched> get_over_http(const std::string& name, const std::string& address, std::uint16_t port,
                                     const std::string& path) {
  if (!curl_can_be_used()) return std::nullopt;
  const EasyPtr handle(curl_easy_init());
  const std::string to = "::" + bracketed(address) + ":" + std::to_string(port);
  const ListPtr connect_to(curl_slist_append(nullptr, to.c_str()));
  if (!handle || !connect_to) throw std::bad_alloc();
  CURL* curl = handle.get();
  Fetched fetched;
  const std::string url = "http://" + bracketed(name) + path;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECT_TO, connect_to.get());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kLongestMs);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "certmgr/" CERTMGR_VERSION);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &fetched.body);
  const CURLcode code = curl_easy_perform(curl);
  const bool enough = code == CURLE_WRITE_ERROR && fetched.body.size() == kMostOctets;
  if (code != CURLE_OK && !enough) return std::nullopt;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &fetched.status);
  return fetched;
}

}  // namespace certmgr::solvers
