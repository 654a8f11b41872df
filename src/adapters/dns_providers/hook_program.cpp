// SPDX-License-Identifier: MIT
#include "adapters/dns_providers/hook_program.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "platform/child_process.h"
#include "platform/home_folder.h"
#include "platform/trusted_program.h"

namespace certmgr::dns_providers {
namespace {

constexpr int kNotNow = 75;  // EX_TEMPFAIL of sysexits(3)

Trouble hook_trouble(TroubleKind kind, std::string code, const HookRun& run, const std::string& why,
                     std::string hint) {
  return {.kind = kind,
          .code = std::move(code),
          .what = run.what,
          .why = run.program + " " + why,
          .hint = std::move(hint)};
}

Result<std::vector<std::string>> environment_of(const HookSettings& settings, const HookRun& run) {
  auto from_file = load_environment(settings.environment_file, run.what);
  if (!from_file) return fail(from_file.error());
  Variables all = {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
                   {"HOME", platform::home_folder()},
                   {"LANG", "C.UTF-8"}};
  const Variables& configured = *from_file;
  for (const auto* some : {&run.defaults, &configured, &run.variables})
    for (const auto& [name, value] : *some) all[name] = value;
  std::vector<std::string> lines;
  lines.reserve(all.size());
  for (const auto& [name, value] : all) lines.emplace_back(name).append("=").append(value);
  return lines;
}

Result<void> check_programs(const HookSettings& settings, const HookRun& run) {
  std::vector<std::string> all = run.scripts;
  all.push_back(run.program);
  for (const auto& path : all)
    if (const auto distrust = platform::distrust(path))
      return fail({.kind = TroubleKind::configuration,
                   .code = "dns_hook_unsafe",
                   .what = run.what,
                   .why = distrust->why,
                   .hint = distrust->cure + "; [dns." + settings.provider +
                           "] must name a program that only root can change"});
  return {};
}

Result<HookEnd> judge(const HookSettings& settings, const HookRun& run, platform::ChildResult child) {
  std::string output = child.output + child.answer;
  Trouble trouble;
  switch (child.end) {
    case platform::ChildEnd::exited:
      return HookEnd{child.exit_code, std::move(child.answer), std::move(output)};
    case platform::ChildEnd::signalled:
      trouble = hook_trouble(TroubleKind::transient, "dns_hook_killed", run,
                             "was ended by " + platform::signal_name(child.signal),
                             "look at its output and at the system's log (out of memory?)");
      break;
    case platform::ChildEnd::timed_out:
      trouble = hook_trouble(TroubleKind::transient, "dns_hook_timeout", run,
                             "did not end within " + humanize(settings.limit) + " and was stopped",
                             "look at its output, or raise timeout in [dns." + settings.provider + "]");
      break;
    case platform::ChildEnd::not_started: {
      const bool passes = child.error == EAGAIN || child.error == ENOMEM || child.error == EMFILE ||
                          child.error == ENFILE || child.error == ETXTBSY;
      trouble = hook_trouble(passes ? TroubleKind::transient : TroubleKind::configuration,
                             "dns_hook_not_started", run, "could not be started: " + child.why,
                             "it must be a program, or a script with a #! line");
      break;
    }
  }
  trouble.detail = std::move(output);
  return fail(trouble);
}

}  // namespace

Result<HookEnd> run_hook(const HookSettings& settings, const HookRun& run) {
  if (auto safe = check_programs(settings, run); !safe) return fail(safe.error());
  auto environment = environment_of(settings, run);
  if (!environment) return fail(environment.error());
  platform::ChildCommand command;
  command.program = run.program;
  command.arguments = run.arguments;
  command.environment = std::move(*environment);
  command.limit = settings.limit;
  command.answer_apart = true;
  return judge(settings, run, platform::run_child(command));
}

Result<void> expect_success(const HookSettings& settings, const HookRun& run, const Result<HookEnd>& end) {
  if (!end) return fail(end.error());
  if (end->exit_code == 0) return {};
  const bool later = end->exit_code == kNotNow;
  Trouble trouble = hook_trouble(
      later ? TroubleKind::transient : TroubleKind::permanent, "dns_hook_failed", run,
      "ended with status " + std::to_string(end->exit_code),
      later ? "it asks to be tried again later"
            : "look at its output; has it what it needs? [dns." + settings.provider + "] environment_file");
  trouble.detail = end->output;
  return fail(trouble);
}

}  // namespace certmgr::dns_providers
