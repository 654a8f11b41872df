// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "answers/enrollment_door.h"
#include "certmgr/ports/daemon_presence.h"
#include "certmgr/services/application.h"
#include "cli/output.h"

namespace certmgr::cli {

/// A token for the daemon's HTTP API.
struct PersonToken {
  std::string token;  // a secret
  std::string hash;   // what stands of it in the configuration
};

/// What main() brings along, because the command line knows services only.
struct WaysIn {
  /// `self`: the daemon this process is, which need not ring itself.
  std::function<std::unique_ptr<Application>(const GlobalOptions&, const Output&,
                                             std::optional<DaemonRole> self)>
      compose;
  /// On the store there is, or on a throw-away one: nothing is made.
  std::function<std::unique_ptr<Application>(const GlobalOptions&, const Output&)> compose_to_look;
  /// On a throw-away store, with these CAs.
  std::function<std::unique_ptr<Application>(const GlobalOptions&, std::vector<CaEntry>)> rehearse;
  /// Where the store is closed to this user, or `socket` names one: the daemon's door. Else nullptr.
  std::function<std::unique_ptr<answers::EnrollmentDoor>(const GlobalOptions&, const Output&,
                                                         const std::string& socket)>
      enrollment_door;
  /// Throws Failure for what is no name of a person.
  std::function<PersonToken(const std::string& person)> new_token;
  std::function<int(DaemonRole, bool once, const std::function<std::unique_ptr<Application>()>&, Progress&)>
      run_daemon;
};

/// A wrong path must not leave a new, empty store and a key there. Empty: the configured one. Throws Failure
/// (kind usage).
void refuse_missing_store(const std::string& named);

/// What a command gets to work with. The application is composed (configuration read, store opened)
/// at the first call of `app`, so that --help and wrong usage touch nothing.
class Session {
 public:
  Session(const GlobalOptions& options, const Output& out, const WaysIn& ways)
      : output(out), options_(options), ways_(ways) {}

  /// For commands that read or change what is there: a store named with --store must exist.
  Application& app() {
    if (!app_) refuse_missing_store(options_.store);
    return app_to_add();
  }
  /// For commands that add something: a store that is not there is made.
  Application& app_to_add() {
    if (!app_) app_ = ways_.compose(options_, output, std::nullopt);
    return *app_;
  }
  /// For commands that only look, also where there is no store yet.
  Application& app_to_look() {
    if (!app_) app_ = ways_.compose_to_look(options_, output);
    return *app_;
  }
  /// For a rehearsal, beside the application itself.
  [[nodiscard]] std::unique_ptr<Application> rehearsal(std::vector<CaEntry> cas) const {
    return ways_.rehearse(options_, std::move(cas));
  }
  /// Somebody else to ask, where this process cannot answer itself; nullptr where it can.
  [[nodiscard]] std::unique_ptr<answers::EnrollmentDoor> enrollment_door(const std::string& socket) const {
    return ways_.enrollment_door(options_, output, socket);
  }
  [[nodiscard]] PersonToken new_token(const std::string& person) const { return ways_.new_token(person); }
  /// Returns the exit code.
  int run_daemon(DaemonRole role, bool once, Progress& progress) {
    return ways_.run_daemon(
        role, once, [this, role] { return ways_.compose(options_, output, role); }, progress);
  }

  const Output& output;

 private:
  const GlobalOptions& options_;
  const WaysIn& ways_;
  std::unique_ptr<Application> app_;
};

/// Runs a command and returns the exit code.
using Action = std::function<int(Session&)>;

/// Adds a command to `parent`; when it was given on the command line, `chosen` becomes its action. One
/// function per file cmd_NAME.cpp.
using AddCommand = void (*)(CLI::App& parent, Action& chosen);

void add_issue(CLI::App& parent, Action& chosen);
void add_authorize(CLI::App& parent, Action& chosen);
void add_renew(CLI::App& parent, Action& chosen);
void add_revoke(CLI::App& parent, Action& chosen);
void add_list(CLI::App& parent, Action& chosen);
void add_show(CLI::App& parent, Action& chosen);
void add_export(CLI::App& parent, Action& chosen);
void add_deploy(CLI::App& parent, Action& chosen);
void add_server(CLI::App& parent, Action& chosen);
void add_account(CLI::App& parent, Action& chosen);
void add_ca(CLI::App& parent, Action& chosen);
void add_apply(CLI::App& parent, Action& chosen);
void add_delete(CLI::App& parent, Action& chosen);
void add_db(CLI::App& parent, Action& chosen);
void add_notify(CLI::App& parent, Action& chosen);
void add_daemon(CLI::App& parent, Action& chosen);
void add_status(CLI::App& parent, Action& chosen);
void add_history(CLI::App& parent, Action& chosen);
void add_limits(CLI::App& parent, Action& chosen);
void add_org(CLI::App& parent, Action& chosen);
void add_enrollment(CLI::App& parent, Action& chosen);
void add_token(CLI::App& parent, Action& chosen);
void add_doctor(CLI::App& parent, Action& chosen);

}  // namespace certmgr::cli
