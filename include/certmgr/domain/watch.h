// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "certmgr/domain/alarm.h"
#include "certmgr/domain/deployment.h"
#include "certmgr/domain/instant.h"

namespace certmgr {

/// What the last look at a server's listeners came to.
enum class WatchState {
  unknown,      // never looked at, or nothing was deployed there
  good,         // every listener presents what was deployed
  wrong,        // at least one presents something else
  unreachable,  // no handshake, or not with all of them; none presents something else
  failed,       // the last deployment failed or was rolled back; tried again at `wake_at`
  parked,       // presents something else again and again: a person must look
};
std::string_view to_string(WatchState state);
std::optional<WatchState> parse_watch_state(std::string_view text);

/// The watch over one server.
struct Watch {
  std::int64_t server_id = 0;
  WatchState state = WatchState::unknown;
  std::vector<Served> served;  // the last look
  std::optional<Instant> checked_at;
  Instant wake_at;
  int unreachable_looks = 0;           // in a row
  int failures = 0;                    // deployments in a row that failed
  int repairs = 0;                     // in a row, for a listener that presented something else
  std::int64_t judged_deployment = 0;  // the newest one whose end was taken into account
  bool operator==(const Watch&) const = default;
};

/// How often to look, and when to give up.
struct WatchPolicy {
  Duration every = std::chrono::hours(1);          // between two looks, spread by up to a tenth
  Duration retry_first = std::chrono::minutes(1);  // doubled per failed deployment in a row
  Duration soon = std::chrono::minutes(1);         // after a look without a handshake
  int unreachable_before_alarm = 3;
  int repairs_before_alarm = 3;
};

/// What there is to know about a server when it is looked at.
struct WatchFacts {
  std::optional<Deployment> last;    // newest deployment of the server's certificate there
  std::string expected;              // fingerprint of the version `last` deployed
  std::optional<Instant> not_after;  // of that version
  bool current = false;              // that version is the certificate's current one
  bool has_targets = false;          // the server has listeners that can be looked at
};

struct LookAtListeners {};
struct DeployAgain {
  std::string reason;  // "retry" after a failed deployment, "repair" of a wrong listener
};
struct WaitForWatch {};

using WatchAction = std::variant<WaitForWatch, LookAtListeners, DeployAgain>;

struct WatchStep {
  Watch watch;  // to be saved
  WatchAction action;
};

/// What to do about a server now. Pure. Takes the end of a deployment into account.
WatchStep look_after(Watch watch, const WatchFacts& facts, const WatchPolicy& policy, Instant now,
                     double jitter);
/// The watch after its listeners were looked at: WaitForWatch, or DeployAgain to repair.
WatchStep looked(Watch watch, const WatchFacts& facts, std::vector<Served> served, const WatchPolicy& policy,
                 Instant now, double jitter);

/// The newest deployment has ended and the watch does not know it yet: look_after has something to do now.
bool has_unjudged_end(const Watch& watch, const std::optional<Deployment>& last);

/// What a person should know while the watch stands like this: a part of deployment_failed,
/// listener_wrong and listener_down.
std::set<AlarmKind> alarms_of(const Watch& watch, const WatchPolicy& policy);

}  // namespace certmgr
