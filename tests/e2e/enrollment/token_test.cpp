// SPDX-License-Identifier: MIT
// Deciding over HTTP, with a token.
#include <httplib.h>

#include "e2e/enrollment/door_world.h"
#include "lab/ports.h"

namespace certmgr::e2e {
namespace {

using testing::HasSubstr;

// They have a role and no account on this machine.
constexpr const char* kCarol = "carol";
constexpr const char* kDave = "dave";  // a requester

/// What comes back over HTTP.
struct Reply {
  int status = 0;
  json body;
};

class Token : public Door {
 protected:
  std::string web() override {
    made_ = certmgr_.run({"token", kCarol, "--json"}).json();
    of_dave_ = certmgr_.run({"token", kDave, "--json"}).json();
    return "[web]\nlisten = \"127.0.0.1:" + std::to_string(port_) + "\"\n[web.tokens]\n" + kCarol + " = \"" +
           made_.value("hash", "") + "\"\n" + kDave + " = \"" + of_dave_.value("hash", "") + "\"\n";
  }
  Reply http(const std::string& method, const std::string& path, const std::string& authorization,
             const std::string& body = "", const std::string& type = "application/json") const {
    httplib::Client client("127.0.0.1", port_);
    httplib::Headers headers;
    if (!authorization.empty()) headers.emplace("Authorization", authorization);
    const auto result = method == "GET"   ? client.Get(path, headers)
                        : method == "PUT" ? client.Put(path, headers, body, type)
                                          : client.Post(path, headers, body, type);
    if (!result) return {};
    return {result->status, json::parse(result->body, nullptr, false)};
  }
  std::string bearer() const { return "Bearer " + made_.value("token", ""); }

  const int port_ = lab::free_port();
  json made_, of_dave_;
};

TEST_F(Token, Requests) {
  const std::string dave = "Bearer " + of_dave_.value("token", "");
  const json acme{{"names", {kName}}, {"level", "ov"}, {"organization", "acme"}, {"ca", "vetted"}};
  const auto posted = [&](const std::string& by, const json& body) {
    return http("POST", "/v1/enrollments", by, body.dump());
  };
  EXPECT_EQ(posted(bearer(), acme).status, 403) << "an approver";
  const struct {
    const char* key;
    json value;
  } wrong[] = {{"webroot", "/etc"},
               {"names", json::array()},
               {"names", {"a b"}},
               {"organization", "nobody"},
               {"level", "dv"},
               {"level", "gold"},
               {"ca", "nowhere"},
               {"key_type", "rsa-1"},
               {"not_after", "soon"},
               {"label", "../../etc/cron"},
               {"profile", json::array()},
               {"names", {std::string(300, 'x')}}};
  for (const auto& row : wrong) {
    json body = acme;
    body[row.key] = row.value;
    const auto reply = posted(dave, body);
    EXPECT_EQ(reply.status, 400) << row.key << " " << row.value << " " << reply.body;
    EXPECT_TRUE(reply.body.contains("error"));
  }
  EXPECT_EQ(http("GET", "/v1/enrollments", bearer()).body["enrollments"].size(), 0U);
  const auto opened = posted(dave, acme);
  EXPECT_EQ(opened.status, 200) << opened.body;
  EXPECT_EQ(opened.body["enrollment"]["requested_by"], json::array({kDave}));
  const auto id = std::to_string(opened.body["enrollment"].value("id", 0));
  const auto approved = http("POST", "/v1/enrollments/" + id + "/approve", bearer(), "{}");
  EXPECT_EQ(approved.status, 200) << approved.body;
  ASSERT_TRUE(lab::wait_until([&] { return state() == "issued"; }));
  json other = acme;
  other["names"] = {kName, "second.example.com"};
  EXPECT_EQ(posted(dave, other).status, 409) << "it is in use";
  EXPECT_EQ(http("PUT", "/v1/enrollments", dave).status, 405);
}

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
  EXPECT_EQ(http("POST", "/v1/" + longest, bearer(), "{}").status, 414);
  EXPECT_EQ(http("POST", "/v1/enrollments/1/approve", bearer(), "{}", "text/plain").status, 400)
      << "a form on a web page could send that";
  EXPECT_EQ(state(), "pending_approval");
}

TEST_F(Token, IsNoWayToMakeTheDaemonReadOrWait) {
  request(4, {"--no-wait"});
  const std::string end = "\r\n";
  const auto post = [&](const std::string& path, const std::string& headers, const std::string& body = "") {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + end + body;
  };
  const std::string approve = "/v1/enrollments/1/approve";
  const std::string json = "Content-Type: application/json\r\n";
  const std::string owner = "Authorization: " + bearer() + end;
  struct Case {
    std::string text;
    const char* status;
  };
  const std::vector<Case> cases{
      {post(approve, owner + json), " 411 "},
      {post(approve, owner + json + "Content-Length: -1\r\n"), " 411 "},
      {post(approve, owner + json + "Content-Length: 999999999999\r\n"), " 411 "},
      {post(approve, owner + json + "Content-Length: 99999999\r\n"), " 413 "},
      {post(approve, owner + json + "Content-Encoding: br\r\nContent-Length: 2\r\n", "{}"), " 415 "},
      {post(approve, owner + "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 2\r\n", "{}"),
       " 415 "},
      {post(approve, owner + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n"),
       " 400 "},
      {post("/v1/enrollments/" + std::string(300, '0') + "1/approve", owner + json + "Content-Length: 2\r\n",
            "{}"),
       " 414 "},
      {post(approve, json + "Content-Length: 60\r\n"), " 401 "},
      {post("/metrics", "Content-Length: 60\r\n"), " 405 "}};
  for (const auto& bad : cases)
    EXPECT_THAT(Line::to_port(port_).answer_to(bad.text).substr(0, 13), HasSubstr(bad.status)) << bad.text;
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
