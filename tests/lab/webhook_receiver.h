// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace certmgr::lab {

struct Post {
  std::string path;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

/// What it answers from now on.
struct HookReply {
  int status = 204;
  std::map<std::string, std::string> headers = {};
  std::string body = {};
  bool hang = false;   // no answer at all, until the receiver goes
  bool flood = false;  // a body that never ends
};

/// An HTTP server on loopback that notes what is posted to it.
class WebhookReceiver {
 public:
  enum class Kind { http, https };
  explicit WebhookReceiver(Kind kind = Kind::http);
  ~WebhookReceiver();
  WebhookReceiver(const WebhookReceiver&) = delete;
  WebhookReceiver& operator=(const WebhookReceiver&) = delete;

  [[nodiscard]] std::string url(const std::string& path = "/hook") const;
  /// The roots that vouch for it.
  [[nodiscard]] std::filesystem::path ca_file() const;
  void answer(const HookReply& reply);
  [[nodiscard]] std::vector<Post> posts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// "sha256=HEX", computed by OpenSSL from what was posted: what a receiver does to be sure.
std::string expected_signature(const std::string& secret, const Post& post);

}  // namespace certmgr::lab
