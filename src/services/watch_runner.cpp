// SPDX-License-Identifier: MIT
#include "certmgr/services/watch_runner.h"

#include "services/listeners.h"
#include "services/watch_words.h"

namespace certmgr {
namespace {

/// Somebody deployed between the two.
bool moved_on(const std::optional<Deployment>& before, const std::optional<Deployment>& after) {
  if (before.has_value() != after.has_value()) return true;
  return before && (before->id != after->id || before->revision != after->revision);
}

}  // namespace

WatchRunner::Context WatchRunner::load(const Server& server) {
  Context context{server, std::nullopt, std::nullopt, {}};
  context.facts.has_targets = !server.verify.empty();
  // A server has one certificate. Should there be more, what was deployed last is what it reads.
  for (auto& certificate : parts_.certificates.certificates_on(server.id)) {
    auto last = parts_.deployments.last_deployment(certificate.id, server.id);
    if (!last || (context.facts.last && context.facts.last->id > last->id)) continue;
    context.facts.last = std::move(last);
    context.certificate = std::move(certificate);
  }
  if (!context.facts.last) return context;
  context.version = parts_.certificates.version(context.facts.last->version_id);
  if (!context.version) return context;
  context.facts.expected = context.version->fingerprint;
  context.facts.not_after = context.version->not_after;
  const auto current = parts_.certificates.current(context.certificate->id);
  context.facts.current = current && current->id == context.version->id;
  return context;
}

StepResult WatchRunner::step(std::int64_t server_id, Progress& progress) {
  const auto server = parts_.servers.server(server_id);
  if (!server) return {.finished = true, .wake_at = {}, .trouble = {}};
  Context context = load(*server);
  Watch fresh;
  fresh.server_id = server_id;
  const Watch before = parts_.watches.watch(server_id).value_or(fresh);
  auto step = look_after(before, context.facts, policy_, parts_.clock.now(), parts_.clock.jitter());
  if (std::holds_alternative<LookAtListeners>(step.action)) {
    auto after_look = look(context, std::move(step.watch), progress);
    if (!after_look) return {.finished = false, .wake_at = parts_.clock.now(), .trouble = {}};
    step = std::move(*after_look);
  }
  return settle(context, before, std::move(step));
}

/// Nothing when somebody deployed during the look: what was seen may be from before or from after.
std::optional<WatchStep> WatchRunner::look(Context& context, Watch watch, Progress& progress) {
  progress.step(context.server.name, "looking at its listeners");
  auto served = look_at_listeners(context.server, context.certificate->spec.identifiers, parts_.prober);
  Context now = load(context.server);
  if (moved_on(context.facts.last, now.facts.last)) return std::nullopt;
  context = std::move(now);
  for (const auto& one : served) {
    if (one.fingerprint == context.facts.expected) continue;
    progress.warn(
        context.server.name,
        one.target + (one.fingerprint.empty() ? " gives no handshake: " + one.trouble
                                              : " presents " + one.subject + " issued by " + one.issuer +
                                                    ", which is not what was deployed"));
  }
  return looked(std::move(watch), context.facts, std::move(served), policy_, parts_.clock.now(),
                parts_.clock.jitter());
}

StepResult WatchRunner::settle(const Context& context, const Watch& before, WatchStep step) {
  static const std::string none;
  const std::string& label = context.certificate ? context.certificate->spec.label : none;
  const WatchWords words{context.server.name, label, context.facts};
  // Alarms before the save: killed in between, the step is done again and says the same.
  tell(context, before, step.watch);
  parts_.watches.save_watch(step.watch, words.event(before, step));
  if (const auto* again = std::get_if<DeployAgain>(&step.action)) deploy(context, again->reason);
  // A deployment that ended just before the save has woken a watch that the save put to sleep again.
  if (has_unjudged_end(step.watch, load(context.server).facts.last)) {
    step.watch.wake_at = parts_.clock.now();
    parts_.watches.save_watch(step.watch, std::nullopt);
  }
  return {.finished = false, .wake_at = step.watch.wake_at, .trouble = {}};
}

void WatchRunner::tell(const Context& context, const Watch& before, const Watch& after) {
  static const std::string none;
  const std::string& label = context.certificate ? context.certificate->spec.label : none;
  const WatchWords words{context.server.name, label, context.facts};
  const auto open = alarms_of(before, policy_);
  const auto wanted = alarms_of(after, policy_);
  const auto newer = [&](AlarmKind kind) {
    if (kind == AlarmKind::deployment_failed) return before.failures != after.failures;
    if (kind == AlarmKind::listener_wrong) return before.repairs != after.repairs;
    return before.unreachable_looks != after.unreachable_looks;
  };
  for (const auto kind : wanted)
    if (!open.contains(kind) || newer(kind)) parts_.alarms.raise(words.alarm(kind, after));
  for (const auto kind : open)
    if (!wanted.contains(kind)) parts_.alarms.clear(kind, context.server.name);
}

void WatchRunner::deploy(const Context& context, const std::string& reason) {
  Deployment deployment;
  deployment.version_id = context.version->id;
  deployment.server_id = context.server.id;
  deployment.reason = reason;
  deployment.created_at = deployment.entered_at = deployment.wake_at = parts_.clock.now();
  try {
    static_cast<void>(parts_.deployments.open_deployment(
        deployment, {"deployment.pending",
                     context.certificate->spec.label,
                     {{"server", context.server.name}, {"reason", reason}}}));
  } catch (const Failure& failure) {
    // A newer version came this moment: it is deployed by whoever obtained it.
    if (failure.trouble().code != "conflict") throw;
  }
}

}  // namespace certmgr
