// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>

#include "certmgr/ports/registered_domains.h"

struct psl_ctx_st;  // of libpsl

namespace certmgr::names {

/// RegisteredDomains through libpsl: by the newest public suffix list that the system has.
class PublicSuffixDomains final : public RegisteredDomains {
 public:
  [[nodiscard]] std::string domain_of(const Identifier& identifier) const override;

 private:
  struct Free {
    void operator()(psl_ctx_st* list) const;
  };

  // Read at the first question: most processes never ask.
  mutable std::once_flag read_;
  mutable std::unique_ptr<psl_ctx_st, Free> list_;
};

}  // namespace certmgr::names
