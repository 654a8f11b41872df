// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "e2e/world/world.h"
#include "lab/ports.h"

namespace certmgr::e2e {

/// certmgr with a store of its own and no CA: nothing is ordered by `apply` itself.
class FleetProgram : public ::testing::Test {
 protected:
  std::string write(const std::string& text) {
    const auto path = files_ / "fleet.toml";
    lab::write_file(path, text);
    return path.string();
  }
  Outcome apply(const std::string& text, Arguments more = {"--yes"}) {
    Arguments arguments{"apply", write(text)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return certmgr_.run(arguments);
  }

  lab::Certmgr certmgr_{CERTMGR_TEST_PROGRAM,
                        {.directory_url = "https://127.0.0.1:1/dir", .http_port = lab::free_port()}};
  lab::TempDir files_;
};

}  // namespace certmgr::e2e
