// SPDX-License-Identifier: MIT
#include "platform/service_manager.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "lab/temp_dir.h"
#include "platform/fd.h"

namespace certmgr::platform {
namespace {

/// Takes the place of systemd: a datagram socket named by $NOTIFY_SOCKET.
class NotifySocket : public ::testing::Test {
 protected:
  NotifySocket() : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const std::string path = dir_ / "notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~NotifySocket() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
  }

  std::string message() {
    std::array<char, 4096> text{};
    const ssize_t size = recv(socket_.get(), text.data(), text.size(), MSG_DONTWAIT);
    return size < 0 ? "(nothing)" : std::string(text.data(), static_cast<std::size_t>(size));
  }

  lab::TempDir dir_;
  Fd socket_;
  SystemdServiceManager manager_;
};

TEST_F(NotifySocket, HearsOfEveryTurnOfALife) {
  manager_.ready();
  EXPECT_EQ(message(), "READY=1");
  manager_.status("812 certificates, next renewal in 3 h");
  EXPECT_EQ(message(), "STATUS=812 certificates, next renewal in 3 h");
  manager_.keep_alive();
  EXPECT_EQ(message(), "WATCHDOG=1");
  manager_.reloading();
  EXPECT_TRUE(message().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  manager_.stopping();
  EXPECT_EQ(message(), "STOPPING=1");
}

TEST_F(NotifySocket, TakesAStatusAsOneLineWhateverIsInIt) {
  manager_.status("web\nMAINPID=1\nREADY=1");
  EXPECT_EQ(message(), "STATUS=web MAINPID=1 READY=1");
}

TEST_F(NotifySocket, TheWatchdogIsThereOnlyForTheProcessItIsMeantFor) {
  EXPECT_FALSE(manager_.watchdog());
  setenv("WATCHDOG_USEC", "120000000", 1);
  EXPECT_EQ(manager_.watchdog(), Duration(120'000));
  setenv("WATCHDOG_PID", std::to_string(getppid()).c_str(), 1);
  EXPECT_FALSE(manager_.watchdog());
}

TEST(WithoutAServiceManager, NothingIsSentAndNothingFails) {
  unsetenv("NOTIFY_SOCKET");
  SystemdServiceManager manager;
  manager.ready();
  manager.status("text");
  manager.stopping();
  EXPECT_FALSE(manager.watchdog());
}

}  // namespace
}  // namespace certmgr::platform
