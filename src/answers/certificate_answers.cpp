// SPDX-License-Identifier: MIT
#include "answers/certificate_answers.h"

#include "answers/enrollment_views.h"

namespace certmgr::answers {
namespace {

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
  return answered([&] { return requested(app, by, ask); });
}

}  // namespace certmgr::answers
