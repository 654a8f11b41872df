// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/fleet.h"

namespace certmgr {

enum class FleetPart { ca, server, certificate, organization };
std::string_view to_string(FleetPart part);

enum class FleetAction { create, change, remove, unchanged };
std::string_view to_string(FleetAction action);

/// What is to happen to one CA, server, organization or certificate.
struct FleetChange {
  FleetPart part = FleetPart::certificate;
  FleetAction action = FleetAction::unchanged;
  std::string name;
  std::vector<std::string> differences;   // of a change: "key_type: ecdsa-p256 -> rsa-2048"
  std::size_t wanted = 0;                 // index in the wanted fleet, unless `remove`
  std::size_t present = 0;                // index in the present one, unless `create`
  bool respecified = true;                // of a certificate: more than its servers differs
  std::vector<std::string> effects = {};  // what else happens: "suspends the ov validation at sectigo"
  bool operator==(const FleetChange&) const = default;
};

struct FleetCounts {
  std::size_t create = 0;
  std::size_t change = 0;
  std::size_t remove = 0;
  std::size_t unchanged = 0;
  bool operator==(const FleetCounts&) const = default;
};

/// How to get from the present fleet to the wanted one.
struct FleetPlan {
  /// CAs, servers, organizations, certificates, so that each finds what it needs; then what goes, in the
  /// reverse order.
  std::vector<FleetChange> changes;
  FleetCounts counts;
  // Present, not wanted, and not to be removed.
  std::size_t cas_left = 0;
  std::size_t servers_left = 0;
  std::size_t certificates_left = 0;
  std::size_t organizations_left = 0;

  [[nodiscard]] bool empty() const { return counts.create + counts.change + counts.remove == 0; }
};

/// Compares by name. With `prune`, what is present and not wanted is removed; else it is left alone. Names
/// are unique within each fleet. Pure; takes n log n steps.
FleetPlan plan_fleet(const Fleet& wanted, const Fleet& present, bool prune);

}  // namespace certmgr
