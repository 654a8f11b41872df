// SPDX-License-Identifier: MIT
#include "adapters/names/public_suffix.h"

#include <libpsl.h>

#include "certmgr/domain/rate_limit.h"

namespace certmgr::names {

void PublicSuffixDomains::Free::operator()(psl_ctx_st* list) const { psl_free(list); }

std::string PublicSuffixDomains::domain_of(const Identifier& identifier) const {
  if (identifier.type == IdentifierType::ip) return network_of(identifier);
  const std::string name = identifier.wildcard() ? identifier.value.substr(2) : identifier.value;
  std::call_once(read_, [this] { list_.reset(psl_latest(nullptr)); });
  const char* domain = list_ ? psl_registrable_domain(list_.get(), name.c_str()) : nullptr;
  return domain != nullptr ? domain : name;
}

}  // namespace certmgr::names
