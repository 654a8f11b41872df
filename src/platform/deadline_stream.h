// SPDX-License-Identifier: MIT
#pragma once

#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <string>

namespace certmgr::platform {

/// One connection of a server of ours, bounded as a whole: the library's own limits count per read, so
/// that a client which sends an octet now and then could hold a thread for ever.
class DeadlineStream : public httplib::Stream {
 public:
  /// `life` is for request and answer together, `request_life` for the request, of `most` octets.
  DeadlineStream(int socket, std::chrono::milliseconds life, std::size_t most,
                 std::chrono::milliseconds request_life = std::chrono::hours(24));

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* into, std::size_t size) override;
  ssize_t write(const char* data, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

  // Asked for by versions of the library after Debian 12's.
  bool wait_readable() const { return is_readable(); }
  bool wait_writable() const { return is_writable(); }
  time_t duration() const { return 0; }

 private:
  using Moment = std::chrono::steady_clock::time_point;
  bool ready_for(short events, Moment deadline) const;

  int socket_;
  Moment deadline_;
  Moment request_deadline_;
  std::size_t left_;  // octets the client may still send
};

}  // namespace certmgr::platform
