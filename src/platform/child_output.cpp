// SPDX-License-Identifier: MIT
#include "platform/child_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace certmgr::platform {
namespace {

constexpr std::size_t kChunk = 16384;
constexpr std::size_t kPipeChunks =
    std::size_t{1024} * 1024 / kChunk;  // the largest pipe of an ordinary user

}  // namespace

int ChildPipe::open() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno;
  reader = Fd(ends[0]);
  const Fd low(ends[1]);
  writer = Fd(::fcntl(low.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  return writer && ::fcntl(reader.get(), F_SETFL, O_NONBLOCK) == 0 ? 0 : errno;
}

void Tail::append(const char* data, std::size_t size) {
  text_.append(data, size);
  if (text_.size() > 2 * keep_) trim();
}

std::string Tail::take() {
  trim();
  return std::move(text_);
}

void Tail::trim() {
  if (text_.size() > keep_) text_.erase(0, text_.size() - keep_);
}

bool Outlet::read_some() {
  if (!pipe_) return false;
  std::array<char, kChunk> buffer;
  const ssize_t got = ::read(pipe_.get(), buffer.data(), buffer.size());
  if (got > 0) {
    tail_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return errno == EINTR;
  pipe_.reset();  // closed: poll() skips the -1
  return false;
}

void Outlet::read_rest() {
  for (std::size_t chunks = 0; chunks < kPipeChunks && read_some(); ++chunks) {
  }
}

}  // namespace certmgr::platform
