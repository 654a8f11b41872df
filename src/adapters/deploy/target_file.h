// SPDX-License-Identifier: MIT
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>

#include "adapters/deploy/ownership.h"
#include "certmgr/domain/trouble.h"
#include "platform/fd.h"

namespace certmgr::deploy {

/// What stands under a name now.
struct OldFile {
  struct stat status {};  // of a link: the file it points to
  bool link = false;
  bool dangling = false;  // a link to nothing: `status` says nothing
};

/// One file of a server and the names beside it that a change needs. They are always the same, so that
/// whatever a killed process leaves is found, and with it no private key is forgotten:
///   .NAME.certmgr-new     the new file before its rename
///   .NAME.certmgr-old     the replaced file
///   .NAME.certmgr-absent  there was none
///   .NAME.certmgr-copy    a copy of the replaced file in the making
/// Everything goes through the folder's descriptor: a folder that is moved meanwhile changes nothing.
class TargetFile {
 public:
  static Result<TargetFile> open(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Trouble "not_a_file" for anything but a file or a symbolic link.
  [[nodiscard]] Result<std::optional<OldFile>> look() const;
  /// Exactly this content, in a file of its own?
  [[nodiscard]] Result<bool> holds(std::string_view content) const;
  [[nodiscard]] Result<void> writable() const;

  /// Writes the new file beside the old one, owner and mode first, and syncs it.
  Result<void> write_new(std::string_view content, const Ownership& wanted,
                         const std::optional<OldFile>& old);
  /// Is the old file, or the note that there was none, kept?
  [[nodiscard]] Result<bool> kept() const;
  Result<void> keep_old();
  Result<void> replace();
  /// Back to what was kept. What is kept stays: killed half way, it can be done again.
  Result<void> put_back();
  /// Removes everything beside the file itself.
  Result<void> forget();
  Result<void> forget_new();
  Result<void> sync_folder();

 private:
  TargetFile(std::string path, std::string name, platform::Fd folder);
  [[nodiscard]] Trouble trouble() const;  // from errno
  [[nodiscard]] Result<bool> exists(const std::string& name) const;
  Result<void> remove(const std::string& name);
  Result<void> link_or_copy(const std::string& from, const std::string& to);
  Result<void> copy(const std::string& from, const std::string& to);
  Result<void> copy_link(const std::string& from, const std::string& to);

  std::string path_;
  std::string name_;
  std::string new_;
  std::string old_;
  std::string absent_;
  std::string copy_;
  platform::Fd folder_;
};

}  // namespace certmgr::deploy
