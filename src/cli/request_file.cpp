// SPDX-License-Identifier: MIT
#include "cli/request_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace certmgr::cli {
namespace {

/// One octet more than is read of a request: whoever looks at it sees that it is too long.
constexpr std::size_t kMost = std::size_t{64} * 1024 + 1;

tl::unexpected<Trouble> unreadable(const std::string& path, int error) {
  return fail(Trouble{.kind = TroubleKind::usage,
                      .code = "csr_unreadable",
                      .what = "cannot read the certificate signing request " + path,
                      .why = std::strerror(error),
                      .hint = "see that the file is there and readable for this user"});
}

}  // namespace

Result<std::string> read_request_file(const std::string& path) {
  std::error_code ignored;
  // A folder can be opened, and reading it throws.
  if (std::filesystem::is_directory(path, ignored)) return unreadable(path, EISDIR);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(path, errno);
  std::string text(kMost, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return unreadable(path, EIO);
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace certmgr::cli
