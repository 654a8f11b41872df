// SPDX-License-Identifier: MIT
#include "cli/status_view.h"

#include "certmgr/services/health.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

/// A daemon may do all of the work, or two of them may share it.
std::string daemon_of(const DaemonPresence& daemons) {
  const auto orders = daemons.serving(TaskKind::order);
  const auto deployments = daemons.serving(TaskKind::deployment);
  if (orders && deployments && *orders != *deployments)
    return *orders + " (certificates), " + *deployments + " (servers)";
  if (orders && deployments) return *orders;
  if (orders) return *orders + " (certificates only: nothing is deployed)";
  return deployments ? *deployments + " (servers only: nothing is renewed)" : std::string();
}

ordered_json time_or_null(const std::optional<Instant>& at) {
  return at ? ordered_json(to_rfc3339(*at)) : ordered_json();
}

ordered_json troubled_view(const TroubledCertificate& troubled) {
  return {{"label", troubled.line.label},
          {"ca", troubled.line.ca},
          {"state", troubled.line.state},
          {"not_after", time_or_null(troubled.line.not_after)},
          {"renew_at", time_or_null(troubled.line.renew_at)},
          {"failures", troubled.failures},
          {"next_at", to_rfc3339(troubled.wake_at)},
          {"trouble", troubled.trouble ? trouble_view(*troubled.trouble) : ordered_json()}};
}

ordered_json alarm_view(const Alarm& alarm) {
  return {{"kind", to_string(alarm.draft.kind)},
          {"subject", alarm.draft.subject},
          {"text", alarm.draft.text},
          {"hint", alarm.draft.hint},
          {"raised_at", to_rfc3339(alarm.raised_at)}};
}

}  // namespace

nlohmann::ordered_json status_view(const Status& status) {
  const auto& numbers = status.numbers;
  auto alarms = ordered_json::array();
  for (const auto& alarm : status.alarms) alarms.push_back(alarm_view(alarm));
  auto troubled = ordered_json::array();
  for (const auto& one : status.troubled) troubled.push_back(troubled_view(one));
  auto explained = ordered_json::array();
  for (const auto& [label, suggested] : status.explained)
    explained.push_back({{"label", label},
                         {"renew_at", to_rfc3339(suggested.renew_at)},
                         {"explanation_url", suggested.info.explanation_url}});
  return {{"healthy", status.findings.empty()},
          {"findings", status.findings},
          {"daemon", status.daemon.empty() ? ordered_json() : ordered_json(status.daemon)},
          {"certificates",
           {{"all", numbers.certificates},
            {"expired", numbers.expired},
            {"neglected", numbers.neglected},
            {"by_state", numbers.renewals}}},
          {"next_renewal", time_or_null(numbers.next_renewal)},
          {"listeners", numbers.watches},
          {"orders", numbers.open_orders},
          {"tasks",
           {{"waiting", numbers.waiting},
            {"due", numbers.due},
            {"leased", numbers.leased},
            {"oldest_due", time_or_null(numbers.oldest_due)},
            {"next_due", time_or_null(numbers.next_due)}}},
          {"orders_with_proofs_left", numbers.cleanups},
          {"open_alarms", numbers.open_alarms},
          {"alarms", std::move(alarms)},
          {"troubled", std::move(troubled)},
          {"explained_renewals", std::move(explained)}};
}

Status status_of(Application& app, int most) {
  Status status;
  const Instant now = app.clock().now();
  status.numbers = app.overview().numbers(now);
  status.troubled = app.overview().troubled(most);
  status.alarms = app.alarms().open_alarms();
  status.findings =
      health_findings(status.numbers, std::nullopt, halves_left_alone(status.numbers, app.daemons(), now));
  status.explained = app.renewal_infos().explained(most);
  status.daemon = daemon_of(app.daemons());
  return status;
}

}  // namespace certmgr::cli
