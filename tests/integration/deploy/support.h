// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

#include "certmgr/ports/server_control.h"
#include "lab/authority.h"
#include "lab/temp_dir.h"

namespace certmgr::deploy::testing {

/// A lab certificate as the program hands it to the placer.
Material material_of(const lab::Pair& pair);

/// A server with a key and a full chain in `folder`.
Server server_in(const std::filesystem::path& folder);

/// "0640"
std::string mode_of(const std::filesystem::path& path);

/// Names in `folder` that certmgr puts beside a server's files.
std::vector<std::string> leftovers(const std::filesystem::path& folder);

/// Runs `body` in a process of its own, where it may change its rights, mounts or limits. What it
/// returns is returned here: empty when all is well, "skip: ..." where the machine does not allow it.
std::string in_child(const std::function<std::string()>& body);

/// Become a user without rights, for `in_child`; nothing if we are one already.
bool drop_rights();

/// From now on the system call `number` of this process fails with `error` when its first argument, a
/// folder's descriptor, is at least `from`. False where the machine does not allow it.
bool forbid(unsigned number, unsigned error, unsigned from = 0);

void write_script(const std::filesystem::path& path, const std::string& body);

}  // namespace certmgr::deploy::testing

/// Ends a test by what in_child() said.
#define CERTMGR_EXPECT_CHILD(result)                      \
  do {                                                    \
    const std::string said = (result);                    \
    if (said.starts_with("skip: ")) GTEST_SKIP() << said; \
    EXPECT_EQ(said, "");                                  \
  } while (false)
