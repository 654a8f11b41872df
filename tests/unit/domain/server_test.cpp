// SPDX-License-Identifier: MIT
#include "certmgr/domain/server.h"

#include <gtest/gtest.h>

#include <functional>

namespace certmgr {
namespace {

Server nginx() {
  Server server;
  server.name = "web1";
  server.type = "nginx";
  server.files.key = "/etc/nginx/tls/key.pem";
  server.files.fullchain = "/etc/nginx/tls/fullchain.pem";
  return server;
}

TEST(VerifyTarget, IsReadAndPrinted) {
  for (const char* url : {"tls://127.0.0.1:5061", "https://pbx.example.com:443", "sips://[::1]:5061",
                          "https://127.0.0.1:8443?sni=pbx.example.com"}) {
    const auto target = parse_verify_target(url);
    ASSERT_TRUE(target) << url;
    EXPECT_EQ(to_string(*target), url);
  }
  EXPECT_EQ(parse_verify_target("sips://[::1]:5061")->host, "::1");
  EXPECT_EQ(parse_verify_target("https://a.example:443/")->port, 443);
}

TEST(VerifyTarget, RefusesWhatItCannotConnectTo) {
  for (const char* url :
       {"", "127.0.0.1:443", "http://a.example:80", "tls://a.example", "tls://:443", "tls://a.example:0",
        "tls://a.example:65536", "tls://a.example:44x", "tls://::1:443", "tls://-x:443", "tls://a b:443",
        "tls://a.example:443?x=y", "tls://a.example:443?sni=", "tls://a/b:443"}) {
    const auto target = parse_verify_target(url);
    ASSERT_FALSE(target) << url;
    EXPECT_EQ(target.error().code, "bad_verify_url") << url;
  }
}

TEST(Server, WithKeyAndFullchainIsFine) { EXPECT_TRUE(validate(nginx())); }

TEST(Server, WithACombinedFileAloneIsFine) {
  Server server = nginx();
  server.files = {};
  server.files.combined = "/etc/haproxy/site.pem";
  EXPECT_TRUE(validate(server));
}

struct Fault {
  const char* name;
  std::function<void(Server&)> make;
  const char* word;  // the message names the culprit
};

TEST(Server, IsRefusedWithTheReasonForEachFault) {
  const Fault table[] = {
      {"bad name", [](Server& s) { s.name = "../x"; }, "../x"},
      {"unknown type", [](Server& s) { s.type = "apache"; }, "apache"},
      {"no key", [](Server& s) { s.files.key.clear(); }, "--key"},
      {"no certificate", [](Server& s) { s.files.fullchain.clear(); }, "--fullchain"},
      {"relative path", [](Server& s) { s.files.key = "key.pem"; }, "key.pem"},
      {"path with dots", [](Server& s) { s.files.key = "/etc/../key.pem"; }, "/etc/../key.pem"},
      {"path of a folder", [](Server& s) { s.files.key = "/etc/"; }, "/etc/"},
      {"double slash", [](Server& s) { s.files.key = "/etc//key.pem"; }, "/etc//key.pem"},
      {"same file twice", [](Server& s) { s.files.fullchain = s.files.key; }, "twice"},
      {"world-readable", [](Server& s) { s.mode = 0644; }, "every user"},
      {"unreadable", [](Server& s) { s.mode = 0040; }, "owner"},
      {"relative hook", [](Server& s) { s.hook = "hook.sh"; }, "hook.sh"},
      {"setting in capitals", [](Server& s) { s.settings["PATH"] = "x"; }, "PATH"},
      {"reserved setting", [](Server& s) { s.settings["path"] = "x"; }, "path"},
      {"loader setting", [](Server& s) { s.settings["ld_preload"] = "x"; }, "ld_preload"},
      {"our own variable", [](Server& s) { s.settings["certmgr_phase"] = "x"; }, "certmgr_phase"},
      {"line break in a setting", [](Server& s) { s.settings["a"] = "x\ny"; }, "'a'"},
  };
  for (const auto& fault : table) {
    Server server = nginx();
    fault.make(server);
    const auto result = validate(server);
    ASSERT_FALSE(result) << fault.name;
    EXPECT_EQ(result.error().kind, TroubleKind::usage) << fault.name;
    const std::string all = result.error().message() + " " + result.error().hint;
    EXPECT_NE(all.find(fault.word), std::string::npos) << fault.name << ": " << all;
  }
}

}  // namespace
}  // namespace certmgr
