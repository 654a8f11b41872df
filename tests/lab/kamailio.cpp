// SPDX-License-Identifier: MIT
#include "lab/kamailio.h"

#include <stdexcept>

#include "lab/ports.h"

namespace certmgr::lab {
namespace {

std::string tls_config(const KamailioOptions& options) {
  return "[server:default]\nmethod = TLSv1.2+\nverify_certificate = no\nrequire_certificate = no\n"
         "private_key = " +
         options.key.string() + "\ncertificate = " + options.fullchain.string() +
         "\n[client:default]\nmethod = TLSv1.2+\nverify_certificate = no\nrequire_certificate = no\n";
}

std::string config(const std::string& dir, int port) {
  return "#!KAMAILIO\n"
         "debug = 2\nlog_stderror = yes\nfork = yes\nchildren = 2\ntcp_children = 2\n"
         "dns = no\nrev_dns = no\nauto_aliases = no\nenable_tls = yes\n"
         "listen = tls:127.0.0.1:" +
         std::to_string(port) +
         "\n"
         "loadmodule \"tls.so\"\nloadmodule \"pv.so\"\nloadmodule \"sl.so\"\nloadmodule \"ctl.so\"\n"
         "modparam(\"tls\", \"config\", \"" +
         dir +
         "/tls.cfg\")\n"
         "modparam(\"ctl\", \"binrpc\", \"unix:" +
         dir +
         "/ctl\")\n"
         "request_route {\n  sl_send_reply(\"200\", \"OK\");\n  exit;\n}\n";
}

}  // namespace

Kamailio::Kamailio(const KamailioOptions& options) : port_(options.port != 0 ? options.port : free_port()) {
  write_file(tls_config_file(), tls_config(options));
  write_file(dir_ / "kamailio.cfg", config(dir_.path().string(), port_));
  process_.emplace(
      ProcessOptions{.command = {find_program("kamailio").string(), "-f", (dir_ / "kamailio.cfg").string(),
                                 "-DD", "-E", "-m", "64", "-M", "8", "-w", dir_.path().string(), "-Y",
                                 dir_.path().string(), "-P", (dir_ / "kamailio.pid").string()},
                     .environment = own_environment(),
                     .output = dir_ / "kamailio.log"});
  const bool up = wait_until([&] {
    return !process_->running() ||
           (std::filesystem::exists(dir_ / "ctl") && port_accepts("127.0.0.1", port_));
  });
  if (!up || !process_->running()) throw std::runtime_error("kamailio did not start:\n" + log());
}

}  // namespace certmgr::lab
