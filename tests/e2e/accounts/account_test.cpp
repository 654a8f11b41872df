// SPDX-License-Identifier: MIT
// Accounts, from their registration to their end.
#include <gmock/gmock.h>

#include "e2e/world/world.h"
#include "lab/strict_ca/strict_ca.h"
#include "lab/terminal.h"

namespace certmgr::e2e {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace resources = lab::strict::resources;

/// The strict CA, and certmgr.
class Accounts : public ::testing::Test {
 protected:
  explicit Accounts(const lab::strict::StrictCaOptions& options = {}) : ca_(options) {
    ca_.change([](auto& behaviour) { behaviour.always_valid = true; });
  }
  void configure(const std::string& extra) const {
    auto config = lab::config_for(ca_);
    config.extra = extra;
    certmgr_.write_config(config);
  }
  /// The configuration does not agree to the terms of service.
  void leave_terms_open() const {
    auto text = lab::read_file(certmgr_.config_file());
    text.replace(text.find("agree_tos = true"), 16, "agree_tos = false");
    lab::write_file(certmgr_.config_file(), text);
  }
  /// As a person runs it.
  [[nodiscard]] std::unique_ptr<lab::Terminal> on_terminal(Arguments arguments) const {
    arguments.insert(arguments.begin(), CERTMGR_TEST_PROGRAM);
    auto environment = lab::own_environment();
    environment["CERTMGR_CONFIG"] = certmgr_.config_file().string();
    return std::make_unique<lab::Terminal>(arguments, environment);
  }
  /// A second CA of the configuration at the same directory.
  [[nodiscard]] std::string table(const std::string& name, const std::string& more) const {
    return "[ca." + name + "]\ndirectory = \"" + ca_.directory_url() + "\"\nca_bundle = \"" +
           ca_.ca_file().string() + "\"\n" + more;
  }
  [[nodiscard]] lab::Outcome run(const Arguments& arguments, int code = 0) const {
    auto outcome = certmgr_.run(arguments);
    EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors;
    return outcome;
  }
  [[nodiscard]] json run_json(Arguments arguments, int code = 0) const {
    arguments.emplace_back("--json");
    return run(arguments, code).json();
  }
  [[nodiscard]] json health() const { return run_json({"db", "check"}); }
  ~Accounts() override { EXPECT_THAT(ca_.violations(), IsEmpty()); }

