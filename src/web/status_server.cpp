// SPDX-License-Identifier: MIT
#include "web/status_server.h"

#include <httplib.h>

#include <nlohmann/json.hpp>

#include "certmgr/services/health.h"
#include "platform/listen_socket.h"
#include "web/scrape.h"

namespace certmgr::web {
namespace {

using nlohmann::ordered_json;

constexpr const char* kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

platform::Fd listening_on(const std::string& address) {
  const auto parsed = value_or_throw(platform::parse_listen_address(address));
  return value_or_throw(platform::listen_on(parsed, "for /metrics and /healthz"));
}

void set_text(httplib::Response& response, int status, const std::string& text) {
  response.status = status;
  response.set_content(text, "text/plain; charset=utf-8");
}

/// Sends the rest of `scrape`. A store that breaks in the middle cuts the connection, so that the reader
/// does not take half an answer for a whole one.
bool send_next(Scrape& scrape, httplib::DataSink& sink) {
  try {
    const std::string piece = scrape.next();
    if (piece.empty()) {
      sink.done();
      return true;
    }
    return sink.write(piece.data(), piece.size());
  } catch (const Failure&) {
    return false;
  }
}

ordered_json scheduler_view(const SchedulerHealth& health) {
  auto paused = ordered_json::object();
  for (const auto& [party, until] : health.paused) paused[party] = to_rfc3339(until);
  return {{"running", health.running}, {"stuck", health.stuck},         {"threads", health.threads},
          {"working", health.working}, {"in_flight", health.in_flight}, {"paused", std::move(paused)}};
}

}  // namespace

StatusServer::StatusServer(platform::Fd listening, StatusSources sources, HttpLimits limits)
    : sources_(std::move(sources)),
      server_(
          std::move(listening), limits,
          [this](const httplib::Request& request, httplib::Response& response) { answer(request, response); },
          [this](const httplib::Request& request, httplib::Response& response) {
            return takes_body(request, response);
          }) {}

StatusServer::StatusServer(const std::string& address, StatusSources sources, HttpLimits limits)
    : StatusServer(listening_on(address), std::move(sources), limits) {}

/// Of the pages that are not about persons no request has a body.
bool StatusServer::takes_body(const httplib::Request& request, httplib::Response& response) const {
  if (sources_.persons != nullptr && EnrollmentPages::has(request.path))
    return sources_.persons->takes_body_with_token(request, response);
  answer(request, response);
  return false;
}

void StatusServer::answer(const httplib::Request& request, httplib::Response& response) const {
  if (sources_.persons != nullptr && EnrollmentPages::has(request.path))
    return sources_.persons->answer_token(request, response);
  const bool metrics = request.path == "/metrics";
  if (!metrics && request.path != "/healthz") return set_text(response, 404, "not found\n");
  if (request.method != "GET" && request.method != "HEAD") {
    response.set_header("Allow", "GET, HEAD");
    return set_text(response, 405, "only GET\n");
  }
  response.set_header("Cache-Control", "no-store");
  if (metrics)
    answer_metrics(request, response);
  else
    answer_health(response);
}

void StatusServer::answer_metrics(const httplib::Request& request, httplib::Response& response) const {
  try {
    auto scrape = std::make_shared<Scrape>(sources_.overview, sources_.metrics, sources_.daemons,
                                           sources_.clock.now(), sources_.certificate_metrics);
    const auto provide = [scrape](std::size_t, httplib::DataSink& sink) { return send_next(*scrape, sink); };
    response.status = 200;
    if (request.version == "HTTP/1.0")
      response.set_content_provider(kMetricsType, provide);  // ends with the connection
    else
      response.set_chunked_content_provider(kMetricsType, provide);
  } catch (const Failure& failure) {
    set_text(response, 503, failure.trouble().message() + "\n");
  }
}

void StatusServer::answer_health(httplib::Response& response) const {
  const SchedulerHealth scheduler = sources_.scheduler();
  ordered_json view{{"healthy", false}, {"findings", ordered_json::array()}};
  try {
    const Instant now = sources_.clock.now();
    const auto numbers = sources_.overview.numbers(now);
    view["findings"] = health_findings(numbers, scheduler, halves_left_alone(numbers, sources_.daemons, now));
    view["certificates"] = {
        {"all", numbers.certificates}, {"expired", numbers.expired}, {"neglected", numbers.neglected}};
  } catch (const Failure& failure) {
    view["findings"] = health_findings({}, scheduler, {});
    view["findings"].push_back("the store cannot be read: " + failure.trouble().message());
  }
  if (const auto lost = sources_.store_lost()) view["findings"].push_back(lost->message());
  view["scheduler"] = scheduler_view(scheduler);
  view["healthy"] = view["findings"].empty();
  response.status = view["findings"].empty() ? 200 : 503;
  response.set_content(view.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n",
                       "application/json");
}

}  // namespace certmgr::web
