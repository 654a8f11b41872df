// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "adapters/probe/openssl_prober.h"
#include "integration/probe/listener.h"
#include "lab/ports.h"

namespace certmgr::probe::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Prober : public ::testing::Test {
 protected:
  const lab::Authority authority{"Probe Lab"};
  const lab::Pair pair = authority.issue({"pbx.example.com", "sip.example.com"});
  const lab::Pair other = authority.issue({"other.example.com"});
  OpenSslProber prober;

  Served probe(const std::string& host, int port, const std::string& sni = {}, Duration limit = seconds(10)) {
    return prober.probe({.scheme = "sips", .host = host, .port = port, .sni = sni}, "pbx.example.com", limit);
  }
  Served probe(const Listener& listener, Duration limit = seconds(10)) {
    return probe("127.0.0.1", listener.port(), {}, limit);
  }
  void expect_pair(const Served& served) const {
    EXPECT_EQ(served.trouble, "");
    EXPECT_EQ(served.fingerprint, lab::fingerprint_of_pem(pair.certificate_pem));
  }
};

/// Keeps reading until the other side has gone.
void read_to_the_end(int fd) {
  std::array<char, 4096> buffer{};
  while (::read(fd, buffer.data(), buffer.size()) > 0) {
  }
}

void send_text(int fd, const std::string& text) { ::send(fd, text.data(), text.size(), MSG_NOSIGNAL); }

TEST_F(Prober, ReadsWhatIsPresentedOnIPv4AndIPv6) {
  for (const bool v6 : {false, true}) {
    TlsServer server({.pair = pair});
    const Listener listener(std::ref(server), v6 ? AF_INET6 : AF_INET);
    const auto served = probe(v6 ? "::1" : "127.0.0.1", listener.port());
    expect_pair(served);
    EXPECT_EQ(served.target,
              std::string("sips://") + (v6 ? "[::1]:" : "127.0.0.1:") + std::to_string(listener.port()));
    EXPECT_EQ(served.subject, "pbx.example.com");
    EXPECT_THAT(served.issuer, HasSubstr("Probe Lab"));
    EXPECT_GT(served.not_after, std::chrono::system_clock::now() + std::chrono::days(80));
  }
}

TEST_F(Prober, TriesEveryAddressOfAName) {
  TlsServer server({.pair = pair});
  const Listener listener(std::ref(server));  // IPv4 alone, "localhost" may be ::1 first
  expect_pair(probe("localhost", listener.port()));
}

TEST_F(Prober, AsksForTheNameOfTheTargetTheHostOrTheCertificateInThatOrder) {
  TlsServer server({.pair = pair});
  const Listener listener(std::ref(server));
  probe("127.0.0.1", listener.port(), "named.example.com");
  probe("localhost", listener.port());
  probe("127.0.0.1", listener.port());
  const VerifyTarget target{.scheme = "tls", .host = "127.0.0.1", .port = listener.port(), .sni = ""};
  prober.probe(target, "*.example.com", seconds(10));
  prober.probe(target, "", seconds(10));
  EXPECT_THAT(server.asked_names(),
              ElementsAre("named.example.com", "localhost", "pbx.example.com", "any.example.com", ""));
}

TEST_F(Prober, SeesTheCertificateChosenByName) {
  TlsServer server({.pair = pair, .named = other, .name = "other.example.com"});
  const Listener listener(std::ref(server));
  const auto served = probe("127.0.0.1", listener.port(), "other.example.com");
  EXPECT_EQ(served.fingerprint, lab::fingerprint_of_pem(other.certificate_pem));
  expect_pair(probe(listener));
}

TEST_F(Prober, DoesNotJudgeTheCertificate) {
  for (const auto& odd : {lab::self_signed({"pbx.example.com"}, {.from = -20, .to = -10}),
                          lab::self_signed({"elsewhere.example.com"}, {.from = 10, .to = 20})}) {
    TlsServer server({.pair = odd});
    const Listener listener(std::ref(server));
    const auto served = probe(listener);
    EXPECT_EQ(served.trouble, "");
    EXPECT_EQ(served.fingerprint, lab::fingerprint_of_pem(odd.certificate_pem));
  }
}

TEST_F(Prober, SpeaksToServersOfOldStyle) {
  const lab::Pair weak = old_pair();
  TlsServer server(
      {.pair = weak, .newest = TLS1_2_VERSION, .ciphers = "DHE-RSA-AES128-SHA:@SECLEVEL=0", .weak_dh = true});
  const Listener listener(std::ref(server));
  const auto served = probe(listener);
  EXPECT_EQ(served.trouble, "");
  EXPECT_EQ(served.fingerprint, lab::fingerprint_of_pem(weak.certificate_pem));
}

TEST_F(Prober, SeesTheCertificateOfAServerThatInsistsOnOneOfOurs) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsServer server({.pair = pair, .wants_client = true, .newest = version, .oldest = version});
    const Listener listener(std::ref(server));
    expect_pair(probe(listener));
  }
}

TEST_F(Prober, NobodyListeningIsConnectionRefused) {
  const auto served = probe("127.0.0.1", lab::free_port());
  EXPECT_EQ(served.trouble, "connection refused");
  EXPECT_EQ(served.fingerprint, "");
}

TEST_F(Prober, ANameWithoutAListenerTellsWhatEachAddressSaid) {
  EXPECT_THAT(probe("localhost", lab::free_port()).trouble, HasSubstr("connection refused"));
}

