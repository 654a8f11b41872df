// SPDX-License-Identifier: MIT
#include "config/web_config.h"

#include "config/table_reader.h"

namespace certmgr::config {

WebEntry read_web(const toml::table& table, const std::string& path) {
  TableReader reader(table, "web", path);
  WebEntry web;
  if (auto listen = reader.text("listen")) web.listen = *listen;
  if (auto certificates = reader.flag("certificate_metrics")) web.certificate_metrics = *certificates;
  // What the address itself must look like is checked when it is listened on; a port is never left out.
  if (!web.listen.empty() && web.listen.find(':') == std::string::npos)
    reader.refuse("listen", "is not ADDR:PORT", "listen = \"127.0.0.1:9480\"");
  reader.finish();
  return web;
}

}  // namespace certmgr::config
