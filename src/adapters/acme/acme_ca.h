// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/acme/acme_session.h"
#include "certmgr/ports/ca.h"

namespace certmgr::acme {

/// The Ca port over RFC 8555.
class AcmeCa final : public Ca {
 public:
  AcmeCa(CaSettings settings, JwsKey key, const std::string& account_url, CaMemory& memory, Clock& clock)
      : session_(std::move(settings), std::move(key), account_url, memory, clock) {}

  Result<CaMeta> meta() override;
  Result<CaAccount> register_account(const AccountRequest& request) override;
  Result<CaAccount> account() override;
  Result<CaReply<CaOrder>> new_order(const std::vector<Identifier>& identifiers) override;
  Result<std::vector<std::string>> order_urls() override;
  Result<CaReply<CaOrder>> order(const std::string& url) override;
  Result<CaAuthorization> authorization(const std::string& url) override;
  Result<void> answer(const std::string& challenge_url) override;
  Result<CaReply<CaOrder>> finalize(const std::string& order_url, const std::string& finalize_url,
                                    const std::vector<std::uint8_t>& csr_der) override;
  Result<ChainFacts> certificate(const std::string& url) override;
  AccountFacts account_facts() override;
  [[nodiscard]] std::optional<Duration> clock_ahead() const override { return session_.clock_ahead(); }

 private:
  Result<CaReply<CaOrder>> order_in(const HttpResponse& response, const std::string& url);
  Result<std::string> binding(const std::string& new_account_url);

  AcmeSession session_;
};

}  // namespace certmgr::acme
