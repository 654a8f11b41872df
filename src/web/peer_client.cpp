// SPDX-License-Identifier: MIT
#include "web/peer_client.h"

#include <curl/curl.h>
#include <sys/un.h>

#include <memory>
#include <new>

#include "web/enrollment_pages.h"

namespace certmgr::web {
namespace {

constexpr std::size_t kMostOctets = std::size_t{64} * 1024 * 1024;  // 10,000 enrollments in a list
constexpr long kConnectMs = 5'000;
constexpr long kAnswerMs = 120'000;  // the daemon may ask the CA

struct EasyCleanup {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* into) noexcept {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size > kMostOctets) return 0;
  try {
    body.append(data, size);
  } catch (...) {
    return 0;  // out of memory: curl reports a write error
  }
  return size;
}

std::string page_of(const answers::EnrollmentAsk& ask) {
  if (ask.verb == "list") return "enrollments?limit=" + std::to_string(ask.limit) + (ask.all ? "&all=1" : "");
  const std::string id = std::to_string(ask.id);
  if (ask.verb == "revoke-grant") return "grants/" + id + "/revoke";
  return "enrollments/" + id + (ask.verb == "show" ? "" : "/" + ask.verb);
}

bool changes(const answers::EnrollmentAsk& ask) {
  return ask.verb != "list" && ask.verb != "show" && ask.verb != "history";
}

[[noreturn]] void unreachable(const std::string& socket, CURLcode code, bool sent) {
  throw Failure(
      {.kind = TroubleKind::transient,
       .code = "daemon_unreachable",
       .what = "cannot ask the daemon at " + socket,
       .why = curl_easy_strerror(code),
       .hint = sent ? "it may have been done all the same: look with 'certmgr enrollment show'"
                    : "see that the daemon runs and has this path in [web] socket, or have root run it"});
}

/// Something that is no daemon of certmgr, or a request that it does not read.
[[noreturn]] void refused_by(const std::string& socket, long status) {
  throw Failure({.kind = TroubleKind::permanent,
                 .code = "bad_answer",
                 .what = "cannot ask the daemon at " + socket,
                 .why = "it answers with status " + std::to_string(status),
                 .hint = "see that a daemon of this version listens there"});
}

}  // namespace

PeerClient::PeerClient(std::string socket) : socket_(std::move(socket)) {
  if (socket_.starts_with('/') && socket_.size() < sizeof(sockaddr_un::sun_path)) return;
  throw Failure({.kind = TroubleKind::usage,
                 .code = "socket_path",
                 .what = "cannot ask the daemon at " + socket_,
                 .why = "a socket's path begins with / and has at most 107 octets",
                 .hint = "--socket /run/certmgr/desk.sock"});
}

answers::Answer PeerClient::ask(const answers::EnrollmentAsk& ask) {
  return exchange(page_of(ask), changes(ask) ? std::optional(answers::body_of(ask)) : std::nullopt);
}

answers::Answer PeerClient::request(const answers::CertificateAsk& ask) {
  return exchange("enrollments", answers::body_of(ask));
}

answers::Answer PeerClient::exchange(const std::string& page,
                                     const std::optional<nlohmann::ordered_json>& asked) const {
  const std::unique_ptr<CURL, EasyCleanup> curl(curl_easy_init());
  const std::unique_ptr<curl_slist, ListCleanup> headers(
      curl_slist_append(curl_slist_append(nullptr, (std::string("Accept: ") + kSealedType).c_str()),
                        "Content-Type: application/json"));
  if (!curl || !headers) throw std::bad_alloc();
  // The host is for HTTP's sake: the socket decides who is reached.
  const std::string url = "http://localhost" + std::string(EnrollmentPages::kRoot) + page;
  const std::string body =
      asked ? asked->dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) : std::string();
  std::string received;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, socket_.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, kAnswerMs);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  if (asked) curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &received);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) unreachable(socket_, code, code != CURLE_COULDNT_CONNECT && asked.has_value());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) refused_by(socket_, status);
  return value_or_throw(answers::opened(received));
}

}  // namespace certmgr::web
