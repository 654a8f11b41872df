// SPDX-License-Identifier: MIT
// What systemd and the program say to one another.
#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <sstream>

#include "e2e/world/world.h"
#include "lab/ports.h"

namespace certmgr::e2e {
namespace {

/// Hears what a service tells systemd.
class Listener {
 public:
  explicit Listener(const std::filesystem::path& path) : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Listener() { close(fd_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Whether a message that begins like this comes; those before it are dropped.
  bool hears(const std::string& start) {
    return lab::wait_until([&] {
      std::array<char, 4096> text{};
      for (;;) {
        const ssize_t size = recv(fd_, text.data(), text.size(), MSG_DONTWAIT);
        if (size < 0) return false;
        if (std::string(text.data(), static_cast<std::size_t>(size)).starts_with(start)) return true;
      }
    });
  }

 private:
  int fd_;
};

TEST(TheService, TellsSystemdOfItsLifeAndEndsInTime) {
  World world;
  Listener systemd(world.files / "notify");
  world.certmgr.set_environment("NOTIFY_SOCKET", world.files / "notify");
  world.certmgr.set_environment("WATCHDOG_USEC", "1000000");
  auto daemon = world.certmgr.start({"--log-format", "journal", "daemon", "--role", "network"});
  EXPECT_TRUE(systemd.hears("READY=1"));
  EXPECT_TRUE(systemd.hears("STATUS=0 certificates"));
  EXPECT_TRUE(systemd.hears("WATCHDOG=1"));
  daemon.signal(SIGHUP);
  EXPECT_TRUE(systemd.hears("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_TRUE(systemd.hears("READY=1"));
  daemon.signal(SIGTERM);
  EXPECT_TRUE(systemd.hears("STOPPING=1"));
  EXPECT_EQ(daemon.wait(std::chrono::seconds(10)), 0);
  for (const auto& line : {"<6>daemon: at work: 0 certificates", "<6>daemon: ended"})
    EXPECT_NE(daemon.errors().find(line), std::string::npos) << daemon.errors();
}

TEST(TheService, OfOneHalfTellsThatTheOtherIsNotThere) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  {
    SQLite::Database store(world.certmgr.store_file().string(), SQLite::OPEN_READWRITE, 5000);
    store.exec("UPDATE tasks SET due_at = 0 WHERE kind = 'renewal'");
  }
  Listener systemd(world.files / "notify");
  world.certmgr.set_environment("NOTIFY_SOCKET", world.files / "notify");
  world.certmgr.set_environment("WATCHDOG_USEC", "500000");
  auto daemon = world.certmgr.start({"daemon", "--role", "deploy"});
  const std::string line = "nobody works on certificates and messages: 1 task is due";
  EXPECT_TRUE(lab::wait_until([&] { return daemon.errors().find(line) != std::string::npos; }))
      << daemon.errors();
  daemon.end();
  const std::string log = daemon.errors();
  EXPECT_EQ(log.find(line), log.rfind(line)) << "once: " << log;
  EXPECT_EQ(log.find(", nobody works on"), std::string::npos)
      << "it may have been started a moment ago: " << log;
}

TEST(TheService, WritesPlainLinesWhereNoJournalIs) {
  World world;
  const auto plain = world.run({"--verbose", "daemon", "--once"});
  EXPECT_NE(plain.errors.find("Z info daemon: "), std::string::npos) << plain.errors;
}

/// The capabilities of certmgr-deploy.service, in setpriv's words: "-all,+chown,...".
std::string capabilities_of_the_deploy_side() {
  const std::string unit =
      lab::read_file(std::filesystem::path(CERTMGR_TEST_SOURCE_DIR) / "systemd/certmgr-deploy.service");
  constexpr std::string_view kKey = "\nCapabilityBoundingSet=";
  const auto begin = unit.find(kKey) + kKey.size();
  std::istringstream words(unit.substr(begin, unit.find('\n', begin) - begin));
  std::string list = "-all";
  for (std::string word; words >> word;) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    list += ",+" + word.substr(4);
  }
  return list;
}

TEST(TheDeploySide, CanPlaceFilesAndReloadServersWithWhatItsUnitLeavesIt) {
  if (geteuid() != 0) GTEST_SKIP() << "only root has capabilities to leave";
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_NO_FATAL_FAILURE(world.start_kamailio());
  lab::Process process({.command = {lab::find_program("setpriv"), "--no-new-privs",
                                    "--bounding-set=" + capabilities_of_the_deploy_side(),
                                    CERTMGR_TEST_PROGRAM, "--config", world.certmgr.config_file(), "issue",
                                    "sip.example.com", "--server", "web", "--server", "pbx"},
                        .environment = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}},
                        .output = world.files / "output"});
  EXPECT_EQ(process.wait(std::chrono::seconds(60)), 0) << process.output();
  const auto fingerprint = world.stored_fingerprint("sip.example.com");
  EXPECT_EQ(world.served_by_nginx(), fingerprint);
  EXPECT_EQ(world.served_by_kamailio(), fingerprint);
}

TEST(ASocketUnit, GivesThePortOfTheProofs) {
  World world;
  const int port = lab::free_port();
  // The CA looks at a port of ours; systemd holds another, to which a firewall would lead.
  lab::CertmgrConfig config = lab::config_for(world.pebble);
  config.http_port = port;
  world.certmgr.write_config(config);
  const auto out = world.files / "socket-activate";
  lab::Process activate(
      {.command = {lab::find_program("systemd-socket-activate"), "-l",
                   "127.0.0.1:" + std::to_string(world.pebble.http_port()), "--fdname=http-01",
                   CERTMGR_TEST_PROGRAM, "--config", world.certmgr.config_file(), "issue", "www.example.com"},
       .environment = {{"PATH", "/usr/bin:/bin"}},
       .output = out});
  // The first connection starts the program, as a client would.
  ASSERT_TRUE(lab::wait_until([&] { return lab::port_accepts("127.0.0.1", world.pebble.http_port()); }));
  EXPECT_EQ(activate.wait(std::chrono::seconds(60)), 0) << activate.output();
  EXPECT_FALSE(world.stored_fingerprint("www.example.com").empty());
}

}  // namespace
}  // namespace certmgr::e2e