  lab::StrictCa ca_;
  lab::Certmgr certmgr_{CERTMGR_TEST_PROGRAM, lab::config_for(ca_)};
};

TEST_F(Accounts, AreRegisteredOnceWithContactsAndTerms) {
  const auto account =
      run_json({"account", "register", "--email", "a@example.com", "--email", "b@example.com"})["account"];
  EXPECT_EQ(account["status"], "valid");
  EXPECT_THAT(account["contacts"], ElementsAre("mailto:a@example.com", "mailto:b@example.com"));
  EXPECT_THAT(account["terms_agreed"], HasSubstr("/terms"));
  EXPECT_EQ(run_json({"account", "register"})["account"]["url"], account["url"]) << "it is there already";
  EXPECT_EQ(ca_.count(resources::kNewAccount), 1);
  EXPECT_EQ(health()["keys"], 1);
  const auto text = certmgr_.run({"account", "show"}).output;
  EXPECT_THAT(text, HasSubstr("name             -\n"));
  EXPECT_THAT(text, HasSubstr("contacts         mailto:a@example.com, mailto:b@example.com\n"));
  EXPECT_THAT(text, HasSubstr("key_change_open  no\n"));
}

TEST_F(Accounts, NeedTheTermsToBeAgreedTo) {
  leave_terms_open();
  const auto error = run_json({"account", "register"}, 2)["error"];
  EXPECT_EQ(error["code"], "terms_not_agreed");
  EXPECT_THAT(error["message"], HasSubstr("/terms"));
  EXPECT_EQ(run_json({"account", "register", "--agree-tos"})["account"]["status"], "valid");
}

TEST_F(Accounts, AskForTheTermsOnATerminal) {
  leave_terms_open();
  const auto terminal = on_terminal({"account", "register"});
  ASSERT_TRUE(terminal->wait_for("Do you agree to these terms? [y/N]")) << terminal->screen();
  EXPECT_THAT(terminal->screen(), HasSubstr("/terms")) << "a person must see what is agreed to";
  terminal->type("y");
  EXPECT_EQ(terminal->wait(), 0) << terminal->screen();
  EXPECT_EQ(run_json({"account", "show"})["account"]["status"], "valid");
}

TEST_F(Accounts, AreNotMadeByWhoDoesNotAgreeOnATerminal) {
  leave_terms_open();
  for (const char* answer : {"n", "", "Yes, but"}) {
    const auto terminal = on_terminal({"account", "register"});
    ASSERT_TRUE(terminal->wait_for("[y/N]")) << terminal->screen();
    terminal->type(answer);
    EXPECT_EQ(terminal->wait(), 2) << terminal->screen();
    EXPECT_THAT(terminal->screen(), HasSubstr("--agree-tos"));
  }
  EXPECT_EQ(ca_.count(resources::kNewAccount), 0);
}

TEST_F(Accounts, OfAFirstOrderAreAskedForOnATerminalToo) {
  leave_terms_open();
  const auto terminal = on_terminal({"issue", "a.example.com"});
  ASSERT_TRUE(terminal->wait_for("[y/N]")) << terminal->screen();
  terminal->type("yes");
  EXPECT_EQ(terminal->wait(), 0) << terminal->screen();
  EXPECT_EQ(run_json({"show", "a.example.com"})["certificate"]["state"], "issued");
}

TEST_F(Accounts, WithJsonNothingIsAskedOnATerminal) {
  leave_terms_open();
  const auto terminal = on_terminal({"account", "register", "--json"});
  EXPECT_EQ(terminal->wait(), 2) << terminal->screen();
  EXPECT_THAT(terminal->screen(), ::testing::Not(HasSubstr("[y/N]")));
}

TEST_F(Accounts, ChangeTheirContacts) {
  static_cast<void>(run({"account", "register"}));
  EXPECT_THAT(run_json({"account", "update", "--email", "new@example.com"})["account"]["contacts"],
              ElementsAre("mailto:new@example.com"));
  EXPECT_THAT(run_json({"account", "update", "--no-contact"})["account"]["contacts"], IsEmpty());
  EXPECT_EQ(run_json({"account", "update"}, 2)["error"]["code"], "usage");
  EXPECT_EQ(run_json({"account", "update", "--email", "no address"}, 2)["error"]["code"], "bad_email");
  const auto before = run_json({"account", "list"});
  ca_.refuse(resources::kAccount, {.type = "unsupportedContact", .status = 400, .detail = "not there"});
  EXPECT_EQ(run_json({"account", "update", "--email", "a@example.org"}, 2)["error"]["code"],
            "acme_unsupportedContact");
  EXPECT_EQ(run_json({"account", "list"}), before) << "what the CA refuses is not stored";
}

TEST_F(Accounts, OfOneDirectoryAreToldApartByName) {
  configure(table("again", "") + table("second", "account = \"second\"\n"));
  static_cast<void>(run({"issue", "a.example.com"}));
  static_cast<void>(run({"issue", "b.example.com", "--ca", "again"}));
  EXPECT_EQ(ca_.count(resources::kNewAccount), 1) << "the same account under two names";
  static_cast<void>(run({"issue", "c.example.com", "--ca", "second"}));
  EXPECT_EQ(ca_.count(resources::kNewAccount), 2);
  const auto accounts = run_json({"account", "list"})["accounts"];
  ASSERT_THAT(accounts, SizeIs(2));
  EXPECT_EQ(accounts[0]["name"], nullptr);
  EXPECT_EQ(accounts[1]["name"], "second");
  EXPECT_NE(accounts[0]["url"], accounts[1]["url"]);
  EXPECT_EQ(run_json({"account", "show", "second"})["account"]["url"], accounts[1]["url"]);
  static_cast<void>(run({"renew", "--force", "c.example.com"}));
  EXPECT_EQ(ca_.count(resources::kNewAccount), 2);
  EXPECT_EQ(run_json({"account", "deactivate", "second", "--yes"})["certificates"],
            json::array({"c.example.com"}));
  static_cast<void>(run({"renew", "--force", "a.example.com"}));
  EXPECT_EQ(health()["ok"], true);
}

TEST_F(Accounts, EndForGoodAndMakeRoomForNewOnes) {
  static_cast<void>(run({"issue", "a.example.com"}));
  const auto first = run_json({"account", "show"})["account"]["url"];
  const auto refused = run({"account", "deactivate"}, 2);
  EXPECT_THAT(refused.output, HasSubstr("a.example.com")) << "what would no longer be renewed";
  EXPECT_THAT(refused.errors, HasSubstr("--yes"));
  EXPECT_EQ(run_json({"account", "show"})["account"]["status"], "valid");

  const auto ended = run_json({"account", "deactivate", "--yes"});
  EXPECT_EQ(ended["account"]["status"], "deactivated");
  EXPECT_EQ(ended["certificates"], json::array({"a.example.com"}));
  EXPECT_EQ(run_json({"account", "deactivate", "--yes"}, 2)["error"]["code"], "account_deactivated");
  const auto stuck = run({"renew", "--force", "a.example.com", "--json"}, 1);
  EXPECT_THAT(stuck.output, HasSubstr("account_deactivated"));
  EXPECT_EQ(ca_.count(resources::kNewAccount), 1) << "none is made behind anybody's back";

  EXPECT_NE(run_json({"account", "register"})["account"]["url"], first);
  static_cast<void>(run({"renew", "a.example.com"}));
  EXPECT_THAT(run_json({"account", "list"})["accounts"], SizeIs(2));
  EXPECT_EQ(health()["ok"], true);
}

TEST_F(Accounts, ThatEndedUnnoticedAreFoundOut) {
  static_cast<void>(run({"account", "register"}));
  ca_.lose_answer(resources::kAccount);
  static_cast<void>(run({"account", "deactivate", "--yes"}, 1));
  EXPECT_EQ(run_json({"account", "list"})["accounts"][0]["status"], "valid");
  EXPECT_EQ(run_json({"account", "deactivate", "--yes"})["account"]["status"], "deactivated");
}

TEST_F(Accounts, ListTheirOrdersInPages) {
  static_cast<void>(run({"issue", "first.example.com"}));
  for (const char* name : {"a.example.com", "b.example.com", "c.example.com", "d.example.com"})
    static_cast<void>(run({"issue", name}));
  ca_.change([](auto& behaviour) { behaviour.orders_per_page = 2; });
  ca_.forget_requests();
  const auto all = run_json({"account", "orders"});
  EXPECT_EQ(all["total"], 5);
  ASSERT_THAT(all["orders"], SizeIs(5));
  EXPECT_EQ(all["orders"][0]["identifiers"], json::array({"d.example.com"}));
  EXPECT_EQ(all["orders"][0]["status"], "valid");
  EXPECT_EQ(all["orders"][0]["ours"], true);
  EXPECT_EQ(ca_.count(resources::kOrders), 3);
  ca_.forget_requests();
  EXPECT_THAT(run_json({"account", "orders", "--limit", "2"})["orders"], SizeIs(2));
  EXPECT_EQ(ca_.count(resources::kOrder), 2) << "no more than wanted is asked about";
}

TEST_F(Accounts, BoundToAnExternalOneNeedItsKeyFromAFile) {
  ca_.change([](auto& behaviour) { behaviour.external_account_required = true; });
  const auto error = run_json({"account", "register"}, 2)["error"];
  EXPECT_EQ(error["code"], "acme_externalAccountRequired");
  EXPECT_THAT(error["hint"], HasSubstr("eab_hmac_file"));
}

TEST(ExternalAccounts, AreBoundWithAKeyFromAFile) {
  const std::string key = "Zm9yIHRoZSB0ZXN0cyBhbG9uZSwgbm90IGEgc2VjcmV0";
  lab::strict::StrictCaOptions options;
  options.external_accounts["customer-7"] = {.mac_key = key};
  lab::StrictCa ca(options);
  ca.change([](auto& behaviour) { behaviour.external_account_required = true; });
  const lab::TempDir secrets;
  lab::write_file(secrets / "hmac", key + "\n");
  auto config = lab::config_for(ca);
  config.extra = "[ca.bound]\ndirectory = \"" + ca.directory_url() + "\"\nca_bundle = \"" +
                 ca.ca_file().string() + "\"\neab_kid = \"customer-7\"\neab_hmac_file = \"" +
                 (secrets / "hmac").string() + "\"\n";
  const lab::Certmgr certmgr(CERTMGR_TEST_PROGRAM, config);
  const auto outcome = certmgr.run({"account", "register", "bound", "--json", "-v"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_EQ(outcome.json()["account"]["status"], "valid");
  EXPECT_EQ((outcome.output + outcome.errors).find(key), std::string::npos) << "the key is no one's to see";
  EXPECT_THAT(ca.violations(), IsEmpty());
}

TEST(ExternalAccounts, ThatTheCaDoesNotTakeAreAMatterOfTheConfiguration) {
  lab::strict::StrictCaOptions options;
  options.external_accounts["customer-7"] = {.mac_key = "Zm9yIHRoZSB0ZXN0cyBhbG9uZSwgbm90IGEgc2VjcmV0"};
  lab::StrictCa ca(options);
  const lab::TempDir secrets;
  lab::write_file(secrets / "hmac", "c29tZWJvZHkgZWxzZSdzIGtleQ\n");
  auto config = lab::config_for(ca);
  config.extra = "[ca.bound]\ndirectory = \"" + ca.directory_url() + "\"\nca_bundle = \"" +
                 ca.ca_file().string() + "\"\neab_kid = \"customer-7\"\neab_hmac_file = \"" +
                 (secrets / "hmac").string() + "\"\n";
  const lab::Certmgr certmgr(CERTMGR_TEST_PROGRAM, config);
  const auto refused = certmgr.run({"account", "register", "bound", "--json"});
  EXPECT_EQ(refused.exit_code, 2) << refused.output << refused.errors;
  const auto error = refused.json()["error"];
  EXPECT_EQ(error["code"], "eab_unusable");
  EXPECT_THAT(error["hint"], HasSubstr("eab_kid (customer-7)"));
  EXPECT_THAT(error["hint"], HasSubstr((secrets / "hmac").string()));
}

TEST(PebbleAccounts, DoTheSameAtAnotherCa) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  EXPECT_THAT(world.run_json({"account", "update", "--email", "new@example.com"})["account"]["contacts"],
              ElementsAre("mailto:new@example.com"));
  const auto url = world.run_json({"account", "show"})["account"]["url"];
  EXPECT_EQ(world.run_json({"account", "rotate-key"})["account"]["url"], url);
  ASSERT_EQ(world.run({"renew", "--force", "a.example.com"}).exit_code, 0);
  const auto orders = world.run_json({"account", "orders"});
  EXPECT_THAT(orders["orders"], SizeIs(2));
  EXPECT_EQ(world.run_json({"db", "check"})["keys"], 3) << "two certificates', one account's";
  EXPECT_EQ(world.run_json({"account", "deactivate", "--yes"})["account"]["status"], "deactivated");
  EXPECT_EQ(world.run_json({"account", "show"}, 2)["error"]["code"], "account_deactivated");
}

}  // namespace
}  // namespace certmgr::e2e
