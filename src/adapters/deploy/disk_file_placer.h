// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/server_control.h"

namespace certmgr::deploy {

/// Places files on the local disk. Between two calls a server's files are either as they were, with
/// nothing beside them, or every one of them has its old content kept beside it (target_file.h). The
/// renames begin only after the last of the old files is kept; so when some are kept and others are not,
/// none was replaced, and what is kept may go.
class DiskFilePlacer : public FilePlacer {
 public:
  Result<bool> holds(const Server& server, const Material& material) override;
  Result<void> place(const Server& server, const Material& material) override;
  Result<void> restore(const Server& server) override;
  Result<void> drop_backups(const Server& server) override;
  Result<void> check_places(const Server& server) override;
};

}  // namespace certmgr::deploy
