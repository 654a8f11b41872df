// SPDX-License-Identifier: MIT
#include "adapters/store/key_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "adapters/store/store_trouble.h"
#include "platform/fd.h"

namespace certmgr::store {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kTextSize = 2 * kKeySize;

[[noreturn]] void unusable(const std::string& path, const std::string& why, const std::string& hint) {
  throw Failure(store_trouble("store_key_unusable", "cannot use the key file " + path, why, hint));
}

[[noreturn]] void unusable_errno(const std::string& path, int system_error) {
  const bool full = system_error == ENOSPC || system_error == EDQUOT;
  throw Failure(
      store_trouble(full ? "disk_full" : "store_key_unusable", "cannot use the key file " + path,
                    platform::errno_text(system_error),
                    full ? "make room on the file system of " + path
                         : "make the file readable and its folder writable for the user who runs certmgr"));
}

/// Removes the half-made file on every way out.
class TemporaryName {
 public:
  explicit TemporaryName(std::string path) : path_(std::move(path)) {}
  ~TemporaryName() { unlink(path_.c_str()); }
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Overwrites a secret on every way out.
struct Wiped {
  std::string text;
  ~Wiped() { OPENSSL_cleanse(text.data(), text.size()); }
};

void refuse_shared(const std::string& path, const struct stat& found) {
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) == 0) return;
  unusable(path, "users other than its owner may read or write it", "chmod 0400 " + path);
}

void sync_folder(const std::string& folder) {
  const platform::Fd opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || fsync(opened.get()) != 0) unusable_errno(folder, errno);
}

void write_new_file(const std::string& path, std::string_view text) {
  const platform::Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400));
  if (!file) unusable_errno(path, errno);
  if (!platform::write_all(file.get(), text) || fsync(file.get()) != 0) unusable_errno(path, errno);
}

}  // namespace

Trouble bad_key_source(const std::string& source, const std::string& why) {
  Trouble trouble = store_trouble("bad_key_source", "cannot use \"" + source + "\" as the store key", why,
                                  "set [keys] encryption to file:/PATH, credential:NAME or none");
  trouble.kind = TroubleKind::configuration;
  return trouble;
}

std::optional<crypto::Bytes> read_key_file(const std::string& path, KeyFileKind kind) {
  // O_NONBLOCK: opening a FIFO must not hang.
  const platform::Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    if (errno == ENOENT) return std::nullopt;
    unusable_errno(path, errno);
  }
  struct stat found {};
  if (fstat(file.get(), &found) != 0) unusable_errno(path, errno);
  if (!S_ISREG(found.st_mode)) unusable(path, "it is no regular file", "name a file");
  if (kind == KeyFileKind::own) refuse_shared(path, found);

  Wiped content;
  if (!platform::read_all(file.get(), content.text, kTextSize + 2)) unusable_errno(path, errno);
  const std::string_view text = content.text;
  const std::size_t size = text.size();
  const bool well_formed = size == kTextSize || (size == kTextSize + 1 && text.back() == '\n');
  auto key = well_formed ? crypto::from_hex(text.substr(0, kTextSize)) : std::nullopt;
  if (!key) {
    unusable(path, "it does not hold a key (64 hex digits and a newline)",
             "put the right file there; a new key is made only for a new store, when the file is missing");
  }
  return key;
}

crypto::Bytes create_key_file(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) unusable_errno(folder, errno);
  crypto::Bytes fresh = crypto::random_bytes(kKeySize);
  Wiped text{crypto::hex(fresh) + "\n"};
  OPENSSL_cleanse(fresh.data(), fresh.size());
  // The name appears with the whole content or not at all: a reader never meets a half-written key.
  const TemporaryName temporary(path + "." + crypto::hex(crypto::random_bytes(8)) + ".tmp");
  write_new_file(temporary.path(), text.text);
  if (link(temporary.path().c_str(), path.c_str()) != 0 && errno != EEXIST) unusable_errno(path, errno);
  sync_folder(folder);
  auto key = read_key_file(path, KeyFileKind::own);
  if (!key) unusable(path, "it was removed while it was being made", "run the command again");
  return *key;
}

}  // namespace certmgr::store