TEST_F(Prober, AnUnknownNameIsSaidSo) {
  const auto served = probe("no-such-host.invalid", 5061, {}, milliseconds(1500));
  EXPECT_THAT(served.trouble, AnyOf(HasSubstr("cannot find the address of no-such-host.invalid"),
                                    HasSubstr("no answer from the name service")));
}

TEST_F(Prober, AListenerThatNeverAnswersIsLeftAfterTheLimit) {
  const Listener listener(read_to_the_end);
  EXPECT_EQ(probe(listener, milliseconds(200)).trouble, "no answer within 200 ms");
}

TEST_F(Prober, OneThatAnswersByDropsIsLeftAfterTheLimitAsWell) {
  const Listener listener([](int fd) {
    // A record that never comes to its end, an octet at a time.
    send_text(fd, std::string("\x16\x03\x03\x40\x00", 5));
    while (::send(fd, "x", 1, MSG_NOSIGNAL) == 1) std::this_thread::sleep_for(milliseconds(10));
  });
  EXPECT_EQ(probe(listener, milliseconds(300)).trouble, "no answer within 300 ms");
}

TEST_F(Prober, AnAddressThatSwallowsConnectionsIsLeftAfterTheLimit) {
  // A queue for one connection that nobody takes out: the kernel drops what comes after it.
  const platform::Fd full(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(full.get(), generic, size), 0);
  ASSERT_EQ(::listen(full.get(), 0), 0);
  ASSERT_EQ(::getsockname(full.get(), generic, &size), 0);
  std::vector<platform::Fd> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    static_cast<void>(::connect(waiting.back().get(), generic, size));  // in progress
  }
  EXPECT_EQ(probe("127.0.0.1", ntohs(address.sin_port), {}, milliseconds(200)).trouble,
            "no answer within 200 ms");
}

TEST_F(Prober, OneThatDoesNotSpeakTlsIsSaidSo) {
  for (const auto* greeting : {"HTTP/1.1 400 Bad Request\r\n\r\n", "SIP/2.0 400 Bad Request\r\n\r\n",
                               "220 mail.example.com ESMTP\r\n"}) {
    const Listener listener([&](int fd) {
      send_text(fd, greeting);
      ::shutdown(fd, SHUT_WR);
      read_to_the_end(fd);
    });
    EXPECT_THAT(probe(listener).trouble, HasSubstr("did not answer with TLS")) << greeting;
  }
}

TEST_F(Prober, OneThatClosesIsSaidSo) {
  const std::string expected = "closed the connection during the handshake";
  const Listener polite([](int fd) {
    ::shutdown(fd, SHUT_WR);
    read_to_the_end(fd);
  });
  EXPECT_EQ(probe(polite).trouble, expected);
  const Listener rude([](int fd) {
    std::array<char, 16> some{};
    ::recv(fd, some.data(), some.size(), 0);
    const linger at_once{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  });
  EXPECT_EQ(probe(rude).trouble, expected);
}

TEST_F(Prober, AnAlertIsNamed) {
  TlsServer server({.pair = pair, .newest = TLS1_2_VERSION, .ciphers = "ECDHE-RSA-AES128-GCM-SHA256"});
  const Listener listener(std::ref(server));  // its certificate is ECDSA
  EXPECT_EQ(probe(listener).trouble, "refused the handshake with the TLS alert \"handshake failure\"");
  TlsServer old({.pair = pair, .newest = TLS1_1_VERSION, .ciphers = "ALL:@SECLEVEL=0"});
  const Listener old_listener(std::ref(old));
  EXPECT_EQ(probe(old_listener).trouble, "refused the handshake with the TLS alert \"protocol version\"");
}

TEST_F(Prober, RaisesNoSigpipeAndLeavesTheProcesssSignalsAlone) {
  // With the default disposition a SIGPIPE ends this program.
  const auto was = ::signal(SIGPIPE, SIG_DFL);
  TlsServer server({.pair = pair});
  const Listener listener([&](int fd) { server.answer_and_vanish(fd); });
  for (int i = 0; i < 100; ++i) probe(listener);
  EXPECT_EQ(::signal(SIGPIPE, was), SIG_DFL);
}

TEST_F(Prober, SeveralLooksAtATimeDoNotDisturbEachOther) {
  TlsServer server({.pair = pair});
  TlsServer second({.pair = other});
  const Listener listener(std::ref(server));
  const Listener other_listener(std::ref(second));
  std::vector<std::thread> threads;
  std::vector<Served> served(16);
  for (std::size_t i = 0; i < served.size(); ++i)
    threads.emplace_back([&, i] { served[i] = probe(i % 2 == 0 ? listener : other_listener, seconds(30)); });
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < served.size(); ++i)
    EXPECT_EQ(served[i].fingerprint, lab::fingerprint_of_pem((i % 2 == 0 ? pair : other).certificate_pem))
        << served[i].trouble;
}

TEST_F(Prober, LeavesNoDescriptorBehind) {
  TlsServer server({.pair = pair});
  const auto count = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
  const auto before = count();
  {
    const Listener listener(std::ref(server));
    probe(listener);
    probe("127.0.0.1", lab::free_port());
  }
  // free_port() keeps one for as long as the program runs.
  EXPECT_LE(count(), before + 1);
}

}  // namespace
}  // namespace certmgr::probe::testing
