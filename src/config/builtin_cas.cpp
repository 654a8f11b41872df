// SPDX-License-Identifier: MIT
#include "config/config.h"
#include "config/rate_limit_config.h"

namespace certmgr::config {
namespace {

CaEntry entry(std::string name, std::string directory, std::string staging = {}) {
  CaEntry ca;
  ca.name = std::move(name);
  ca.directory = std::move(directory);
  ca.limits = known_rate_limits(ca.directory);
  ca.staging = std::move(staging);
  ca.built_in = true;
  return ca;
}

}  // namespace

std::vector<CaEntry> builtin_cas() {
  return {entry("letsencrypt", "https://acme-v02.api.letsencrypt.org/directory", "letsencrypt-staging"),
          entry("letsencrypt-staging", "https://acme-staging-v02.api.letsencrypt.org/directory"),
          entry("zerossl", "https://acme.zerossl.com/v2/DV90"),
          entry("google", "https://dv.acme-v02.api.pki.goog/directory"),
          entry("sslcom", "https://acme.ssl.com/sslcom-dv-ecc"),
          entry("actalis", "https://acme-api.actalis.com/acme/directory")};
}

}  // namespace certmgr::config
