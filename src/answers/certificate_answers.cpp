// SPDX-License-Identifier: MIT
#include "answers/certificate_answers.h"

#include "answers/enrollment_views.h"

namespace certmgr::answers {
namespace {

/// Whoever asks here has no way to the store and to the configuration, so a command that needs them is no
/// help.
void say_what_can_be_done(Trouble& trouble) {
  const struct {
    std::string_view code;
    const char* hint;
  } table[] = {
      {"unknown_organization", "ask who administers certmgr which organizations it knows"},
      {"organization_missing", "name it with --organization; who administers certmgr knows them"},
      {"level_not_offered", "ask who administers certmgr which CA gives it, and name that one with --ca"},
      {"unknown_ca", "ask who administers certmgr which CAs are configured, or name none"},
      {"wildcard_needs_dns",
       "name the hosts one by one: SIP clients do not accept wildcards (RFC 5922); or ask who "
       "administers certmgr for dns-01"},
  };
  if (trouble.hint.starts_with("did you mean")) return;
  for (const auto& row : table)
    if (trouble.code == row.code) trouble.hint = row.hint;
}

Answer requested(Application& app, const enrollment::Actor& by, const CertificateAsk& ask) {
  if (key_types_of(ask.key_type).size() == 2)
    throw Failure({.kind = TroubleKind::usage,
                   .code = "unknown_key_type",
                   .what = "cannot request two certificates at once",
                   .why = "each of them is decided about",
                   .hint = "request them one after the other, each with a --label and a --key-type"});
  auto request = request_of(ask);
  request.by = [&by] { return by; };
  const auto report = app.certificates().request(request);
  const auto& label = report.certificate->spec.label;
  if (report.enrollment) {
    Answer answer = told(app.enrollments(), *report.enrollment);
    answer.waiting = true;
    return answer;
  }
  return {{{"enrollment", nullptr}, {"label", label}},
          label + ": nothing to do; it is valid until " + to_rfc3339(report.version->not_after) + "\n"};
}

}  // namespace

Answer request_certificate(Application& app, const enrollment::Actor& by, const CertificateAsk& ask) {
  Answer answer = answered([&] { return requested(app, by, ask); });
  if (answer.trouble) say_what_can_be_done(*answer.trouble);
  return answer;
}

}  // namespace certmgr::answers
