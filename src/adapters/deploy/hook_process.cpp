// SPDX-License-Identifier: MIT
#include "adapters/deploy/hook_process.h"

#include <cerrno>

#include "adapters/deploy/hook_environment.h"
#include "adapters/deploy/hook_file.h"
#include "adapters/deploy/lineage.h"
#include "platform/child_process.h"

namespace certmgr::deploy {
namespace {

Trouble hook_trouble(const HookCall& call, const std::string& path, std::string code) {
  Trouble trouble;
  trouble.code = std::move(code);
  trouble.what = "the hook " + path + " (" + call.phase + ") of " + call.server->name;
  return trouble;
}

Result<HookResult> judge(const HookCall& call, const std::string& path, Duration limit,
                         platform::ChildResult child) {
  switch (child.end) {
    case platform::ChildEnd::exited:
      return HookResult{child.exit_code, std::move(child.output)};
    case platform::ChildEnd::signalled: {
      Trouble trouble = hook_trouble(call, path, "hook_killed");
      trouble.kind = TroubleKind::transient;
      trouble.why = "was ended by " + platform::signal_name(child.signal);
      trouble.hint = "look at its output and at the system's log (out of memory?)";
      trouble.detail = std::move(child.output);
      return fail(trouble);
    }
    case platform::ChildEnd::timed_out: {
      Trouble trouble = hook_trouble(call, path, "hook_timeout");
      trouble.kind = TroubleKind::transient;
      trouble.why = "did not end within " + humanize(limit) + " and was stopped";
      trouble.hint = "does the server answer? Look at the hook's last output";
      trouble.detail = std::move(child.output);
      return fail(trouble);
    }
    case platform::ChildEnd::not_started:
      break;
  }
  Trouble trouble = hook_trouble(call, path, "hook_not_started");
  const bool passes = child.error == EAGAIN || child.error == ENOMEM || child.error == EMFILE ||
                      child.error == ENFILE || child.error == ETXTBSY;
  trouble.kind = passes ? TroubleKind::transient : TroubleKind::configuration;
  trouble.why = "could not be started: " + child.why;
  trouble.hint = passes ? "" : "look at the file: it must be a program, or a script with a #! line";
  return fail(trouble);
}

}  // namespace

HookProcess::HookProcess(std::string hooks_folder, std::string state_folder, Duration limit)
    : hooks_folder_(std::move(hooks_folder)), state_folder_(std::move(state_folder)), limit_(limit) {}

Result<std::string> HookProcess::hook_path(const Server& server) const {
  std::string path = server.hook;
  // A type of ours without its hook is a broken installation, and no reason to leave out the reload.
  if (path.empty() && server.type != "generic") path = hooks_folder_ + "/" + server.type;
  if (path.empty()) return path;
  if (auto usable = check_hook_file(path); !usable) return fail(usable.error());
  return path;
}

Result<HookResult> HookProcess::run(const HookCall& call) {
  auto path = hook_path(*call.server);
  if (!path) return fail(path.error());
  if (path->empty()) {
    Trouble trouble;
    trouble.kind = TroubleKind::usage;
    trouble.code = "no_hook";
    trouble.what = "cannot run a hook for " + call.server->name;
    trouble.why = "it has none";
    trouble.hint = "name one with 'certmgr server set NAME --hook FILE'";
    return fail(trouble);
  }
  // "describe" asks the hook about itself; there may be no files yet.
  if (call.phase != "describe")
    if (auto prepared = prepare_lineage(state_folder_, *call.server); !prepared)
      return fail(prepared.error());

  platform::ChildCommand command;
  command.program = *path;
  command.arguments = {call.phase};
  command.environment = hook_environment(call, lineage_folder(state_folder_, *call.server));
  command.limit = limit_;
  return judge(call, *path, limit_, platform::run_child(command));
}

}  // namespace certmgr::deploy
