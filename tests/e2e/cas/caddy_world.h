// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <optional>
#include <string>

#include "e2e/world/world.h"
#include "lab/caddy.h"
#include "names_here.h"

namespace certmgr::e2e {

/// Caddy as the CA, a DNS server for the zone `test` in which every name is this host, and certmgr, in a
/// network of their own. Skips where that cannot be had.
class WithCaddy : public ::testing::Test {
 protected:
  void SetUp() override;

  [[nodiscard]] Outcome run(const Arguments& arguments) const { return certmgr_->run(arguments); }
  /// The same; a failed expectation unless it exits with `code`.
  Outcome run(const Arguments& arguments, int code) const;
  [[nodiscard]] json run_json(Arguments arguments, int code = 0) const;

  [[nodiscard]] lab::Caddy& caddy() { return *caddy_; }

 private:
  std::optional<NamesHere> names_;
  std::optional<lab::Caddy> caddy_;
  std::optional<lab::Certmgr> certmgr_;
};

}  // namespace certmgr::e2e
