// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "certmgr/domain/deployment.h"

namespace certmgr {

/// Time limits of one deployment.
struct DeployLimits {
  Duration verify = std::chrono::seconds(10);            // from the reload to the proof by handshake
  Duration probe_pause = std::chrono::milliseconds(50);  // between two looks
  int not_now_tries = 5;                                 // how often a hook may answer "not now" (exit 75)
};

struct Observe {};       // probe every target, before anything is touched
struct PlaceFiles {};    // keep the old files beside, put the new ones in place
struct CheckConfig {};   // hook check
struct ReloadServer {};  // hook reload
struct ProbeServed {};   // one look at every target
struct RestoreFiles {};  // old files back
struct DropBackups {};   // forget the old files
struct DeploySleep {
  Instant at;
};
struct DeployNothing {};

using DeployAction = std::variant<Observe, PlaceFiles, CheckConfig, ReloadServer, ProbeServed, RestoreFiles,
                                  DropBackups, DeploySleep, DeployNothing>;

/// What to do now. Pure. `expected` is the fingerprint of the version being deployed.
DeployAction decide(const Deployment& deployment, const std::string& expected, Instant now);

struct Observed {
  std::vector<Served> served;
  bool files_current = false;  // every file already holds exactly the new content
};
struct FilesPlaced {};
struct HookDone {
  std::string output;
  bool not_now = false;  // exit 75
};
struct FilesRestored {};
struct BackupsDropped {};
struct DeployTroubled {
  Trouble trouble;
  std::string output;  // of the hook, if one ran
};

using DeployOutcome =
    std::variant<Observed, FilesPlaced, HookDone, FilesRestored, BackupsDropped, DeployTroubled>;

/// The deployment after `outcome`, ready to be saved.
Deployment apply(Deployment deployment, const DeployOutcome& outcome, const std::string& expected,
                 Instant now, const DeployLimits& limits);

/// Saved before the action is performed, so that a crash in its middle is known afterwards.
Deployment before_action(Deployment deployment, const DeployAction& action, Instant now);

std::string describe(const DeployAction& action, const Deployment& deployment);

}  // namespace certmgr
