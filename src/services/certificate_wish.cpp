// SPDX-License-Identifier: MIT
// What a certificate is to be from now on, with the enrollment that is to bring it.
#include "certmgr/services/certificate_desk.h"
#include "services/on_conflict.h"

namespace certmgr {
namespace {

/// While we looked ahead somebody else may have made something else of it, about which people decide.
void refuse_changed(const std::optional<Certificate>& seen, const std::optional<Certificate>& now,
                    const CertificateSpec& wanted) {
  const bool as_seen = now.has_value() == seen.has_value() && (!now || now->spec == seen->spec);
  if (as_seen || (now && now->spec == wanted)) return;
  throw Failure({.kind = TroubleKind::transient,
                 .code = "conflict",
                 .what = "cannot issue " + wanted.label,
                 .why = "somebody else has changed it meanwhile",
                 .hint = "see 'certmgr show " + wanted.label + "', then run the command again"});
}

EventDraft put_event(const CertificateSpec& spec, bool known) {
  return {known ? "certificate.changed" : "certificate.added",
          spec.label,
          {{"names", join(spec.identifiers, " ")}, {"ca", spec.ca}}};
}

}  // namespace

bool CertificateDesk::is_decided(const CertificateSpec& spec, const std::optional<Certificate>& known) const {
  return parts_.enrollments != nullptr && (is_enrolled(spec) || (known && is_enrolled(known->spec)));
}

Certificate CertificateDesk::put(const CertificateSpec& spec, const std::optional<Certificate>& known) {
  if (known && known->spec == spec) return *known;
  return parts_.certificates.put(spec, put_event(spec, known.has_value()));
}

EnrollmentStore::Wished CertificateDesk::wish(const CertificateSpec& spec,
                                              const std::optional<Certificate>& known, bool force,
                                              const enrollment::Actor& by) {
  EnrollmentDesk::Need need{.wanted = is_enrolled(spec)};
  const auto current = known ? parts_.certificates.current(known->id) : std::nullopt;
  const auto made_for = known ? parts_.orders.last_issued(known->id) : std::nullopt;
  if (need.wanted && current && made_for && !needs_new_order(*made_for, spec)) {
    need.renewal = true;
    need.wanted = force || is_due({known->id, spec, known->created_at}, *current);
  }
  EventDraft event = put_event(spec, known.has_value());
  event.data["by"] = by.person;
  return parts_.enrollments->wish(spec, known, event, need, by);
}

EnrollmentStore::Wished CertificateDesk::keep(const CertificateSpec& spec,
                                              const std::optional<Certificate>& seen,
                                              const std::function<enrollment::Actor()>& by) {
  return again_on_conflict([&]() -> EnrollmentStore::Wished {
    const auto known = parts_.certificates.find(spec.label);
    refuse_changed(seen, known, spec);
    if (!is_decided(spec, known)) return {put(spec, known), std::nullopt};
    parts_.enrollments->check(spec, known, by());
    return wish(spec, known, false, by());
  });
}

}  // namespace certmgr
