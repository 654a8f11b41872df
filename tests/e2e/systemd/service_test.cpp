// SPDX-License-Identifier: MIT
// What systemd and the program say to one another.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

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

TEST(TheService, KnowsTheJournalByItsStream) {
  World world;
  const auto plain = world.run({"--verbose", "daemon", "--once"});
  EXPECT_NE(plain.errors.find("Z info daemon: "), std::string::npos) << plain.errors;
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
