// SPDX-License-Identifier: MIT
#include "adapters/solvers/http01_listener.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "lab/authority.h"
#include "lab/nginx.h"
#include "lab/ports.h"
#include "proofs.h"
#include "raw_client.h"

namespace certmgr::solvers {
namespace {

class Http01ListenerTest : public testing::Test {
 protected:
  [[nodiscard]] ChallengeSettings here() const { return listening_on("127.0.0.1:" + std::to_string(port_)); }

  int port_ = lab::free_port();
  Http01Listener solver_;
};

TEST_F(Http01ListenerTest, AnswersTheTokenThatIsPending) {
  ASSERT_TRUE(solver_.publish(proof_with("abc_-123", "abc_-123.thumb"), here()));
  const auto seen = ask_token(port_, "abc_-123");
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.body, "abc_-123.thumb");
  EXPECT_EQ(seen.content_type, "application/octet-stream");
}

TEST_F(Http01ListenerTest, AnswersHeadWithoutBody) {
  ASSERT_TRUE(solver_.publish(proof_with("token", "token.thumb"), here()));
  const auto seen = ask("127.0.0.1", port_, "/.well-known/acme-challenge/token", "HEAD");
  EXPECT_EQ(seen.status, 200);
  EXPECT_TRUE(seen.body.empty());
}

TEST_F(Http01ListenerTest, KnowsNothingElse) {
  ASSERT_TRUE(solver_.publish(proof_with("token", "token.thumb"), here()));
  for (const char* path :
       {"/", "/.well-known/acme-challenge/", "/.well-known/acme-challenge/other",
        "/.well-known/acme-challenge/token/", "/.well-known/acme-challenge/../acme-challenge/token",
        "/.well-known/acme-challenge/%2e%2e/%2e%2e/etc/passwd", "/token"}) {
    EXPECT_EQ(ask("127.0.0.1", port_, path).status, 404) << path;
  }
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    EXPECT_EQ(ask("127.0.0.1", port_, "/.well-known/acme-challenge/token", method).status, 404) << method;
  }
}

TEST_F(Http01ListenerTest, ListensOnlyWhileATokenIsPending) {
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port_));
  ASSERT_TRUE(solver_.publish(proof_with("one", "1"), here()));
  ASSERT_TRUE(solver_.publish(proof_with("two", "2"), here()));
  ASSERT_TRUE(solver_.withdraw(proof_with("one"), here(), ChallengeOutcome::accepted));
  EXPECT_EQ(ask_token(port_, "one").status, 404);
  EXPECT_EQ(ask_token(port_, "two").body, "2");
  ASSERT_TRUE(solver_.withdraw(proof_with("two"), here(), ChallengeOutcome::accepted));
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port_));
}

TEST_F(Http01ListenerTest, BothCallsMayBeRepeated) {
  EXPECT_TRUE(solver_.withdraw(proof_with("never"), here(), ChallengeOutcome::accepted));
  ASSERT_TRUE(solver_.publish(proof_with("token", "old"), here()));
  ASSERT_TRUE(solver_.publish(proof_with("token", "new"), here()));
  EXPECT_EQ(ask_token(port_, "token").body, "new");
  EXPECT_TRUE(solver_.withdraw(proof_with("token"), here(), ChallengeOutcome::accepted));
  EXPECT_TRUE(solver_.withdraw(proof_with("token"), here(), ChallengeOutcome::accepted));
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port_));
}

TEST_F(Http01ListenerTest, ThePortCanBeTakenAgainAtOnce) {
  for (int round = 0; round < 50; ++round) {
    const auto published = solver_.publish(proof_with("token", "answer"), here());
    ASSERT_TRUE(published) << published.error().message();
    if (round % 5 == 0) {
      ASSERT_EQ(ask_token(port_, "token").body, "answer");
    }
    ASSERT_TRUE(solver_.withdraw(proof_with("token"), here(), ChallengeOutcome::accepted));
  }
}

TEST_F(Http01ListenerTest, ServesSeveralOrdersAtOnce) {
  std::atomic<int> wrong = 0;
  std::vector<std::thread> orders;
  orders.reserve(8);
  for (int order = 0; order < 8; ++order) {
    orders.emplace_back([&, order] {
      for (int round = 0; round < 10; ++round) {
        const auto token = "t" + std::to_string(order) + "-" + std::to_string(round);
        if (!solver_.publish(proof_with(token, token + ".thumb"), here())) ++wrong;
        if (ask_token(port_, token).body != token + ".thumb") ++wrong;
        if (!solver_.withdraw(proof_with(token), here(), ChallengeOutcome::accepted)) ++wrong;
      }
    });
  }
  for (auto& order : orders) order.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port_));
}

