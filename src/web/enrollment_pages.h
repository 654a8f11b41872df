// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string_view>

#include "certmgr/services/application.h"
#include "web/http_server.h"

namespace certmgr::web {

/// What `certmgr enrollment` does, over HTTP (docs/enrollments.md): GET /v1/enrollments,
/// /v1/enrollments/ID, /v1/enrollments/ID/history, POST /v1/enrollments/ID/VERB and /v1/grants/ID/revoke.
/// Answers with the documents of docs/json.md. Thread-safe.
class EnrollmentPages {
 public:
  /// Both must outlive it.
  EnrollmentPages(Application& app, Progress& progress) : app_(app), progress_(progress) {}

  static constexpr std::string_view kRoot = "/v1/";
  static bool has(std::string_view path) { return path.starts_with(kRoot); }
  /// For the user whom the kernel names.
  void answer_peer(const httplib::Request& request, httplib::Response& response) const;
  /// For the owner of the token (Authorization: Bearer, RFC 6750).
  void answer_token(const httplib::Request& request, httplib::Response& response) const;

 private:
  void answer(const httplib::Request& request, httplib::Response& response,
              const Result<enrollment::Actor>& by) const;

  Application& app_;
  Progress& progress_;
};

/// The type of the answer that the command line asks for: document and text together, which no browser and no
/// script needs.
inline constexpr const char* kSealedType = "application/vnd.certmgr.answer+json";

}  // namespace certmgr::web
