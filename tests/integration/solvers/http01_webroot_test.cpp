// SPDX-License-Identifier: MIT
#include "adapters/solvers/http01_webroot.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "adapters/solvers/http01_listener.h"
#include "adapters/solvers/solver_switch.h"
#include "lab/authority.h"
#include "lab/nginx.h"
#include "lab/ports.h"
#include "lab/temp_dir.h"
#include "proofs.h"

namespace certmgr::solvers {
namespace {

class Http01WebrootTest : public testing::Test {
 protected:
  [[nodiscard]] ChallengeSettings here() const { return webroot_at(dir_.path().string()); }
  [[nodiscard]] std::filesystem::path file(const std::string& token) const {
    return dir_ / (".well-known/acme-challenge/" + token);
  }

  lab::TempDir dir_;
  Http01Webroot solver_;
};

mode_t mode_of(const std::filesystem::path& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 ? found.st_mode & 07777 : 0;
}

TEST_F(Http01WebrootTest, WritesWhatTheWebServerCanRead) {
  const mode_t before = umask(077);
  const auto published = solver_.publish(proof_with("abc_-123", "abc_-123.thumb"), here());
  umask(before);
  ASSERT_TRUE(published) << published.error().message();
  EXPECT_EQ(lab::read_file(file("abc_-123")), "abc_-123.thumb");
  EXPECT_EQ(mode_of(file("abc_-123")), 0644U);
  EXPECT_EQ(mode_of(dir_ / ".well-known"), 0755U);
  EXPECT_EQ(mode_of(dir_ / ".well-known/acme-challenge"), 0755U);
}

TEST_F(Http01WebrootTest, RemovesItsFileAndNothingElse) {
  ASSERT_TRUE(solver_.publish(proof_with("one", "1"), here()));
  ASSERT_TRUE(solver_.publish(proof_with("two", "2"), here()));
  ASSERT_TRUE(solver_.withdraw(proof_with("one"), here(), ChallengeOutcome::accepted));
  ASSERT_TRUE(solver_.withdraw(proof_with("one"), here(), ChallengeOutcome::accepted));
  EXPECT_FALSE(std::filesystem::exists(file("one")));
  EXPECT_EQ(lab::read_file(file("two")), "2");
}

TEST_F(Http01WebrootTest, PublishingAgainReplaces) {
  ASSERT_TRUE(solver_.publish(proof_with("token", "old"), here()));
  ASSERT_TRUE(solver_.publish(proof_with("token", "new"), here()));
  EXPECT_EQ(lab::read_file(file("token")), "new");
}

TEST_F(Http01WebrootTest, LeavesNothingElseInTheFolder) {
  ASSERT_TRUE(solver_.publish(proof_with("token", "answer"), here()));
  int entries = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(dir_ / ".well-known/acme-challenge")) {
    ++entries;
  }
  EXPECT_EQ(entries, 1);
}

TEST_F(Http01WebrootTest, RefusesTokensThatLeaveTheFolder) {
  for (const auto& token :
       {std::string(), std::string(".."), std::string("../../evil"), std::string("/etc/evil"),
        std::string("a/b"), std::string("a\0b", 3), std::string(".htaccess"), std::string(257, 'a')}) {
    const auto published = solver_.publish(proof_with(token, "answer"), here());
    ASSERT_FALSE(published) << token;
    EXPECT_EQ(published.error().code, "bad_token");
    EXPECT_FALSE(solver_.withdraw(proof_with(token), here(), ChallengeOutcome::accepted));
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

TEST_F(Http01WebrootTest, FollowsNoLinkBelowTheWebroot) {
  const lab::TempDir elsewhere;
  std::filesystem::create_directory_symlink(elsewhere.path(), dir_ / ".well-known");
  const auto published = solver_.publish(proof_with("token", "answer"), here());
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().why, (dir_ / ".well-known").string() + " is a symbolic link");
  EXPECT_TRUE(std::filesystem::is_empty(elsewhere.path()));
}

TEST_F(Http01WebrootTest, ReplacesALinkInsteadOfWritingThroughIt) {
  const lab::TempDir elsewhere;
  lab::write_file(elsewhere / "victim", "precious");
  std::filesystem::create_directories(dir_ / ".well-known/acme-challenge");
  std::filesystem::create_symlink(elsewhere / "victim", file("token"));
  std::filesystem::create_symlink(elsewhere / "victim", file(".new-token"));
  ASSERT_TRUE(solver_.publish(proof_with("token", "answer"), here()));
  EXPECT_EQ(lab::read_file(elsewhere / "victim"), "precious");
  EXPECT_FALSE(std::filesystem::is_symlink(file("token")));
  EXPECT_EQ(lab::read_file(file("token")), "answer");
}

TEST_F(Http01WebrootTest, SaysWhatIsWrongWithTheWebroot) {
  const auto missing =
      solver_.publish(proof_with("token", "answer"), webroot_at((dir_ / "missing").string()));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, TroubleKind::configuration);
  EXPECT_EQ(missing.error().code, "webroot_unusable");
  EXPECT_EQ(missing.error().why, (dir_ / "missing").string() + ": No such file or directory");
  lab::write_file(dir_ / "file", "");
  const auto no_folder = solver_.publish(proof_with("token", "answer"), webroot_at((dir_ / "file").string()));
  ASSERT_FALSE(no_folder);
  EXPECT_EQ(no_folder.error().why, (dir_ / "file").string() + ": Not a directory");
  // What was never published needs no removal, even when the webroot has gone meanwhile.
  EXPECT_TRUE(solver_.withdraw(proof_with("token"), webroot_at((dir_ / "missing").string()),
                               ChallengeOutcome::accepted));
}

TEST_F(Http01WebrootTest, SaysThatItMayNotWrite) {
  // No user, not even root, can make folders in /proc.
  const auto published = solver_.publish(proof_with("token", "answer"), webroot_at("/proc/self"));
  ASSERT_FALSE(published);
  EXPECT_NE(published.error().why.find("/proc/self/.well-known: "), std::string::npos)
      << published.error().why;
}

TEST_F(Http01WebrootTest, ARealWebServerShowsIt) {
  const lab::TempDir servers;
  lab::write_pair(lab::self_signed({"sip.example.com"}), servers / "cert.pem", servers / "key.pem");
  const int port = lab::free_port();
  const lab::Nginx nginx({.fullchain = servers / "cert.pem",
                          .key = servers / "key.pem",
                          .webroot = dir_.path(),
                          .webroot_port = port});
  ASSERT_TRUE(solver_.publish(proof_with("token", "token.thumb"), here()));
  EXPECT_EQ(ask_token(port, "token").body, "token.thumb");
  ASSERT_TRUE(solver_.withdraw(proof_with("token"), here(), ChallengeOutcome::accepted));
  EXPECT_EQ(ask_token(port, "token").status, 404);
}

TEST_F(Http01WebrootTest, TheSwitchFollowsTheSettings) {
  SolverSwitch solver({{ChallengeType::http_01, std::make_shared<Http01Listener>()}},
                      std::make_unique<Http01Webroot>());
  const int port = lab::free_port();
  const auto listener = listening_on("127.0.0.1:" + std::to_string(port));
  ASSERT_TRUE(solver.publish(proof_with("one", "1"), here()));
  ASSERT_TRUE(solver.publish(proof_with("two", "2"), listener));
  EXPECT_EQ(lab::read_file(file("one")), "1");
  EXPECT_EQ(ask_token(port, "two").body, "2");
  EXPECT_EQ(ask_token(port, "one").status, 404);
  ASSERT_TRUE(solver.withdraw(proof_with("one"), here(), ChallengeOutcome::accepted));
  ASSERT_TRUE(solver.withdraw(proof_with("two"), listener, ChallengeOutcome::accepted));
  EXPECT_FALSE(std::filesystem::exists(file("one")));
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port));
}

}  // namespace
}  // namespace certmgr::solvers
