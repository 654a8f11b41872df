// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "certmgr/ports/ca.h"
#include "certmgr/ports/renewal_info.h"

namespace certmgr::test {

/// A CA in memory that keeps to the states of RFC 8555 section 7.1.6 and counts what it is asked. It
/// signs nothing: the chain it gives names the key of the request.
class FakeCa final : public Ca {
 public:
  bool lists_orders = true;
  int accounts_made = 0;
  int orders_made = 0;
  int finalized = 0;
  std::string account_key;  // the key the first registration came with
  std::map<std::string, CaOrder> orders;
  std::function<void()> answered = [] {};  // called when the CA has done what it was asked

  CaMeta offers;                 // its directory
  std::vector<NewOrder> wishes;  // of all orders it was asked for
  std::function<std::optional<Trouble>(const NewOrder&)> refuse_order;

  Result<CaMeta> meta() override { return offers; }
  Result<CaAccount> register_account(const AccountRequest&) override;
  Result<CaAccount> account() override { return CaAccount{"https://ca/acct/1", "", "valid", true}; }
  Result<CaReply<CaOrder>> new_order(const NewOrder& wanted) override;
  Result<std::vector<std::string>> order_urls() override;
  Result<CaReply<CaOrder>> order(const std::string& url) override;
  Result<CaAuthorization> authorization(const std::string& url) override;
  Result<void> answer(const std::string& challenge_url) override;
  Result<CaReply<CaOrder>> finalize(const std::string& order_url, const std::string& finalize_url,
                                    const std::vector<std::uint8_t>& csr_der) override;
  Result<IssuedChain> certificate(const std::string& url, const std::string& preferred_chain) override;
  AccountFacts account_facts() override { return {"https://ca/acct/1", "thumbprint"}; }
  Result<CaAccount> find_account() override { return account(); }
  Result<CaAccount> change_contacts(const std::vector<std::string>&) override { return account(); }
  Result<CaAccount> deactivate_account() override { return account(); }
  Result<CaAuthorization> new_authorization(const Identifier&, bool) override { return unasked(); }
  Result<void> deactivate_authorization(const std::string&) override { return unasked(); }
  Result<void> revoke(const std::string&, RevocationReason) override { return {}; }

 private:
  static tl::unexpected<Trouble> unasked() {
    return fail({.code = "unasked", .what = "nobody asks for this"});
  }
  std::map<std::string, std::string> spki_;  // by order URL, of the request that was finalized
};

/// Says what the test wants.
class FakePublicCa final : public PublicCa {
 public:
  using Answer = Result<std::optional<CaReply<RenewalInfo>>>;
  std::function<Answer()> answer = [] { return std::optional<CaReply<RenewalInfo>>(); };
  int asked = 0;
  Result<CaMeta> meta(const std::string&) override { return CaMeta{}; }
  Result<std::optional<CaReply<RenewalInfo>>> renewal_info(const std::string&, const std::string&) override {
    ++asked;
    return answer();
  }
};

/// Hands out one FakeCa; remembers with which keys it was asked.
class FakeConnector final : public CaConnector {
 public:
  std::shared_ptr<FakeCa> ca = std::make_shared<FakeCa>();
  FakePublicCa public_ca;
  [[nodiscard]] Result<std::string> directory_url(const std::string&) const override {
    return "https://ca/dir";
  }
  [[nodiscard]] Result<AccountPlace> account_place(const std::string&) const override {
    return AccountPlace{"https://ca/dir", ""};
  }
  std::optional<CaConnector::ExternalAccount> external;
  [[nodiscard]] std::optional<CaConnector::ExternalAccount> external_account(
      const std::string&) const override {
    return external;
  }
  [[nodiscard]] std::vector<std::string> cas_at(const AccountPlace&) const override { return {"fake"}; }
  Result<void> change_key(const std::string&, const SealedKey&, const SealedKey&,
                          const std::string&) override {
    return fail({.code = "unasked", .what = "nobody asks for this"});
  }
  Result<std::shared_ptr<Ca>> connect(const std::string&, const SealedKey& account_key,
                                      const std::string&) override {
    if (ca->account_key.empty()) ca->account_key = account_key.id;
    EXPECT_EQ(ca->account_key, account_key.id) << "a second account key";
    return std::shared_ptr<Ca>(ca);
  }
};

}  // namespace certmgr::test
