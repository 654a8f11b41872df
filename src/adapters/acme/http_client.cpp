// SPDX-License-Identifier: MIT
#include "adapters/acme/http_client.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "version.h"

namespace certmgr::acme {
namespace {

/// libcurl's least, for requests of a kilobyte; it takes the buffer anew for each.
constexpr long kUploadBuffer = 16L * 1024;

/// Collects one reply; refuses what is larger than it may be.
struct Receiver {
  HttpResponse response;
  std::size_t body_bytes_max;
  std::size_t header_bytes_max;
  std::size_t header_bytes = 0;
  bool too_large = false;
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* target) noexcept {
  auto& receiver = *static_cast<Receiver*>(target);
  try {
    if (receiver.response.body.size() + size > receiver.body_bytes_max) {
      receiver.too_large = true;
      return 0;
    }
    receiver.response.body.append(data, size);
    return size;
  } catch (...) {
    return 0;  // out of memory: curl reports a write error
  }
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* target) noexcept {
  auto& receiver = *static_cast<Receiver*>(target);
  try {
    receiver.header_bytes += size;
    if (receiver.header_bytes > receiver.header_bytes_max) {
      receiver.too_large = true;
      return 0;
    }
    const std::string_view line(data, size);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      if (line.starts_with("HTTP/")) receiver.response.headers.clear();  // a new reply after "100 Continue"
      return size;
    }
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    receiver.response.headers[name].emplace_back(trim(line.substr(colon + 1)));
    return size;
  } catch (...) {
    return 0;
  }
}

std::size_t on_read(char* buffer, std::size_t, std::size_t most, void* source) noexcept {
  auto& unsent = *static_cast<std::string_view*>(source);
  const std::size_t count = std::min(most, unsent.size());
  std::copy_n(unsent.data(), count, buffer);
  unsent.remove_prefix(count);
  return count;
}

struct ListFree {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using ListPtr = std::unique_ptr<curl_slist, ListFree>;

void append(ListPtr& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

void initialise_curl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK)
    throw Failure({.kind = TroubleKind::configuration,
                   .code = "curl_unusable",
                   .what = "cannot use HTTPS",
                   .why = curl_easy_strerror(code),
                   .hint = "reinstall libcurl"});
}

}  // namespace

std::string HttpResponse::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() || found->second.empty() ? std::string() : found->second.front();
}

HttpClient::HttpClient(std::string ca_name, HttpLimits limits)
    : ca_name_(std::move(ca_name)), limits_(std::move(limits)) {
  initialise_curl_once();
}

HttpClient::EasyPtr HttpClient::take() {
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      EasyPtr handle = std::move(idle_.back());
      idle_.pop_back();
      curl_easy_reset(handle.get());  // keeps its connections
      return handle;
    }
  }
  EasyPtr handle(curl_easy_init());
  if (!handle) throw std::bad_alloc();
  return handle;
}

void HttpClient::give_back(EasyPtr handle) {
  const std::scoped_lock lock(mutex_);
  idle_.push_back(std::move(handle));
}

Trouble HttpClient::explain(CURLcode code, const char* text, const std::string& url, bool too_large) const {
  Trouble trouble{.kind = TroubleKind::transient,
                  .code = "ca_unreachable",
                  .what = "cannot talk to the CA " + ca_name_,
                  .why = std::string(*text != '\0' ? text : curl_easy_strerror(code)) + " (" + url + ")",
                  .hint = "check the network and the CA's status page; the same command goes on from here"};
  if (too_large) {
    trouble.code = "ca_protocol";
    trouble.why =
        "its reply is larger than " + std::to_string(limits_.body_bytes_max / 1024) + " KiB (" + url + ")";
    trouble.hint = "see that the directory URL of the CA " + ca_name_ + " is right";
    return trouble;
  }
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      trouble.kind = TroubleKind::configuration;
      trouble.code = "ca_untrusted";
      trouble.hint = "if this CA is private, name its root certificates: [ca." + ca_name_ +
                     "] ca_bundle = \"FILE\"; otherwise somebody may be listening in";
      return trouble;
    case CURLE_OPERATION_TIMEDOUT:
      trouble.code = "ca_no_answer";
      return trouble;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      trouble.kind = TroubleKind::permanent;
      trouble.code = "ca_protocol";
      trouble.why = "'" + url + "' is not an https URL";
      trouble.hint = "see that the directory URL of the CA " + ca_name_ + " is right";
      return trouble;
    default:
      return trouble;
  }
}

Result<HttpResponse> HttpClient::send(const HttpRequest& request) {
  EasyPtr handle = take();
  CURL* curl = handle.get();
  Receiver receiver{{}, limits_.body_bytes_max, limits_.header_bytes_max};
  std::string_view unsent = request.body;
  std::array<char, CURL_ERROR_SIZE> text{};
  ListPtr headers;
  if (!request.content_type.empty()) append(headers, "Content-Type: " + request.content_type);
  if (!request.accept.empty()) append(headers, "Accept: " + request.accept);
  append(headers, "Expect:");  // no extra round trip before a POST body

  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  // A connection carries one request at a time here, and HTTP/2 costs both sides more for that (bench/).
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!limits_.ca_bundle.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, limits_.ca_bundle.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, 10000L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limits_.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBuffer);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "certmgr/" CERTMGR_VERSION);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text.data());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &receiver);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &receiver);
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else if (request.method == "POST" && !request.repeatable) {
    // A body that comes from a function without a way back cannot be sent twice: where libcurl would
    // quietly try again on a fresh connection, it has to give up.
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(curl, CURLOPT_READDATA, &unsent);
  } else if (request.method == "POST") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
  }

  const auto started = std::chrono::steady_clock::now();
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) {
    spdlog::debug("{} {}: {}", request.method, request.url, curl_easy_strerror(code));
    Trouble trouble = explain(code, text.data(), request.url, receiver.too_large);
    curl_off_t begun = 0;  // zero: no connection came about, so that nothing was sent
    curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &begun);
    trouble.unsent = begun == 0;
    return fail(std::move(trouble));  // the handle is not reused
  }
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &receiver.response.status);
  spdlog::debug(
      "{} {}: {} in {} ms", request.method, request.url, receiver.response.status,
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started)
          .count());
  give_back(std::move(handle));
  return std::move(receiver.response);
}

}  // namespace certmgr::acme
