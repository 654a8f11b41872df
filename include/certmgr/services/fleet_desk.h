// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/fleet_plan.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/fleet_source.h"
#include "certmgr/ports/fleet_store.h"
#include "certmgr/ports/name_encoder.h"
#include "certmgr/ports/progress.h"
#include "certmgr/ports/server_control.h"
#include "certmgr/ports/server_seal.h"
#include "certmgr/ports/store.h"
#include "certmgr/ports/task_queue.h"
#include "certmgr/services/certificate_desk.h"

namespace certmgr {

/// What a fleet file comes to, compared with the store as it was read.
struct FleetProposal {
  Fleet wanted;
  Fleet present;
  FleetPlan plan;
  std::vector<std::string> warnings;  // each a line; they hinder nothing
};

/// The fleet as a whole: what a file declares, and taking certificates away. Throws Failure (kind usage or
/// configuration) for what cannot be carried out, and for a broken store.
class FleetDesk {
 public:
  struct Parts {
    FleetSource& source;
    FleetStore& fleet;
    OrderStore& orders;
    const NameEncoder& names;
    FilePlacer& placer;
    HookRunner& hooks;
    const ServerSeal& seal;
    OrderRunner& order_runner;
    TaskQueue& tasks;
    Clock& clock;
  };
  /// `configured`: the CAs of the configuration, built-in ones included.
  FleetDesk(Parts parts, IssueDefaults defaults, std::vector<CaEntry> configured);

  /// Reads and checks the file, and compares it with the store. Changes nothing. One Failure tells of
  /// everything that is wrong in the file.
  FleetProposal propose(const std::string& path, bool prune);
  /// All of it or nothing.
  void carry_out(const FleetProposal& proposal, Progress& progress);
  /// Forgets the certificate with all its versions and keys.
  void remove(const Certificate& certificate, Progress& progress);

 private:
  void seal_servers(FleetProposal& proposal) const;
  void claim_lane(std::int64_t certificate_id, const std::string& label, std::vector<TaskRef>& claimed);
  void abandon_orders(std::int64_t certificate_id, const std::string& label, Progress& progress);

  Parts parts_;
  IssueDefaults defaults_;
  std::vector<CaEntry> configured_;
};

}  // namespace certmgr
