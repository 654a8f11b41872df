// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <optional>
#include <string_view>

#include "certmgr/ports/persons.h"

namespace certmgr::platform {

/// Of /proc/PID/loginuid; nothing where nobody has logged in: services, and text that is no number.
std::optional<uid_t> parse_login_uid(std::string_view text);

/// The login counts for root, who may be anybody who became root, and never against the user a process
/// belongs to: where no login is set, any process may set one.
uid_t acting_uid(std::optional<uid_t> login, uid_t real);

/// The Persons port over the kernel's login uid and the user database. Thread-safe.
class SystemPersons final : public Persons {
 public:
  Result<std::string> me() override;
  Result<std::string> caller(std::uint32_t uid) override;
  std::set<std::string> groups_of(const std::string& person) override;
};

}  // namespace certmgr::platform
