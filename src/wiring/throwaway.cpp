// SPDX-License-Identifier: MIT
#include "wiring/throwaway.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string_view>

#include "platform/fd.h"
#include "wiring/compose.h"

namespace certmgr::wiring {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "certmgr-throwaway-";

fs::path place() {
  if (const char* named = std::getenv("TMPDIR"); named != nullptr && *named == '/') return named;
  return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

/// Whose process has ended. A number that somebody else has by now keeps its folder for another day.
bool is_left_behind(const std::string& name) {
  if (!name.starts_with(kPrefix)) return false;
  pid_t pid = 0;
  const char* begin = name.data() + kPrefix.size();
  const auto [end, error] = std::from_chars(begin, name.data() + name.size(), pid);
  return error == std::errc() && pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
}

void remove_left_behind(const fs::path& parent) {
  std::error_code error;  // what belongs to another user stays
  for (const auto& entry : fs::directory_iterator(parent, error))
    if (is_left_behind(entry.path().filename().string())) fs::remove_all(entry.path(), error);
}

class Folder {
 public:
  Folder() {
    const auto parent = place();
    remove_left_behind(parent);
    path_ = (parent / (std::string(kPrefix) + std::to_string(getpid()) + "-XXXXXX")).string();
    if (mkdtemp(path_.data()) == nullptr)  // mode 0700
      throw Failure({.kind = TroubleKind::configuration,
                     .code = "no_scratch_folder",
                     .what = "cannot make a folder for a throw-away store in " + parent.string(),
                     .why = platform::errno_text(errno),
                     .hint = "set TMPDIR to a folder that this user may write to"});
  }
  ~Folder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string store() const { return path_ + "/certmgr.db"; }

 private:
  std::string path_;
};

}  // namespace

std::unique_ptr<Application> compose_throwaway(config::Config config) {
  const auto folder = std::make_shared<const Folder>();
  config.store_path = folder->store();
  // Its keys are of no use to anybody: what they are certified by is deployed nowhere.
  config.encryption = "none";
  return compose(config, std::nullopt, folder);
}

std::unique_ptr<Application> compose_to_look(const config::Config& config) {
  std::error_code error;
  const bool missing = fs::status(config.store_path, error).type() == fs::file_type::not_found;
  return missing ? compose_throwaway(config) : compose(config, std::nullopt);
}

}  // namespace certmgr::wiring
