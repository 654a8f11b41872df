// SPDX-License-Identifier: MIT
// Deciding without being root: at the daemon's socket, and with a token.
#include <httplib.h>
#include <sys/stat.h>

#include "e2e/enrollment/vetted_world.h"
#include "lab/ports.h"

namespace certmgr::e2e {
namespace {

using testing::HasSubstr;

constexpr const char* kStranger = "daemon";  // a user without a role
constexpr const char* kCarol = "carol";      // has a role and no account on this machine

class Door : public Vetted {
 protected:
  void SetUp() override {
    Vetted::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    ::chmod(public_.path().c_str(), 0755);
    write_config("[web]\nsocket = \"" + socket_ + "\"\n");
    open();
  }
  void open() {
    daemon_.emplace(certmgr_.start({"daemon"}));
    ASSERT_TRUE(lab::wait_until([&] { return daemon_->errors().find("at work") != std::string::npos; }))
        << daemon_->errors();
  }
  /// `person` herself asks at the door.
  lab::Outcome asks(const std::string& person, Arguments arguments) const {
    arguments.insert(arguments.begin(), "enrollment");
    arguments.insert(arguments.end(), {"--socket", socket_});
    return certmgr_.run_as_user(person, arguments);
  }
  json answer(const std::string& person, Arguments arguments, int code = 0) const {
    arguments.emplace_back("--json");
    const auto outcome = asks(person, arguments);
    EXPECT_EQ(outcome.exit_code, code) << person << " " << arguments[0] << outcome.output << outcome.errors;
    return json::parse(outcome.output, nullptr, false);
  }
  std::string refused(const std::string& person, const Arguments& arguments) const {
    return answer(person, arguments, 2)["error"].value("code", "none");
  }

