// SPDX-License-Identifier: MIT
#include "adapters/notify/curl_transfer.h"

#include <algorithm>
#include <new>

#include "certmgr/domain/trouble.h"

namespace certmgr::notify {
namespace {

constexpr std::size_t kBodyKept = 2048;
constexpr std::size_t kMostReceived = std::size_t{256} * 1024;
constexpr std::size_t kMostLines = 200;

void initialise_curl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK)
    throw Failure({.kind = TroubleKind::configuration,
                   .code = "curl_unusable",
                   .what = "cannot send messages",
                   .why = curl_easy_strerror(code),
                   .hint = "reinstall libcurl"});
}

}  // namespace

void append(ListPtr& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

CurlTransfer::CurlTransfer(std::chrono::milliseconds limit) {
  initialise_curl_once();
  handle_.reset(curl_easy_init());
  if (!handle_) throw std::bad_alloc();
  CURL* curl = handle_.get();
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limit.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
  // A proxy from the environment is for a person's shell; what a daemon connects to is configured.
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text_.data());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_line);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
}

void CurlTransfer::trust(const std::string& ca_bundle) {
  if (ca_bundle.empty()) return;
  curl_easy_setopt(handle(), CURLOPT_CAINFO, ca_bundle.c_str());
  curl_easy_setopt(handle(), CURLOPT_CAPATH, nullptr);
}

void CurlTransfer::upload(std::string_view content) {
  unsent_ = content;
  curl_easy_setopt(handle(), CURLOPT_READFUNCTION, on_upload);
  curl_easy_setopt(handle(), CURLOPT_READDATA, this);
}

CURLcode CurlTransfer::perform() { return curl_easy_perform(handle()); }

long CurlTransfer::status() const {
  long status = 0;
  curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
  return status;
}

std::string CurlTransfer::reason(CURLcode code) const {
  return text_[0] != '\0' ? text_.data() : curl_easy_strerror(code);
}

std::size_t CurlTransfer::on_body(char* data, std::size_t, std::size_t size, void* self) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  try {
    const std::size_t room = kBodyKept - transfer.body_.size();
    transfer.body_.append(data, std::min(size, room));
    transfer.received_ += size;
    transfer.cut_short_ = transfer.received_ > kMostReceived;
    return transfer.cut_short_ ? 0 : size;
  } catch (...) {
    return 0;  // out of memory: curl reports a write error
  }
}

std::size_t CurlTransfer::on_line(char* data, std::size_t, std::size_t size, void* self) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  try {
    std::string line(data, size);
    line.erase(std::find_if(line.begin(), line.end(), [](char c) { return c == '\r' || c == '\n'; }),
               line.end());
    if (!line.empty()) transfer.lines_.push_back(std::move(line));
    return transfer.lines_.size() > kMostLines ? 0 : size;
  } catch (...) {
    return 0;
  }
}

std::size_t CurlTransfer::on_upload(char* buffer, std::size_t, std::size_t most, void* self) noexcept {
  auto& unsent = static_cast<CurlTransfer*>(self)->unsent_;
  const std::size_t count = std::min(most, unsent.size());
  std::copy_n(unsent.data(), count, buffer);
  unsent.remove_prefix(count);
  return count;
}

bool is_untrusted(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_SSL_ISSUER_ERROR;
}

}  // namespace certmgr::notify
