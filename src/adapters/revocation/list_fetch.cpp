// SPDX-License-Identifier: MIT
#include "adapters/revocation/list_fetch.h"

#include <curl/curl.h>

#include <array>
#include <memory>
#include <new>

#include "version.h"

namespace certmgr::revocation {
namespace {

struct EasyCleanup {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
using EasyPtr = std::unique_ptr<CURL, EasyCleanup>;

struct Receiver {
  std::string body;
  std::size_t most = 0;
  bool too_large = false;
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* target) noexcept {
  auto& receiver = *static_cast<Receiver*>(target);
  try {
    if (receiver.body.size() + size > receiver.most) {
      receiver.too_large = true;
      return 0;
    }
    receiver.body.append(data, size);
    return size;
  } catch (...) {
    return 0;  // out of memory: curl reports a write error
  }
}

void initialise_curl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK)
    throw Failure({.kind = TroubleKind::configuration,
                   .code = "curl_unusable",
                   .what = "cannot use HTTP",
                   .why = curl_easy_strerror(code),
                   .hint = "reinstall libcurl"});
}

tl::unexpected<Trouble> unreachable(const std::string& url, const std::string& why) {
  return fail(Trouble{.kind = TroubleKind::transient,
                      .code = "crl_unreachable",
                      .what = "cannot fetch the CA's revocation list " + url,
                      .why = why,
                      .hint = "it is tried again by itself; see that this host may reach the address"});
}

void prepare(CURL* curl, const std::string& url, const FetchLimits& limits, Receiver& receiver) {
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits.bytes));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.time.count() / 2));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.time.count()));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "certmgr/" CERTMGR_VERSION);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &receiver);
}

}  // namespace

Result<std::string> fetch_list(const std::string& url, const FetchLimits& limits) {
  initialise_curl_once();
  const EasyPtr handle(curl_easy_init());
  if (!handle) throw std::bad_alloc();
  CURL* curl = handle.get();
  Receiver receiver{{}, limits.bytes, false};
  std::array<char, CURL_ERROR_SIZE> text{};
  prepare(curl, url, limits, receiver);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text.data());
  const CURLcode code = curl_easy_perform(curl);
  if (receiver.too_large || code == CURLE_FILESIZE_EXCEEDED)
    return fail(Trouble{.kind = TroubleKind::permanent,
                        .code = "crl_too_large",
                        .what = "cannot use the CA's revocation list " + url,
                        .why = "it is larger than " + std::to_string(limits.bytes / 1024) + " KiB",
                        .hint = "certmgr does not learn of revocations by this CA; watch its messages"});
  if (code != CURLE_OK) return unreachable(url, text[0] != '\0' ? text.data() : curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 300 && status < 400)
    return unreachable(url, "it answers with a redirect (" + std::to_string(status) +
                                "), which is not followed for a revocation list");
  if (status != 200) return unreachable(url, "HTTP status " + std::to_string(status));
  return std::move(receiver.body);
}

}  // namespace certmgr::revocation
