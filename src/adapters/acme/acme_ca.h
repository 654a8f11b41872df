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
  Result<CaReply<CaOrder>> new_order(const NewOrder& wanted) override;
  Result<std::vector<std::string>> order_urls() override;
  Result<CaReply<CaOrder>> order(const std::string& url) override;
  Result<CaAuthorization> authorization(const std::string& url) override;
  Result<void> answer(const std::string& challenge_url) override;
  Result<CaReply<CaOrder>> finalize(const std::string& order_url, const std::string& finalize_url,
                                    const std::vector<std::uint8_t>& csr_der) override;
  Result<IssuedChain> certificate(const std::string& url, const std::string& preferred_chain) override;
  AccountFacts account_facts() override;
  Result<CaAccount> find_account() override;
  Result<CaAccount> change_contacts(const std::vector<std::string>& contacts) override;
  Result<CaAccount> deactivate_account() override;
  Result<CaAuthorization> new_authorization(const Identifier& identifier, bool subdomains) override;
  Result<void> deactivate_authorization(const std::string& url) override;
  Result<void> revoke(const std::string& chain_pem, RevocationReason reason) override;

  /// `next` becomes the account's key (RFC 8555 section 7.3.5). This connection goes on with the old one.
  Result<void> change_key(const JwsKey& next);
  [[nodiscard]] const JwsKey& key() const { return session_.key(); }
  [[nodiscard]] std::optional<Duration> clock_ahead() const override { return session_.clock_ahead(); }

 private:
  Result<CaAccount> change_account(const std::string& payload, const std::string& what);
  [[nodiscard]] Trouble not_offered(const std::string& what, const std::string& resource) const;
  Result<CaAuthorization> authorization_in(const HttpResponse& response, const std::string& url);
  Result<CaReply<CaOrder>> order_in(const HttpResponse& response, const std::string& url);
  /// `first`, unless one of the alternates is the preferred one.
  Result<IssuedChain> alternate(const std::vector<std::string>& urls, const std::string& preferred_chain,
                                IssuedChain first);
  Result<std::string> binding(const std::string& new_account_url);

  AcmeSession session_;
};

}  // namespace certmgr::acme