TEST_F(Http01ListenerTest, ListensOnIpv6) {
  const auto settings = listening_on("[::1]:" + std::to_string(port_));
  const auto published = solver_.publish(proof_with("token", "six"), settings);
  if (!published && published.error().code == "address_not_available") GTEST_SKIP() << "no IPv6 on this host";
  ASSERT_TRUE(published) << published.error().message();
  EXPECT_EQ(ask("::1", port_, "/.well-known/acme-challenge/token").body, "six");
  EXPECT_TRUE(solver_.withdraw(proof_with("token"), settings, ChallengeOutcome::accepted));
}

TEST_F(Http01ListenerTest, TheIpv6WildcardTakesIpv4Too) {
  const auto settings = listening_on("[::]:" + std::to_string(port_));
  ASSERT_TRUE(solver_.publish(proof_with("token", "both"), settings));
  EXPECT_EQ(ask_token(port_, "token").body, "both");
}

TEST_F(Http01ListenerTest, SaysWhichServerHasThePort) {
  const lab::TempDir dir;
  lab::write_pair(lab::self_signed({"sip.example.com"}), dir / "cert.pem", dir / "key.pem");
  const lab::Nginx nginx({.fullchain = dir / "cert.pem", .key = dir / "key.pem", .port = port_});
  const auto published = solver_.publish(proof_with("token", "answer"), here());
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().kind, TroubleKind::configuration);
  EXPECT_EQ(published.error().code, "port_in_use");
  EXPECT_EQ(published.error().what,
            "cannot listen on 127.0.0.1:" + std::to_string(port_) + " for the http-01 challenge");
  EXPECT_NE(published.error().why.find("nginx (pid "), std::string::npos) << published.error().why;
  EXPECT_NE(published.error().hint.find("--webroot"), std::string::npos);
}

TEST_F(Http01ListenerTest, WaitsForAnotherRunOfItself) {
  Http01Listener other;
  ASSERT_TRUE(other.publish(proof_with("theirs", "answer"), here()));
  const auto published = solver_.publish(proof_with("ours", "answer"), here());
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().kind, TroubleKind::transient);
  EXPECT_EQ(published.error().code, "port_in_use");
  ASSERT_TRUE(other.withdraw(proof_with("theirs"), here(), ChallengeOutcome::accepted));
  EXPECT_TRUE(solver_.publish(proof_with("ours", "answer"), here()));
}

TEST_F(Http01ListenerTest, RefusesAddressesItCannotHave) {
  for (const char* address : {"", "80", ":80", "localhost:80", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536",
                              "127.0.0.1:80x", "::1:80", "[127.0.0.1]:80", "[::1", "1.2.3:80"}) {
    const auto published = solver_.publish(proof_with("token", "answer"), listening_on(address));
    ASSERT_FALSE(published) << address;
    EXPECT_EQ(published.error().code, "bad_listen_address") << address;
  }
  // TEST-NET-1: no host has it.
  const auto published = solver_.publish(proof_with("token", "answer"), listening_on("192.0.2.1:8080"));
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, "address_not_available");
}

TEST_F(Http01ListenerTest, RefusesTokensThatAreNoTokens) {
  for (const auto& token : {std::string(), std::string("../../etc/passwd"), std::string("a b"),
                            std::string("a\r\nb"), std::string(257, 'a'), std::string("a%2f")}) {
    const auto published = solver_.publish(proof_with(token, "answer"), here());
    ASSERT_FALSE(published) << token;
    EXPECT_EQ(published.error().code, "bad_token");
  }
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port_));
}

TEST_F(Http01ListenerTest, SurvivesGarbage) {
  ASSERT_TRUE(solver_.publish(proof_with("token", "answer"), here()));
  const std::string binary("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\xff", 13);
  const std::string endless = "GET / HTTP/1.1\r\n" + std::string(1 << 20, 'x');
  std::string headers = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 5000; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
  for (const auto& text : {binary, endless, headers, std::string("\r\n\r\n\r\n"), std::string("GET\r\n\r\n"),
                           std::string("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n\r\n"),
                           std::string("POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\nxx")}) {
    RawClient(port_).send(text);
  }
  EXPECT_EQ(ask_token(port_, "token").body, "answer");
}

TEST_F(Http01ListenerTest, ClientsThatDawdleDoNotHoldItOpen) {
  ASSERT_TRUE(solver_.publish(proof_with("token", "answer"), here()));
  std::vector<RawClient> slow;
  slow.reserve(20);
  for (int i = 0; i < 20; ++i) {
    slow.emplace_back(port_);
    slow.back().send("GET /.well-known/acme-challenge/token HT");
  }
  ASSERT_TRUE(solver_.withdraw(proof_with("token"), here(), ChallengeOutcome::accepted));
  for (auto& client : slow) EXPECT_TRUE(client.is_cut());
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port_));
}

}  // namespace
}  // namespace certmgr::solvers
