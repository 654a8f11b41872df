// SPDX-License-Identifier: MIT
// Proofs on a socket of systemd's. A process takes such sockets over once, at its start, so each test is a
// child process that finds them where systemd puts them; and these tests are a program of their own.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/solvers/http01_listener.h"
#include "adapters/solvers/tls_alpn01_listener.h"
#include "integration/solvers/alpn_client.h"
#include "integration/solvers/proofs.h"
#include "integration/solvers/raw_client.h"
#include "lab/ports.h"
#include "platform/inherited_sockets.h"
#include "platform/listen_socket.h"

namespace certmgr::solvers {
namespace {

constexpr int kFirst = 3;  // SD_LISTEN_FDS_START
constexpr int kNotInherited = 10, kStillAnnounced = 11, kWrongAnswer = 12, kNotClosedToOthers = 13,
              kSocketGone = 14, kNotOnExec = 15;

class InheritedSocket : public ::testing::Test {
 protected:
  InheritedSocket() : port_(lab::free_port()) {}

  /// Runs `body` in a child that was given a listening socket of this name; its result is the exit code.
  template <class Body>
  int in_child(const std::string& name, Body body) {
    auto address = platform::parse_listen_address("127.0.0.1:" + std::to_string(port_));
    auto socket = platform::listen_on(*address, "for the test");
    EXPECT_TRUE(socket);
    const pid_t child = fork();
    if (child == 0) {
      if (dup2(socket->get(), kFirst) != kFirst) _exit(1);
      setenv("LISTEN_FDS", "1", 1);
      setenv("LISTEN_FDNAMES", name.c_str(), 1);
      setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
      alarm(20);
      _exit(body());
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  int port_;
};

bool still_listens(int fd) {
  int on = 0;
  socklen_t size = sizeof on;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &size) == 0 && on == 1;
}

TEST_F(InheritedSocket, IsTakenOverOnceAndHiddenFromChildren) {
  const int result = in_child("http-01", [&] {
    const auto& all = platform::inherited_sockets();
    if (all.size() != 1 || all[0].name != "http-01" || all[0].port != port_) return kNotInherited;
    if (getenv("LISTEN_FDS") != nullptr || getenv("LISTEN_PID") != nullptr) return kStillAnnounced;
    if ((fcntl(kFirst, F_GETFD) & FD_CLOEXEC) == 0) return kNotOnExec;
    return platform::inherited_sockets().size() == 1 ? 0 : kNotInherited;
  });
  EXPECT_EQ(result, 0);
}

TEST_F(InheritedSocket, AnswersProofsAndBeforeAndAfterSaysNotFound) {
  const int result = in_child("http-01", [&] {
    const ChallengeSettings elsewhere = listening_on("127.0.0.1:" + std::to_string(lab::free_port()));
    Http01Listener solver;
    if (ask_token(port_, "abc").status != 404) return kNotClosedToOthers;
    if (!solver.publish(proof_with("abc", "abc.thumb"), elsewhere)) return kNotInherited;
    if (ask_token(port_, "abc").body != "abc.thumb") return kWrongAnswer;
    if (!solver.withdraw(proof_with("abc"), elsewhere, ChallengeOutcome::accepted)) return kWrongAnswer;
    return ask_token(port_, "abc").status == 404 ? 0 : kNotClosedToOthers;
  });
  EXPECT_EQ(result, 0);
}

TEST_F(InheritedSocket, OfAnotherNameServesItsOwnPortOnly) {
  const int result = in_child("web", [&] {
    const int other = lab::free_port();
    Http01Listener solver;
    if (!solver.publish(proof_with("one", "1"), listening_on("[::]:" + std::to_string(port_))))
      return kNotInherited;
    if (ask_token(port_, "one").body != "1") return kWrongAnswer;
    if (!solver.publish(proof_with("two", "2"), listening_on("127.0.0.1:" + std::to_string(other))))
      return kNotInherited;
    return ask_token(other, "two").body == "2" ? 0 : kWrongAnswer;
  });
  EXPECT_EQ(result, 0);
}

TEST_F(InheritedSocket, IsNotShutDownWhenTheSolverGoes) {
  const int result = in_child("http-01", [&] {
    {
      Http01Listener solver;
      if (ask_token(port_, "abc").status != 404) return kNotClosedToOthers;
    }
    return still_listens(kFirst) ? 0 : kSocketGone;
  });
  EXPECT_EQ(result, 0);
}

TEST_F(InheritedSocket, ShowsTlsAlpnProofsAndRefusesAllElse) {
  const int result = in_child("tls-alpn-01", [&] {
    Proof proof = proof_with("abc", "abc.thumb");
    proof.type = ChallengeType::tls_alpn_01;
    ChallengeSettings elsewhere = listening_on("127.0.0.1:" + std::to_string(lab::free_port()));
    elsewhere.type = ChallengeType::tls_alpn_01;
    TlsAlpn01Listener solver;
    if (ask_alpn(port_, "sip.example.com").certificate) return kNotClosedToOthers;
    if (!solver.publish(proof, elsewhere)) return kNotInherited;
    if (!ask_alpn(port_, "sip.example.com").certificate) return kWrongAnswer;
    if (!solver.withdraw(proof, elsewhere, ChallengeOutcome::accepted)) return kWrongAnswer;
    if (ask_alpn(port_, "sip.example.com").certificate) return kNotClosedToOthers;
    return still_listens(kFirst) ? 0 : kSocketGone;
  });
  EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace certmgr::solvers
