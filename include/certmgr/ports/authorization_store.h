// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/authorization.h"
#include "certmgr/domain/event.h"

namespace certmgr {

/// Authorizations that were proven before an order. Thread-safe; throws Failure like the other stores.
class AuthorizationStore {
 public:
  virtual ~AuthorizationStore() = default;
  /// The newest one for the name at the CA.
  virtual std::optional<Preauthorization> newest(const std::string& ca, const Identifier& identifier) = 0;
  /// Adds it, or changes the one with its URL.
  virtual void save_authorization(const Preauthorization& authorization, const EventDraft& event) = 0;
};

}  // namespace certmgr
