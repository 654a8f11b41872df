// SPDX-License-Identifier: MIT
// External accounts, at a CA that checks them, and what its user is told where they do not fit.
#include "requests.h"
#include "step_ca_world.h"

namespace certmgr::e2e {
namespace {

using lab::StepCa;
using ::testing::HasSubstr;

class StepCaAccount : public WithStepCa {
 protected:
  /// The one CA of these tests, with an account of this name there.
  void external(const std::string& kid, const std::filesystem::path& hmac_file,
                const std::string& account = "first") {
    configure("[ca.dv]\ndirectory = \"" + ca().directory_url(StepCa::kDv) + "\"\nca_bundle = \"" +
              ca().ca_file().string() + "\"\naccount = \"" + account + "\"\neab_kid = \"" + kid +
              "\"\neab_hmac_file = \"" + hmac_file.string() + "\"\n");
  }
  void external(int number, const std::string& account = "first") {
    external(ca().kid(StepCa::kDv, number), ca().hmac_file(StepCa::kDv, number), account);
  }
  [[nodiscard]] json refusal(int code) const {
    return run_json({"account", "register", "dv"}, code)["error"];
  }
};

TEST_F(StepCaAccount, IsBoundToAnExternalOneOnceAndOrders) {
  external(1);
  const auto url = run_json({"account", "register", "dv"})["account"]["url"];
  EXPECT_EQ(run_json({"account", "register", "dv"})["account"]["url"], url);
  EXPECT_EQ(run_json({"issue", "pbx.test", "--ca", "dv"})["certificate"]["issued_by_ca"], "dv");
}

TEST_F(StepCaAccount, IsNotHadWithoutAnExternalOne) {
  configure("[ca.dv]\ndirectory = \"" + ca().directory_url(StepCa::kDv) + "\"\nca_bundle = \"" +
            ca().ca_file().string() + "\"\n");
  const auto error = refusal(2);
  EXPECT_EQ(error["code"], "acme_externalAccountRequired");
  EXPECT_THAT(error["hint"], HasSubstr("set eab_kid and eab_hmac_file"));
  EXPECT_THAT(run({"ca", "show", "dv"}, 0).output, HasSubstr("external account  required"));
  EXPECT_THAT(run({"doctor"}, 0).output, HasSubstr("the CA dv makes accounts for its customers only"));
}

TEST_F(StepCaAccount, IsNotHadWithWhatDoesNotFitAndItsUserIsToldWhereToLook) {
  const auto told = [&](const std::string& kid, int number) {
    external(kid, ca().hmac_file(StepCa::kDv, number));
    const auto error = refusal(1);
    // All that the CA says is that something went wrong inside of it.
    EXPECT_EQ(error["code"], "acme_serverInternal");
    EXPECT_THAT(error["hint"], HasSubstr("see that eab_kid (" + kid + ")"));
    EXPECT_THAT(error["hint"], HasSubstr(ca().hmac_file(StepCa::kDv, number).string()));
    EXPECT_THAT(error["hint"], HasSubstr("try again later"));
  };
  told(ca().kid(StepCa::kDv, 1), 2);
  told("nobody", 1);
  external(ca().kid(StepCa::kOv), ca().hmac_file(StepCa::kOv));
  EXPECT_THAT(refusal(2)["hint"], HasSubstr("are a pair, from this CA and for this directory"));
  external(1);
  run({"account", "register", "dv"}, 0);
}

TEST_F(StepCaAccount, IsNotHadASecondTimeWithTheSameExternalOne) {
  external(1);
  run({"account", "register", "dv"}, 0);
  external(1, "second");
  const auto error = refusal(2);
  EXPECT_EQ(error["code"], "eab_unusable");
  EXPECT_THAT(error["hint"], HasSubstr("have bound no account before; else get new ones from the CA"));
  auto text = lab::read_file(certmgr().config_file());
  const std::string account = "account = \"second\"\n";
  text.replace(text.find(account), account.size(), account + "eab_once = true\n");
  lab::write_file(certmgr().config_file(), text);
  const auto known = run({"-v", "account", "register", "dv"}, 2);
  EXPECT_THAT(known.errors, HasSubstr("has registered an account, and does so once"));
  EXPECT_EQ(requests(known, "POST "), 0) << "the CA need not be asked";
}

TEST_F(StepCaAccount, ThatWasEndedNeedsANewExternalOne) {
  external(1);
  run({"account", "register", "dv"}, 0);
  run({"account", "deactivate", "dv", "--yes"}, 0);
  EXPECT_EQ(refusal(2)["code"], "eab_unusable");
  external(2);
  run({"account", "register", "dv"}, 0);
  run({"issue", "pbx.test", "--ca", "dv"}, 0);
}

}  // namespace
}  // namespace certmgr::e2e
