// SPDX-License-Identifier: MIT
#include "certmgr/services/certificate_desk.h"

#include <algorithm>

#include "certmgr/domain/ca_choice.h"
#include "services/not_yet_valid.h"
#include "services/on_conflict.h"

namespace certmgr {
namespace {

/// However long the CA took, a deployment that was begun is given the time for a slow hook and the way back.
constexpr Duration kDeployAtLeast = std::chrono::minutes(3);

bool deployed_ok(const DeployResult& result) {
  return result.deployment && std::holds_alternative<Verified>(result.deployment->state);
}

/// Why a deployment that is not verified is not.
Trouble deployment_trouble(const DeployResult& result, const std::string& label) {
  if (result.deployment) {
    const Trouble* cause = nullptr;
    if (const auto* s = std::get_if<RolledBack>(&result.deployment->state)) cause = &s->cause;
    if (const auto* s = std::get_if<DeployFailed>(&result.deployment->state)) cause = &s->cause;
    if (cause != nullptr) {
      const bool back = std::holds_alternative<RolledBack>(result.deployment->state);
      Trouble trouble = *cause;
      trouble.what = "cannot deploy " + label + " to " + result.server.name + ": " + trouble.what +
                     (back ? " (the old files are back in place)" : "");
      if (trouble.detail.empty()) trouble.detail = result.deployment->hook_output;
      return trouble;
    }
  }
  return {.kind = TroubleKind::waiting,
          .code = "deployment_waiting",
          .what = "cannot deploy " + label + " to " + result.server.name,
          .why = result.deployment ? "it is still " + std::string(name_of(result.deployment->state))
                                   : "it was not started",
          .hint = "run 'certmgr deploy " + label + " --server " + result.server.name + "' again"};
}

Trouble combine(const std::vector<DeployResult>& results, const std::string& label) {
  std::optional<Trouble> first;
  for (const auto& result : results) {
    if (deployed_ok(result)) continue;
    Trouble trouble = deployment_trouble(result, label);
    if (!first) {
      first = std::move(trouble);
      continue;
    }
    first->why += "; also " + trouble.message();
    first->detail += trouble.detail;
  }
  return first.value_or(Trouble{});
}

Trouble still_waiting(const TaskReport& task, const Order& order) {
  Trouble trouble{.kind = TroubleKind::waiting, .code = "waiting"};
  trouble.what = "the certificate " + order.spec.label + " is not there yet";
  if (task.end == TaskReport::End::held)
    trouble.why = task.holder + " is working on it";
  else if (order.last_trouble)
    trouble.why = order.last_trouble->message();
  else
    trouble.why =
        "the CA " + order.spec.ca + " has not finished (state " + std::string(name_of(order.state)) + ")";
  trouble.retry_at = task.wake_at;
  trouble.hint = "the order is kept; run the same command again after " + to_rfc3339(task.wake_at);
  // It need not be waited for in vain.
  const bool refused =
      std::holds_alternative<Ready>(order.state) || std::holds_alternative<AwaitingCa>(order.state);
  if (refused && order.last_trouble && order.last_trouble->kind == TroubleKind::transient)
    trouble.hint += "; " + order.last_trouble->hint;
  if (order.last_trouble) trouble.detail = order.last_trouble->detail;
  return trouble;
}

/// Worth another order at once. The CA looked for proofs after the run that had promised them was killed,
/// which says nothing about the names, and such an order cannot be taken up again (RFC 8555 section 7.1.6),
/// only placed anew; or it did not accept one way of proof, and there is another; or there is another CA.
bool try_again(const Order& resumed, const IssueReport& report, Instant now) {
  if (report.end != IssueReport::End::failed || !report.trouble) return false;
  if (report.order && has_another_ca(*report.order, now)) return true;
  if (!is_unproven(*report.trouble)) return false;
  return !resumed.published.empty() || (report.order && has_another_way(*report.order));
}

}  // namespace

CertificateDesk::CertificateDesk(Parts parts, IssueDefaults defaults)
    : parts_(std::move(parts)), defaults_(std::move(defaults)) {}

IssueReport CertificateDesk::issue(const IssueRequest& request, Progress& progress) {
  const CertificateSpec spec = check_request(request);
  const auto servers = known_servers(request.servers);
  const auto known = parts_.certificates.find(spec.label);
  if (is_decided(spec, known)) parts_.enrollments->check(spec, known, request.by());
  const bool checked = request.preflight && parts_.preflight != nullptr && will_order(spec);
  const bool clock_unseen = checked && look_ahead(spec, progress);
  const auto wished = keep(spec, known, request.by);
  const auto& certificate = wished.certificate;
  const auto attached = parts_.certificates.servers_of(certificate.id);
  for (const auto& server : servers) {
    if (std::any_of(attached.begin(), attached.end(), [&](const Server& s) { return s.id == server.id; }))
      continue;
    parts_.certificates.attach(certificate.id, server.id,
                               {"certificate.attached", spec.label, {{"server", server.name}}});
  }
  if (is_enrolled(spec)) return enroll(wished, request.timeout, progress);
  if (!request.wait) return leave_to_daemon(certificate, request.deploy, progress);
  auto report = carry_out(certificate, false, request.deploy, request.timeout, progress);
  if (clock_unseen && report.issued) look_at_clock(spec, progress);
  return report;
}

IssueReport CertificateDesk::leave_to_daemon(const Certificate& certificate, bool deploy,
                                             Progress& progress) {
  IssueReport report;
  report.certificate = certificate;
  report.order = order_for(certificate, false, deploy, progress);
  report.version = parts_.certificates.current(certificate.id);
  const bool deployed = !report.version || !deploy || deployments_succeeded(certificate, *report.version);
  if (!report.order && deployed) return report;
  const auto daemon = parts_.daemons.serving(TaskKind::order);
  report.end = IssueReport::End::waiting;
  report.trouble =
      Trouble{.kind = TroubleKind::waiting,
              .code = "handed_over",
              .what = "the certificate " + certificate.spec.label + " is not there yet",
              .why = daemon ? "the daemon (" + *daemon + ") is to obtain and deploy it"
                            : "no daemon runs on this store",
              .hint = daemon ? "see how it stands with 'certmgr show " + certificate.spec.label + "'"
                             : "start the daemon, or run 'certmgr daemon --once'"};
  return report;
}

IssueReport CertificateDesk::renew(const std::string& label, bool force, Duration timeout, Progress& progress,
                                   const std::function<enrollment::Actor()>& by) {
  const Certificate certificate = existing(label);
  if (is_enrolled(certificate.spec)) {
    const auto wished = again_on_conflict([&] {
      const auto now = existing(label);
      return wish(now.spec, now, force, by());
    });
    return enroll(wished, timeout, progress);
  }
  if (!force) ask_when_to_renew(certificate, true, progress);
  return carry_out(certificate, force, true, timeout, progress);
}

IssueReport CertificateDesk::carry_out(const Certificate& certificate, bool force, bool deploy,
                                       Duration timeout, Progress& progress) {
  IssueReport report;
  report.certificate = certificate;
  const Instant begun = parts_.clock.now();
  const Instant deadline = begun + timeout;
  auto order = order_for(certificate, force, deploy, progress);
  bool arrived = !order || run_order(*order, deadline, report, progress);
  while (order && try_again(*order, report, parts_.clock.now())) {
    progress.warn(certificate.spec.label, report.trouble->message());
    report.end = IssueReport::End::done;
    report.trouble.reset();
    order = open_order(certificate, order->reason, deploy);
    arrived = run_order(*order, deadline, report, progress);
  }
  report.version = parts_.certificates.current(certificate.id);
  if (!arrived || !deploy || !report.version) return report;
  if (!has_begun(*report.version, parts_.clock.now())) {
    if (parts_.certificates.servers_of(certificate.id).empty()) return report;
    report.end = IssueReport::End::waiting;
    report.trouble = not_valid_yet(certificate.spec.label, *report.version);
    return report;
  }
  run_deployments(parts_.certificates.servers_of(certificate.id),
                  report.order ? report.order->reason : "issue", begun, deadline, report, progress);
  return report;
}

std::optional<Order> CertificateDesk::order_for(const Certificate& certificate, bool force, bool deploy,
                                                Progress& progress) {
  if (auto open = parts_.orders.open_order(certificate.id)) {
    // An order was told once which ancestor it may ask for.
    const bool serves = !needs_new_order(*open, certificate.spec) &&
                        open->spec.ancestor_domain == certificate.spec.ancestor_domain;
    if (serves && !proven_differently(open->spec, certificate.spec)) return open;
    if (serves) return parts_.order_runner.change_challenge(std::move(*open), certificate.spec, progress);
    parts_.order_runner.withdraw(std::move(*open), progress);
  }
  const auto current = parts_.certificates.current(certificate.id);
  const auto made_for = parts_.orders.last_issued(certificate.id);
  const bool fits = current && made_for && !needs_new_order(*made_for, certificate.spec);
  if (fits && !force && !is_due(certificate, *current)) return std::nullopt;
  return open_order(certificate, current ? "renew" : "issue", deploy);
}

Order CertificateDesk::open_order(const Certificate& certificate, const std::string& reason, bool deploy) {
  const auto last = parts_.orders.last_order(certificate.id);
  Order order = draft_order(certificate, defaults_.fallback_cas, last, parts_.clock.now());
  order.reason = reason;
  order.deploy = deploy;
  const auto current = parts_.certificates.current(certificate.id);
  if (current) order.needed_by = current->not_after;
  order.replaces = replaceable(order.spec, current, parts_.orders.last_issued(certificate.id), last);
  return parts_.orders.open(order, opened_event(order));
}

bool CertificateDesk::run_order(const Order& order, Instant deadline, IssueReport& report,
                                Progress& progress) {
  parts_.order_runner.hurry(order.id);
  RunLimits limits;
  limits.deadline = deadline;
  limits.person_asked = true;
  limits.follow = {order.spec.label};
  const auto tasks = parts_.engine.run({{TaskKind::order, order.id}}, limits, progress);
  report.order = parts_.orders.order(order.id);
  const Order& now = report.order ? *report.order : order;
  if (std::holds_alternative<Issued>(now.state)) {
    report.issued = true;
    return true;
  }
  if (is_final(now.state)) {
    report.end = IssueReport::End::failed;
    if (const auto* failed = std::get_if<Failed>(&now.state)) report.trouble = failed->trouble;
    if (const auto* kept = std::get_if<Quarantined>(&now.state)) report.trouble = kept->trouble;
    if (!report.trouble)
      report.trouble = Trouble{.kind = TroubleKind::permanent,
                               .code = "withdrawn",
                               .what = "the order for " + now.spec.label + " was withdrawn",
                               .why = "another command changed the certificate meanwhile",
                               .hint = "run the command again"};
    return false;
  }
  const TaskReport& task = tasks.front();
  if (task.end == TaskReport::End::stuck) {
    report.end = IssueReport::End::failed;
    report.trouble = task.trouble;
    return false;
  }
  report.end = IssueReport::End::waiting;
  report.trouble = still_waiting(task, now);
  return false;
}

void CertificateDesk::run_deployments(const std::vector<Server>& servers, const std::string& reason,
                                      Instant begun, Instant deadline, IssueReport& report,
                                      Progress& progress) {
  const auto& label = report.certificate->spec.label;
  std::vector<TaskRef> tasks;
  std::vector<std::int64_t> ids;
  for (const auto& server : servers) {
    DeployResult result{server, parts_.deployments.last_deployment(report.certificate->id, server.id)};
    // One that a daemon has begun meanwhile is told of, also when it failed: it is not done twice in a row.
    const bool ended_meanwhile =
        result.deployment && is_final(result.deployment->state) && result.deployment->created_at >= begun;
    const bool there = result.deployment && result.deployment->version_id == report.version->id &&
                       (deployed_ok(result) || ended_meanwhile) && reason != "manual";
    if (!there) {
      Deployment deployment;
      deployment.version_id = report.version->id;
      deployment.server_id = server.id;
      deployment.reason = reason;
      deployment.created_at = deployment.entered_at = deployment.wake_at = parts_.clock.now();
      result.deployment = parts_.deployments.open_deployment(
          deployment, {"deployment.pending", label, {{"server", server.name}}});
      tasks.push_back({TaskKind::deployment, result.deployment->id});
    }
    report.deployments.push_back(std::move(result));
  }
  if (!tasks.empty()) {
    RunLimits limits;
    limits.deadline = std::max(deadline, parts_.clock.now() + kDeployAtLeast);
    limits.person_asked = true;
    limits.follow = {label};
    static_cast<void>(parts_.engine.run(tasks, limits, progress));
    report.deployed = true;
  }
  for (auto& result : report.deployments)
    if (result.deployment) result.deployment = parts_.deployments.deployment(result.deployment->id);
  if (std::all_of(report.deployments.begin(), report.deployments.end(), deployed_ok)) return;
  report.end = IssueReport::End::deploy_failed;
  report.trouble = combine(report.deployments, label);
}

IssueReport CertificateDesk::deploy(const std::string& label, const std::string& server, Duration timeout,
                                    Progress& progress) {
  IssueReport report;
  report.certificate = existing(label);
  report.version = parts_.certificates.current(report.certificate->id);
  if (!report.version)
    throw Failure({.kind = TroubleKind::usage,
                   .code = "nothing_to_deploy",
                   .what = "cannot deploy " + label,
                   .why = "no certificate has been issued for it yet",
                   .hint = "obtain it with 'certmgr issue'"});
  if (is_revoked(*report.version))
    throw Failure({.kind = TroubleKind::usage,
                   .code = "revoked",
                   .what = "cannot deploy " + label,
                   .why = "its newest version, " + std::to_string(report.version->number) + ", was revoked",
                   .hint = "get a new one: certmgr renew " + label});
  if (!has_begun(*report.version, parts_.clock.now()))
    throw Failure({.kind = TroubleKind::usage,
                   .code = "not_valid_yet",
                   .what = "cannot deploy " + label + " yet",
                   .why = "its newest version, " + std::to_string(report.version->number) +
                          ", is valid from " + to_rfc3339(report.version->not_before) + " on",
                   .hint = "the daemon deploys it then; to have one now: certmgr issue ... --label " + label +
                           " --not-before ''"});
  auto servers = parts_.certificates.servers_of(report.certificate->id);
  if (!server.empty()) {
    const auto named = known_servers({server});
    refuse_taken(named, label);
    refuse_combined(named, report.certificate->spec);
    refuse_other_keys(named, report.certificate->spec);
    const bool attached =
        std::any_of(servers.begin(), servers.end(), [&](const Server& s) { return s.name == server; });
    if (!attached)
      parts_.certificates.attach(report.certificate->id, named.front().id,
                                 {"certificate.attached", label, {{"server", server}}});
    servers = named;
  }
  if (servers.empty())
    throw Failure({.kind = TroubleKind::usage,
                   .code = "nowhere_to_deploy",
                   .what = "cannot deploy " + label,
                   .why = "it has no server",
                   .hint = "name one: certmgr deploy " + label + " --server NAME"});
  const Instant now = parts_.clock.now();
  run_deployments(servers, "manual", now, now + timeout, report, progress);
  return report;
}

}  // namespace certmgr
