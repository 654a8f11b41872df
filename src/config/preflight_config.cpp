// SPDX-License-Identifier: MIT
#include "config/preflight_config.h"

#include "config/table_reader.h"

namespace certmgr::config {

PreflightEntry read_preflight(const toml::table& table, const std::string& path) {
  TableReader reader(table, "preflight", path);
  PreflightEntry entry;
  if (auto dns = reader.flag("dns")) entry.dns = *dns;
  if (auto port = reader.number("http_port", 1, 65535)) entry.http_port = static_cast<std::uint16_t>(*port);
  reader.finish();
  return entry;
}

}  // namespace certmgr::config
