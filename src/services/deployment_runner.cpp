// SPDX-License-Identifier: MIT
#include "certmgr/services/deployment_runner.h"

#include <algorithm>

#include "services/listeners.h"

namespace certmgr {
namespace {

constexpr int kHookNotNow = 75;  // EX_TEMPFAIL of sysexits(3)

Trouble gone(const char* what, std::int64_t id) {
  return {.kind = TroubleKind::store,
          .code = "not_found",
          .what = std::string(what) + " " + std::to_string(id) + " is not in the store",
          .why = "it was removed",
          .hint = "run the command again"};
}

EventDraft event_of(const Deployment& before, const Deployment& after, const std::string& label,
                    const std::string& server) {
  EventDraft event{"deployment." + std::string(name_of(after.state)), label, {}};
  event.data["server"] = server;
  event.data["deployment"] = std::to_string(after.id);
  if (name_of(before.state) != name_of(after.state)) event.data["from"] = name_of(before.state);
  const auto cause = [&](const Trouble& trouble) {
    event.data["trouble"] = trouble.message();
    event.data["code"] = trouble.code;
  };
  if (const auto* s = std::get_if<RollingBack>(&after.state)) cause(s->cause);
  if (const auto* s = std::get_if<RolledBack>(&after.state)) cause(s->cause);
  if (const auto* s = std::get_if<DeployFailed>(&after.state)) cause(s->cause);
  return event;
}

/// The last lines of a hook's output, for the error's one-line reason.
std::string last_line(const std::string& output) {
  std::size_t end = output.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return "it printed nothing";
  const auto begin = output.find_last_of('\n', end);
  std::string line = output.substr(begin == std::string::npos ? 0 : begin + 1,
                                   end - (begin == std::string::npos ? 0 : begin + 1) + 1);
  if (line.size() > 300) line = line.substr(0, 300) + "...";
  return line;
}

/// docs/hooks.md: a hook need not know why the same certificate comes again.
std::string reason_for_hook(const Deployment& deployment) {
  if (std::holds_alternative<RollingBack>(deployment.state)) return "rollback";
  return deployment.reason == "retry" || deployment.reason == "repair" ? "renew" : deployment.reason;
}

}  // namespace

DeploymentRunner::DeploymentRunner(DeploymentStore& deployments, CertificateStore& certificates,
                                   ServerStore& servers, Keyring& keyring, FilePlacer& placer,
                                   HookRunner& hooks, TlsProber& prober, const ServerSeal& seal, Clock& clock,
                                   DeployLimits limits)
    : deployments_(deployments),
      certificates_(certificates),
      servers_(servers),
      keyring_(keyring),
      placer_(placer),
      hooks_(hooks),
      prober_(prober),
      seal_(seal),
      clock_(clock),
      limits_(limits) {}

DeploymentRunner::Context DeploymentRunner::load(std::int64_t deployment_id) {
  auto deployment = deployments_.deployment(deployment_id);
  if (!deployment) throw Failure(gone("deployment", deployment_id));
  auto version = certificates_.version(deployment->version_id);
  if (!version) throw Failure(gone("version", deployment->version_id));
  auto certificate = certificates_.certificate(version->certificate_id);
  if (!certificate) throw Failure(gone("certificate", version->certificate_id));
  auto server = servers_.server(deployment->server_id);
  Server missing;
  missing.name = "(removed)";
  auto key = certificates_.key(version->key_id);
  Server placed = server.value_or(missing);
  // A key that is elsewhere is in the server's file already, and neither written nor kept nor removed.
  if (key && is_elsewhere(*key)) placed.files.key.clear();
  return {std::move(*deployment),   std::move(*version), std::move(*certificate),
          server.value_or(missing), std::move(placed),   std::move(key)};
}

StepResult DeploymentRunner::end_without_server(const Deployment& deployment) {
  Deployment ended = deployment;
  ended.state = DeployFailed{{.kind = TroubleKind::permanent,
                              .code = "server_removed",
                              .what = "cannot deploy",
                              .why = "the server was removed from certmgr meanwhile",
                              .hint = "register it again with 'certmgr server add'"}};
  static_cast<void>(
      deployments_.save_deployment(ended, {"deployment.failed", "", {{"code", "server_removed"}}}));
  return {.finished = true, .wake_at = {}, .trouble = {}};
}

/// Whatever the store says is to be done there, nothing is: not even going back, as the old files' places
/// come from the same definition.
StepResult DeploymentRunner::refuse(const Context& context, const Trouble& trouble, Progress& progress) {
  progress.trouble(context.server.name, trouble);
  const Deployment after = apply(context.deployment, DeployTroubled{trouble, {}}, context.version.fingerprint,
                                 clock_.now(), limits_);
  const Deployment saved = commit(context.deployment, after, context);
  return {.finished = is_final(saved.state), .wake_at = saved.wake_at, .trouble = {}};
}

StepResult DeploymentRunner::step(std::int64_t deployment_id, Progress& progress) {
  Context context = load(deployment_id);
  if (context.server.id == 0 && !is_final(context.deployment.state))
    return end_without_server(context.deployment);
  if (!is_final(context.deployment.state))
    if (const auto vouched = seal_.check(context.server); !vouched)
      return refuse(context, vouched.error(), progress);
  const std::string& expected = context.version.fingerprint;
  const auto action = decide(context.deployment, expected, clock_.now());
  if (std::holds_alternative<DeployNothing>(action)) return {.finished = true, .wake_at = {}, .trouble = {}};
  if (const auto* sleep = std::get_if<DeploySleep>(&action))
    return {.finished = false, .wake_at = sleep->at, .trouble = {}};

  if (context.deployment.attempts == 0)
    progress.step(context.server.name, describe(action, context.deployment));
  const Deployment during = before_action(context.deployment, action, clock_.now());
  if (name_of(during.state) != name_of(context.deployment.state))
    context.deployment = commit(context.deployment, during, context);
  const auto outcome = perform(action, context);
  const Deployment after = apply(context.deployment, outcome, expected, clock_.now(), limits_);
  const Deployment saved = commit(context.deployment, after, context);
  if (const auto* back = std::get_if<RolledBack>(&saved.state))
    progress.trouble(context.server.name, back->cause);
  if (const auto* lost = std::get_if<DeployFailed>(&saved.state))
    progress.trouble(context.server.name, lost->cause);
  return {.finished = is_final(saved.state), .wake_at = saved.wake_at, .trouble = {}};
}

Deployment DeploymentRunner::commit(const Deployment& before, const Deployment& after,
                                    const Context& context) {
  return deployments_.save_deployment(
      after, event_of(before, after, context.certificate.spec.label, context.server.name));
}

DeployOutcome DeploymentRunner::perform(const DeployAction& action, const Context& context) {
  auto outcome = try_action(action, context);
  if (outcome) return std::move(*outcome);
  Trouble trouble = std::move(outcome.error());
  return DeployTroubled{trouble, trouble.detail};
}

Result<Material> DeploymentRunner::material(const Context& context) {
  if (!context.key) return fail(gone("the key of version", context.version.id));
  auto parts = split_chain(context.version.chain_pem);
  if (is_elsewhere(*context.key)) return Material{"", std::move(parts.leaf_pem), std::move(parts.chain_pem)};
  auto pem = keyring_.private_key_pem(*context.key);
  if (!pem) return fail(std::move(pem.error()));
  return Material{std::move(*pem), std::move(parts.leaf_pem), std::move(parts.chain_pem)};
}

std::vector<Served> DeploymentRunner::look(const Context& context) {
  return look_at_listeners(context.server, context.certificate.spec.identifiers, prober_);
}

Result<DeployOutcome> DeploymentRunner::run_hook(const std::string& phase, const Context& context) {
  const auto path = hooks_.hook_path(context.server);
  if (!path) return fail(path.error());
  if (path->empty()) return HookDone{};
  const HookCall call{phase,
                      &context.server,
                      context.certificate.spec.label,
                      context.certificate.spec.identifiers,
                      context.version.fingerprint,
                      context.version.not_after,
                      reason_for_hook(context.deployment)};
  auto result = hooks_.run(call);
  if (!result) return fail(std::move(result.error()));
  if (result->exit_code == 0) return HookDone{std::move(result->output), false};
  if (result->exit_code == kHookNotNow) return HookDone{std::move(result->output), true};
  Trouble trouble{.kind = TroubleKind::permanent, .code = "hook_failed"};
  trouble.what = phase == "check" ? "the server's configuration check failed, it was not reloaded"
                                  : "the server was not reloaded";
  trouble.why = "hook " + *path + " " + phase + " exited " + std::to_string(result->exit_code) + ": " +
                last_line(result->output);
  trouble.hint = "repair what the hook's output names, then run 'certmgr deploy " +
                 context.certificate.spec.label + " --server " + context.server.name + "'";
  trouble.detail = std::move(result->output);
  return fail(std::move(trouble));
}

Result<DeployOutcome> DeploymentRunner::try_action(const DeployAction& action, const Context& context) {
  if (std::holds_alternative<CheckConfig>(action)) return run_hook("check", context);
  if (std::holds_alternative<ReloadServer>(action)) return run_hook("reload", context);
  if (std::holds_alternative<ProbeServed>(action)) return Observed{look(context), false};
  if (std::holds_alternative<RestoreFiles>(action))
    return placer_.restore(context.placed).map([]() -> DeployOutcome { return FilesRestored{}; });
  if (std::holds_alternative<DropBackups>(action))
    return placer_.drop_backups(context.placed).map([]() -> DeployOutcome { return BackupsDropped{}; });

  const auto pems = material(context);
  if (!pems) return fail(pems.error());
  if (std::holds_alternative<Observe>(action)) {
    // What cannot be read now will be named exactly when it is to be replaced.
    const bool current = placer_.holds(context.placed, *pems).value_or(false);
    return Observed{look(context), current};
  }
  return placer_.place(context.placed, *pems).map([]() -> DeployOutcome { return FilesPlaced{}; });
}

}  // namespace certmgr
