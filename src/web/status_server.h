// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "certmgr/domain/trouble.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/daemon_presence.h"
#include "certmgr/ports/overview.h"
#include "certmgr/services/scheduler.h"
#include "platform/fd.h"
#include "web/enrollment_pages.h"
#include "web/http_server.h"
#include "web/metrics.h"

namespace certmgr::web {

/// What the server answers with. Everything must outlive it.
struct StatusSources {
  Overview& overview;
  Metrics& metrics;
  Clock& clock;
  const DaemonPresence& daemons;
  std::function<std::optional<Trouble>()> store_lost;
  std::function<SchedulerHealth()> scheduler;
  bool certificate_metrics = true;           // a series per certificate
  const EnrollmentPages* persons = nullptr;  // who come with a token; nullptr: there are no tokens
};

/// GET /metrics for Prometheus and GET /healthz for whoever must know whether somebody should look, until
/// it is destroyed; and the pages of enrollments for persons with a token. No TLS.
class StatusServer {
 public:
  /// `listening` is a socket that listens already.
  StatusServer(platform::Fd listening, StatusSources sources, HttpLimits limits = {});
  /// Listens on ADDR:PORT. Throws Failure.
  StatusServer(const std::string& address, StatusSources sources, HttpLimits limits = {});

 private:
  void answer(const httplib::Request& request, httplib::Response& response) const;
  bool takes_body(const httplib::Request& request, httplib::Response& response) const;
  void answer_metrics(const httplib::Request& request, httplib::Response& response) const;
  void answer_health(httplib::Response& response) const;

  StatusSources sources_;
  HttpServer server_;
};

}  // namespace certmgr::web
