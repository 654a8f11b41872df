// SPDX-License-Identifier: MIT
#include "config/daemon_config.h"

#include "config/table_reader.h"

namespace certmgr::config {

DaemonEntry read_daemon(const toml::table& table, const std::string& path) {
  TableReader reader(table, "daemon", path);
  DaemonEntry entry;
  if (auto threads = reader.number("threads", 4, 512)) entry.threads = static_cast<int>(*threads);
  if (auto count = reader.number("deployments_at_once", 1, 256))
    entry.deployments_at_once = static_cast<int>(*count);
  if (auto seconds = reader.number("watch_every", 10, 30L * 86400))
    entry.watch_every = std::chrono::seconds(*seconds);
  if (auto seconds = reader.number("retry_deployment_after", 1, 86400))
    entry.retry_deployment_after = std::chrono::seconds(*seconds);
  if (auto days = reader.number("keep_alarms_days", 1, 3650)) entry.keep_alarms = std::chrono::days(*days);
  reader.finish();
  return entry;
}

}  // namespace certmgr::config
