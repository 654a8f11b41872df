// SPDX-License-Identifier: MIT
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "e2e/enrollment/vetted_world.h"

namespace certmgr::e2e {

/// A connection on which anything can be sent.
class Line {
 public:
  static Line to_socket(const std::string& path) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::strncpy(to.sun_path, path.c_str(), sizeof(to.sun_path) - 1);
    return {AF_UNIX, reinterpret_cast<const sockaddr*>(&to), sizeof(to)};
  }
  static Line to_port(int port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return {AF_INET, reinterpret_cast<const sockaddr*>(&to), sizeof(to)};
  }
  Line(Line&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  Line& operator=(Line&&) = delete;
  ~Line() {
    if (fd_ >= 0) ::close(fd_);
  }
  /// What comes back until the other side hangs up.
  [[nodiscard]] std::string answer_to(const std::string& text) const {
    EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    std::string all;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::recv(fd_, buffer.data(), buffer.size(), 0)) > 0;)
      all.append(buffer.data(), static_cast<std::size_t>(got));
    return all;
  }

 private:
  Line(int family, const sockaddr* to, socklen_t size)
      : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    EXPECT_EQ(::connect(fd_, to, size), 0);
  }
  int fd_;
};

class Door : public Vetted {
 protected:
  void SetUp() override {
    Vetted::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    write_config(web());
    open();
  }
  /// [web] of the configuration.
  virtual std::string web() {
    ::chmod(public_.path().c_str(), 0755);
    return "[web]\nsocket = \"" + socket_ + "\"\n";
  }
  void open() {
    daemon_.emplace(certmgr_.start({"daemon"}));
    ASSERT_TRUE(lab::wait_until([&] { return daemon_->errors().find("at work") != std::string::npos; }))
        << daemon_->errors();
  }
  /// `person` herself asks at the door.
  lab::Outcome asks(const std::string& person, Arguments arguments) const {
    arguments.insert(arguments.begin(), "enrollment");
    arguments.insert(arguments.end(), {"--socket", socket_});
    return certmgr_.run_as_user(person, arguments);
  }
  json answer(const std::string& person, Arguments arguments, int code = 0) const {
    arguments.emplace_back("--json");
    const auto outcome = asks(person, arguments);
    EXPECT_EQ(outcome.exit_code, code) << person << " " << arguments[0] << outcome.output << outcome.errors;
    return json::parse(outcome.output, nullptr, false);
  }
  std::string refused(const std::string& person, const Arguments& arguments) const {
    return answer(person, arguments, 2)["error"].value("code", "none");
  }

  lab::TempDir public_;
  const std::string socket_ = (public_ / "desk.sock").string();
  std::optional<lab::Process> daemon_;
};

}  // namespace certmgr::e2e
