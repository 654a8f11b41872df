// SPDX-License-Identifier: MIT
#include "services/listeners.h"

namespace certmgr {
namespace {

constexpr Duration kProbeLimit = std::chrono::seconds(3);

}  // namespace

std::vector<Served> look_at_listeners(const Server& server, const std::vector<Identifier>& identifiers,
                                      TlsProber& prober) {
  std::vector<Served> served;
  for (const auto& target : server.verify) {
    VerifyTarget asked = target;
    asked.sni = sni_for(target, identifiers);
    asked.only = server.only;
    served.push_back(prober.probe(asked, asked.sni, kProbeLimit));
    served.back().target = to_string(target);
  }
  return served;
}

}  // namespace certmgr
