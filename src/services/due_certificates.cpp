// SPDX-License-Identifier: MIT
// Which certificates have something to be done about them, and when.
#include <algorithm>

#include "certmgr/domain/renewal.h"
#include "certmgr/services/certificate_desk.h"

namespace certmgr {

bool CertificateDesk::is_revoked(const Version& version) const {
  return parts_.revocations.revocation(version.id).has_value();
}

/// Its owner had it revoked and does not want another.
bool CertificateDesk::is_retired(const Version& version) const {
  const auto request = parts_.revocations.requested(version.id);
  return request && !request->renew && is_revoked(version);
}

bool CertificateDesk::is_due(const Certificate& certificate, const Version& version) const {
  return is_revoked(version) ||
         parts_.clock.now() >= renewal_time(version, parts_.renewal_infos.suggested(version.id),
                                            renewal_terms(certificate.spec));
}

void CertificateDesk::ask_when_to_renew(const Certificate& certificate, bool named, Progress& progress) {
  if (parts_.daemons.serving(TaskKind::renewal_info)) return;  // it is the daemon's to ask
  const auto version = parts_.certificates.current(certificate.id);
  const auto due = parts_.renewal_infos.ask_at(certificate.id);
  if (!version || !due) return;
  const bool never_asked = named && !parts_.renewal_infos.suggested(version->id);
  if (*due > parts_.clock.now() && !never_asked) return;
  static_cast<void>(parts_.renewal_asker.step(certificate.id, progress));
}

bool CertificateDesk::deployments_succeeded(const Certificate& certificate, const Version& version) {
  const auto servers = parts_.certificates.servers_of(certificate.id);
  const auto made_for = parts_.orders.last_issued(certificate.id);
  const bool wanted = !made_for || made_for->deploy;  // not held back by --no-deploy
  return std::all_of(servers.begin(), servers.end(), [&](const Server& server) {
    const auto last = parts_.deployments.last_deployment(certificate.id, server.id);
    if (!last || last->version_id != version.id) return !wanted;
    return std::holds_alternative<Verified>(last->state);
  });
}

std::vector<std::string> CertificateDesk::due(Progress& progress) {
  std::vector<std::string> labels;
  std::string after;
  while (true) {
    const auto page = parts_.certificates.list(after, 500);
    if (page.empty()) return labels;
    for (const auto& certificate : page) {
      ask_when_to_renew(certificate, false, progress);
      const auto version = parts_.certificates.current(certificate.id);
      if (version && is_retired(*version)) continue;
      if (!version || is_due(certificate, *version) || !deployments_succeeded(certificate, *version))
        labels.push_back(certificate.spec.label);
    }
    after = page.back().spec.label;
  }
}

}  // namespace certmgr
