// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/instant.h"

namespace certmgr {

enum class TaskKind {
  order,         // an open order
  deployment,    // an open deployment
  renewal,       // the upkeep of a certificate; subject: the certificate
  watch,         // the watch over a server's listeners; subject: the server
  revocation,    // asking the CA whether it revoked; subject: the certificate
  delivery,      // a message to be sent
  pruning,       // alarms that are long over; subject: 0
  organization,  // the clocks of its validations; subject: the organization
  renewal_info,  // asking the CA when it suggests to renew; subject: the certificate
  enrollment,    // an enrollment that is not final
};
/// Every kind, in the order above.
inline constexpr std::array kTaskKinds{TaskKind::order,     TaskKind::deployment,   TaskKind::renewal,
                                       TaskKind::watch,     TaskKind::revocation,   TaskKind::delivery,
                                       TaskKind::pruning,   TaskKind::organization, TaskKind::renewal_info,
                                       TaskKind::enrollment};

/// "order", "deployment", ...: the word of metrics and of the store.
constexpr std::string_view to_string(TaskKind kind) {
  switch (kind) {
    case TaskKind::order:
      return "order";
    case TaskKind::deployment:
      return "deployment";
    case TaskKind::renewal:
      return "renewal";
    case TaskKind::watch:
      return "watch";
    case TaskKind::revocation:
      return "revocation";
    case TaskKind::delivery:
      return "delivery";
    case TaskKind::pruning:
      return "pruning";
    case TaskKind::organization:
      return "organization";
    case TaskKind::renewal_info:
      return "renewal_info";
    case TaskKind::enrollment:
      return "enrollment";
  }
  return "";
}

/// One thing that waits. `due_at` follows its wake_at.
struct TaskRef {
  TaskKind kind = TaskKind::order;
  std::int64_t subject_id = 0;
  bool operator==(const TaskRef&) const = default;
};

enum class ClaimResult {
  claimed,
  not_due,  // see due_at
  held,     // another live process works on it, or on its lane
  gone,     // final
};

struct Claim {
  ClaimResult result = ClaimResult::gone;
  Instant due_at;
  std::string holder;  // for people, when held: "pid 4711"
};

/// A task that was claimed together with others.
struct DueTask {
  TaskRef task;
  Instant due_at;
};

/// How the tasks of one party (a CA, the servers, a channel) stand. Only those that nobody works on.
struct PartyOutlook {
  std::string party;  // "ca:NAME", "deploy", "renewal", "watch", "revocation", "pruning", "organization",
                      // "enrollment", "notify:CHANNEL"
  Instant earliest;   // due_at of the first one
};

/// Leases on tasks, shared by every process on the store. At most one lease per lane (a server, a
/// certificate) is out at a time. Thread-safe; throws Failure like the stores.
class TaskQueue {
 public:
  virtual ~TaskQueue() = default;
  /// Takes the task for this process until now + `lease`. A lease whose process is dead is taken
  /// over at once on the same host, otherwise after it has run out. `ignore_due`: a person asked.
  virtual Claim claim(TaskRef task, Instant now, Duration lease, bool ignore_due) = 0;
  /// What `claim` would find, without taking it: `claimed` means that it is free.
  virtual Claim look(TaskRef task, Instant now) = 0;
  virtual void extend(TaskRef task, Instant until) = 0;
  virtual void release(TaskRef task) = 0;

  // For the scheduler, which takes what is due without knowing it before.

  /// Takes up to `limit` tasks of the party that are due and whose lane is free, the longest due first.
  virtual std::vector<DueTask> claim_due(const std::string& party, Instant now, Duration lease,
                                         int limit) = 0;
  virtual std::vector<PartyOutlook> outlook() = 0;
  /// Takes back the leases of dead processes and those that ran out. True if other processes, alive,
  /// hold leases.
  virtual bool reap(Instant now) = 0;
  virtual void release_all(const std::vector<TaskRef>& tasks) = 0;
  /// Gives the lease back; the task is not due before `at`, though it was due before.
  virtual void postpone(TaskRef task, Instant at) = 0;
};

}  // namespace certmgr
