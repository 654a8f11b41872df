// SPDX-License-Identifier: MIT
#include "platform/unix_listener.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "lab/temp_dir.h"

namespace certmgr::platform {
namespace {

Fd connected_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    socket.reset();
  return socket;
}

class AUnixListener : public ::testing::Test {
 protected:
  lab::TempDir dir_;
  const std::string path_ = (dir_ / "desk.sock").string();
};

TEST_F(AUnixListener, IsOpenToEverybodyAndSaysWhoComes) {
  const mode_t before = umask(0077);
  const auto listener = UnixListener::at(path_);
  umask(before);
  ASSERT_TRUE(listener) << listener.error().message();
  struct stat found {};
  ASSERT_EQ(stat(path_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0666U);
  const Fd listening = (*listener)->take();
  const Fd client = connected_to(path_);
  ASSERT_TRUE(client);
  const Fd accepted(accept(listening.get(), nullptr, nullptr));
  EXPECT_EQ(peer_of(accepted.get()), getuid());
}

TEST_F(AUnixListener, SaysNothingOfOtherConnections) {
  const Fd other(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(peer_of(other.get()), std::nullopt);
  EXPECT_EQ(peer_of(-1), std::nullopt);
}

TEST_F(AUnixListener, LeavesNothingBehind) {
  {
    const auto listener = UnixListener::at(path_);
    ASSERT_TRUE(listener);
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(AUnixListener, TakesThePlaceOfADeadOne) {
  auto first = UnixListener::at(path_);
  ASSERT_TRUE(first);
  { const Fd closed = (*first)->take(); }
  const auto second = UnixListener::at(path_);
  ASSERT_TRUE(second) << second.error().message();
  first->reset();
  EXPECT_TRUE(connected_to(path_)) << "the first one removed the socket of the second";
}

TEST_F(AUnixListener, TakesThePlaceOfNothingElse) {
  const auto living = UnixListener::at(path_);
  ASSERT_TRUE(living);
  const auto beside = UnixListener::at(path_);
  ASSERT_FALSE(beside);
  EXPECT_EQ(beside.error().code, "socket_in_use");

  const std::string file = (dir_ / "notes").string();
  lab::write_file(file, "mine");
  const auto over = UnixListener::at(file);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, "cannot_listen");
  EXPECT_EQ(lab::read_file(file), "mine");
}

TEST_F(AUnixListener, RefusesWhatIsNoPathOfASocket) {
  for (const auto& path : {std::string("desk.sock"), "/" + std::string(107, 'x')}) {
    const auto listener = UnixListener::at(path);
    ASSERT_FALSE(listener) << path;
    EXPECT_EQ(listener.error().code, "socket_path");
  }
}

}  // namespace
}  // namespace certmgr::platform
