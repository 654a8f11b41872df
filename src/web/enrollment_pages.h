// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "answers/answer.h"
#include "certmgr/services/application.h"
#include "web/http_server.h"

namespace certmgr::web {

/// What `certmgr enrollment` does, and `issue` for OV and EV, over HTTP (docs/enrollments.md): GET
/// /v1/enrollments, /v1/enrollments/ID, /v1/enrollments/ID/history, POST /v1/enrollments,
/// /v1/enrollments/ID/VERB and /v1/grants/ID/revoke.
/// Answers with the documents of docs/json.md. Whoever has no role is told nothing, and leaves no trace in
/// the store, which she could fill. Thread-safe.
class EnrollmentPages {
 public:
  static constexpr std::string_view kRoot = "/v1/";
  static bool has(std::string_view path) { return path.starts_with(kRoot); }

  /// Application and progress must outlive it. `changed` is called when somebody has changed something.
  EnrollmentPages(Application& app, Progress& progress, std::function<void()> changed)
      : app_(app), progress_(progress), changed_(std::move(changed)) {}

  /// For the user whom the kernel names.
  void answer_peer(const httplib::Request& request, httplib::Response& response) const;
  /// For the owner of the token (Authorization: Bearer, RFC 6750).
  void answer_token(const httplib::Request& request, httplib::Response& response) const;
  /// Whether the body of this POST is to be read: HttpServer::TakesBody.
  bool takes_body_of_peer(const httplib::Request& request, httplib::Response& response) const;
  bool takes_body_with_token(const httplib::Request& request, httplib::Response& response) const;

 private:
  using By = Result<enrollment::Actor>;
  struct Page;
  static std::optional<Page> page_of(const std::string& path, bool posted);
  static std::optional<Page> admitted(const httplib::Request& request, httplib::Response& response,
                                      const By& by);
  [[nodiscard]] By peer(const httplib::Request& request) const;
  By owner(const httplib::Request& request, httplib::Response& response) const;
  void answer(const httplib::Request& request, httplib::Response& response, const By& by) const;
  [[nodiscard]] answers::Answer done(const Page& page, const httplib::Request& request,
                                     const enrollment::Actor& by) const;

  Application& app_;
  Progress& progress_;
  std::function<void()> changed_;
};

/// The type of the answer that the command line asks for: document and text together, which no browser and no
/// script needs.
inline constexpr const char* kSealedType = "application/vnd.certmgr.answer+json";

}  // namespace certmgr::web
