// SPDX-License-Identifier: MIT
#include "services/not_yet_valid.h"

namespace certmgr {
namespace {

constexpr Duration kClockSlack = std::chrono::minutes(5);

}  // namespace

bool has_begun(const Version& version, Instant now) { return version.not_before <= now + kClockSlack; }

Trouble not_valid_yet(const std::string& label, const Version& version) {
  return {.kind = TroubleKind::waiting,
          .code = "not_valid_yet",
          .what = "cannot deploy " + label + " yet",
          .why = "it was asked to be valid from " + to_rfc3339(version.not_before) + " on",
          .hint = "the daemon deploys it then; without one run 'certmgr renew " + label + "'",
          .retry_at = version.not_before};
}

}  // namespace certmgr
