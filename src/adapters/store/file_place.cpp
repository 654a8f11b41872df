// SPDX-License-Identifier: MIT
#include "adapters/store/file_place.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "adapters/store/store_trouble.h"

namespace certmgr::store {

FilePlace::FilePlace(std::string path)
    : path_(std::move(path)), store_(look(path_).file), log_(look(path_ + "-wal").file) {}

FilePlace::Found FilePlace::look(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) == 0) return {Identity{found.st_dev, found.st_ino}, false};
  return {std::nullopt, errno == ENOENT || errno == ENOTDIR};
}

std::optional<Trouble> FilePlace::lost() const {
  if (auto trouble = lost(path_, store_)) return trouble;
  return lost(path_ + "-wal", log_);
}

std::optional<Trouble> FilePlace::lost(const std::string& path, const std::optional<Identity>& opened) const {
  if (!opened) return std::nullopt;
  const Found now = look(path);
  const std::string what = "cannot go on with the store " + path_;
  if (now.gone)
    return store_trouble("store_vanished", what, path + " was deleted or moved away while it was in use",
                         "stop all of certmgr, bring back the store from a backup, and start it anew");
  if (!now.file || *now.file == *opened) return std::nullopt;
  return store_trouble("store_replaced", what, "another file was put at " + path + " while it was in use",
                       "start certmgr anew: it then works on the file that is there");
}

}  // namespace certmgr::store