  lab::TempDir public_;
  const std::string socket_ = (public_ / "desk.sock").string();
  std::optional<lab::Process> daemon_;
};

TEST_F(Door, AnApproverNeedsNoWayToTheStore) {
  request(4, {"--no-wait"});
  EXPECT_EQ(answer(kAuditor, {"show", "1"}, 4)["enrollment"]["state"], "pending_approval");
  EXPECT_EQ(answer(kAuditor, {"list"})["enrollments"].size(), 1U);
  const auto said = answer(kApprover, {"approve", "1", "--comment", "as agreed"});
  EXPECT_EQ(said["enrollment"]["approvals_given"][0]["person"], kApprover);
  EXPECT_EQ(said["enrollment"]["approvals_given"][0]["comment"], "as agreed");
  EXPECT_TRUE(lab::wait_until([&] { return state() == "issued"; })) << "the daemon was told at once";
  EXPECT_TRUE(lab::wait_until([&] { return deployed().find("BEGIN CERTIFICATE") != std::string::npos; }));
  EXPECT_THAT(answer(kAuditor, {"history", "1"})["events"].dump(), HasSubstr("\"by\":\"games\""));
  expect_honest_client();
}

TEST_F(Door, EachVerbGoesThroughIt) {
  request(4, {"--no-wait"});
  EXPECT_EQ(refused(kApprover, {"deny", "1", "--reason", " "}), "reason_missing");
  EXPECT_EQ(refused(kApprover, {"grant", "1", "--until", "30d"}), "approval_required");
  EXPECT_EQ(refused(kRequester, {"resume", "1"}), "wrong_state");
  EXPECT_EQ(answer(kApprover, {"deny", "1", "--reason", "not now"})["enrollment"]["state"], "denied");
  EXPECT_EQ(answer(kAuditor, {"list"})["enrollments"].size(), 0U);
  EXPECT_EQ(answer(kAuditor, {"list", "--all"})["enrollments"].size(), 1U);
  request(4, {"--no-wait"});
  answer(kApprover, {"approve", "2", "--not-before", "2h"});
  EXPECT_EQ(answer(kApprover, {"grant", "2", "--until", "30d"})["grant"]["persons"], 1);
  EXPECT_EQ(answer(kApprover, {"revoke-grant", "1"})["grant"]["revoked_by"], kApprover);
  EXPECT_EQ(answer(kSecondApprover, {"revoke-grant", "1"})["grant"]["revoked_by"], kApprover) << "it is";
  EXPECT_EQ(answer(kRequester, {"withdraw", "2", "--reason", "a mistake"})["enrollment"]["state"],
            "withdrawn");
}

TEST_F(Door, RolesDecideThereToo) {
  request(4, {"--no-wait"});
  EXPECT_EQ(refused(kRequester, {"approve", "1"}), "not_permitted");
  EXPECT_EQ(refused(kAuditor, {"deny", "1", "--reason", "no"}), "not_permitted");
  EXPECT_EQ(refused(kStranger, {"list"}), "not_permitted");
  EXPECT_EQ(refused(kStranger, {"show", "1"}), "not_permitted");
  EXPECT_EQ(refused(kStranger, {"history", "1"}), "not_permitted");
  EXPECT_EQ(refused(kApprover, {"show", "9"}), "unknown_enrollment");
  EXPECT_EQ(refused(kApprover, {"approve", "1", "--request", "0123"}), "scope_changed");
  EXPECT_EQ(state(), "pending_approval");
}

TEST_F(Door, RootHasNoNameThere) {
  request(4, {"--no-wait"});
  const auto outcome = certmgr_.run_as(kApprover, {"enrollment", "approve", "1", "--socket", socket_});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("a socket does not tell who became root"));
  EXPECT_EQ(state(), "pending_approval");
}

TEST_F(Door, IsFoundByWhomTheStoreIsClosedTo) {
  request(4, {"--no-wait"});
  const auto config = public_ / "certmgr.toml";
  lab::write_file(config, lab::read_file(certmgr_.config_file()));
  ::chmod(config.c_str(), 0644);
  const Arguments show{"enrollment", "show", "1", "--config", config.string()};
  const auto there = certmgr_.run_as_user(kApprover, show);
  EXPECT_EQ(there.exit_code, 4) << there.errors;
  EXPECT_EQ(there.output, certmgr_.run_as(kApprover, show).output) << "the same words as at the store";
}

TEST_F(Door, ThatIsShutIsSaidSo) {
  daemon_->end();
  EXPECT_FALSE(std::filesystem::exists(socket_));
  const auto outcome = asks(kApprover, {"approve", "1"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("cannot ask the daemon at " + socket_));
}

TEST_F(Door, StaysWhenTheConfigurationIsReadAgain) {
  request(4, {"--no-wait"});
  daemon_->signal(SIGHUP);
  ASSERT_TRUE(lab::wait_until(
      [&] { return daemon_->errors().find("the configuration was read again") != std::string::npos; }));
  EXPECT_EQ(answer(kApprover, {"approve", "1"})["enrollment"]["approvals"]["given"], 1);
}

/// What comes back over HTTP.
struct Reply {
  int status = 0;
  json body;
};

class Token : public Door {
 protected:
  void SetUp() override {
    Vetted::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    made_ = certmgr_.run({"token", kCarol, "--json"}).json();
    write_config("[web]\nlisten = \"127.0.0.1:" + std::to_string(port_) + "\"\n[web.tokens]\n" + kCarol +
                 " = \"" + made_.value("hash", "") + "\"\n");
    open();
  }
  Reply http(const std::string& method, const std::string& path, const std::string& authorization,
             const std::string& body = "", const std::string& type = "application/json") const {
    httplib::Client client("127.0.0.1", port_);
    httplib::Headers headers;
    if (!authorization.empty()) headers.emplace("Authorization", authorization);
    const auto result = method == "GET" ? client.Get(path.c_str(), headers)
                                        : client.Post(path.c_str(), headers, body, type.c_str());
    if (!result) return {};
    return {result->status, json::parse(result->body, nullptr, false)};
  }
  std::string bearer() const { return "Bearer " + made_.value("token", ""); }

  const int port_ = lab::free_port();
  json made_;
};

TEST_F(Token, StandsForItsPerson) {
  request(4, {"--no-wait"});
  const auto list = http("GET", "/v1/enrollments", bearer());
  EXPECT_EQ(list.status, 200);
  EXPECT_EQ(list.body["enrollments"].size(), 1U);
  const std::string hash = list.body["enrollments"][0]["request_hash"];
  const auto said = http("POST", "/v1/enrollments/1/approve", bearer(),
                         json{{"request", hash}, {"comment", "by phone"}}.dump());
  EXPECT_EQ(said.status, 200) << said.body;
  EXPECT_EQ(said.body["enrollment"]["approvals_given"][0]["person"], kCarol);
  EXPECT_TRUE(lab::wait_until([&] { return state() == "issued"; }));
  EXPECT_EQ(http("GET", "/v1/enrollments/1", bearer()).body["enrollment"]["state"], "issued");
  EXPECT_EQ(http("GET", "/v1/enrollments/1/history", bearer()).status, 200);
}

TEST_F(Token, IsWanted) {
  request(4, {"--no-wait"});
  for (const auto& wrong : {std::string(), std::string("Bearer "), "Bearer x" + bearer().substr(7),
                            "Basic " + bearer().substr(7), bearer() + "x", made_.value("hash", "")}) {
    EXPECT_EQ(http("GET", "/v1/enrollments", wrong).status, 401) << wrong;
    EXPECT_EQ(http("POST", "/v1/enrollments/1/approve", wrong, "{}").status, 401) << wrong;
  }
  EXPECT_EQ(state(), "pending_approval");
}

TEST_F(Token, AnswersWhatCannotBeDoneInHttpsWords) {
  request(4, {"--no-wait"});
  struct Case {
    const char* method;
    const char* path;
    const char* body;
    int status;
    const char* code;
  };
  const std::vector<Case> cases{
      {"GET", "/v1/nothing", "", 404, "no_such_page"},
      {"GET", "/v1/", "", 404, "no_such_page"},
      {"GET", "/v1/grants", "", 404, "no_such_page"},
      {"GET", "/v1/enrollments/0", "", 404, "no_such_page"},
      {"GET", "/v1/enrollments/1x", "", 404, "no_such_page"},
      {"GET", "/v1/enrollments/99999999999999999999", "", 404, "no_such_page"},
      {"POST", "/v1/enrollments/1/approve/now", "{}", 404, "no_such_page"},
      {"POST", "/v1/enrollments/1/revoke-grant", "{}", 404, "no_such_page"},
      {"GET", "/v1/enrollments/9", "", 404, "unknown_enrollment"},
      {"GET", "/v1/enrollments/1/approve", "", 405, "bad_method"},
      {"POST", "/v1/enrollments/1", "{}", 405, "bad_method"},
      {"POST", "/v1/enrollments/1/sign", "{}", 404, "no_such_page"},
      {"POST", "/v1/enrollments/1/deny", R"({"reason": ""})", 409, "reason_missing"},
      {"POST", "/v1/enrollments/1/deny", "reason=no", 400, "bad_body"},
      {"POST", "/v1/enrollments/1/withdraw", "{}", 403, "not_permitted"},
      {"POST", "/v1/enrollments/1/approve", R"({"request": "0123"})", 409, "scope_changed"},
      {"POST", "/v1/enrollments/1/accept", R"({"reason": "x"})", 409, "wrong_state"},
      {"POST", "/v1/grants/7/revoke", "{}", 404, "unknown_grant"}};
  for (const auto& bad : cases) {
    const auto reply = http(bad.method, bad.path, bearer(), bad.body);
    EXPECT_EQ(reply.status, bad.status) << bad.method << " " << bad.path << reply.body;
    EXPECT_EQ(reply.body["error"].value("code", "none"), bad.code) << bad.method << " " << bad.path;
  }
  const std::string longest(8000, 'a');
  EXPECT_EQ(http("GET", "/v1/" + longest, bearer()).status, 404);
  EXPECT_EQ(http("POST", "/v1/" + longest, bearer(), "{}").status, 404);
  EXPECT_EQ(http("POST", "/v1/enrollments/1/approve", bearer(), "{}", "text/plain").status, 400)
      << "a form on a web page could send that";
  EXPECT_EQ(state(), "pending_approval");
}

TEST_F(Token, IsNowhereButWithItsOwner) {
  request(4, {"--no-wait"});
  EXPECT_EQ(http("GET", "/v1/enrollments", bearer()).status, 200);
  const std::string token = made_.value("token", "");
  ASSERT_GE(token.size(), 43U);
  EXPECT_EQ(daemon_->errors().find(token), std::string::npos);
  EXPECT_EQ(lab::read_file(certmgr_.config_file()).find(token), std::string::npos);
  EXPECT_EQ(lab::read_file(certmgr_.store_file()).find(token), std::string::npos);
}

}  // namespace
}  // namespace certmgr::e2e
