// SPDX-License-Identifier: MIT
// What `issue` looks at before it orders.
#include <algorithm>

#include "certmgr/domain/renewal.h"
#include "certmgr/services/certificate_desk.h"

namespace certmgr {

bool CertificateDesk::will_order(const CertificateSpec& spec) {
  const auto certificate = parts_.certificates.find(spec.label);
  if (!certificate) return true;
  // One that is open was looked at when it was opened, and may be waiting for a time that the CA named.
  if (const auto open = parts_.orders.open_order(certificate->id); open && !needs_new_order(*open, spec))
    return false;
  const auto current = parts_.certificates.current(certificate->id);
  const auto made_for = parts_.orders.last_issued(certificate->id);
  return !current || !made_for || needs_new_order(*made_for, spec) || is_due(*certificate, *current);
}

/// Whether the clock is still to be looked at: the CA's directory was remembered, so it has told no time yet.
bool CertificateDesk::look_ahead(const CertificateSpec& spec, Progress& progress) {
  progress.step(spec.label, "looking at CAA records, addresses and the way of proof");
  const auto findings = parts_.preflight->before_order(spec);
  for (const auto& finding : findings)
    if (finding.severity == Severity::warning) progress.warn(spec.label, finding.message());
  const auto problem = std::find_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::problem;
  });
  if (problem == findings.end())
    return std::none_of(findings.begin(), findings.end(),
                        [](const Finding& finding) { return finding.check == "clock"; });
  // Another CA may: the order goes there once this one has refused.
  if (problem->check == "caa" && !spec.fallback_cas.value_or(defaults_.fallback_cas).empty()) {
    progress.warn(spec.label, problem->message());
    return false;
  }
  Trouble trouble = trouble_of(*problem);
  trouble.hint += "; nothing was ordered, and --no-preflight orders all the same";
  throw Failure(std::move(trouble));
}

void CertificateDesk::look_at_clock(const CertificateSpec& spec, Progress& progress) {
  const auto finding = parts_.preflight->clock(spec.ca);
  if (finding && finding->severity != Severity::ok) progress.warn(spec.label, finding->message());
}

}  // namespace certmgr
