// SPDX-License-Identifier: MIT
#include "lab/strict_ca/service.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <ctime>

#include "lab/strict_ca/accounts.h"
#include "lab/strict_ca/authorizations.h"
#include "lab/strict_ca/directory.h"
#include "lab/strict_ca/finalize.h"
#include "lab/strict_ca/gate.h"
#include "lab/strict_ca/key_change.h"
#include "lab/strict_ca/orders.h"
#include "lab/strict_ca/renewal_info.h"
#include "lab/strict_ca/revocation.h"

namespace certmgr::lab::strict {
namespace {

/// What a path stands for.
struct Resource {
  std::string kind;  // of resources::; empty: nothing
  std::string id = {};
  std::size_t number = 0;  // page of a list, chain of a certificate
};

std::size_t number_in(const std::string& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    throw Refusal{problems::not_found("page " + text)};
  return number;
}

/// "/order/ID/finalize": "ID" and "finalize".
std::pair<std::string, std::string> split(const std::string& text, const std::string& separator) {
  const auto at = text.find(separator);
  if (at == std::string::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + separator.size())};
}

Resource below(const std::string& room, const std::string& rest, const Core& core) {
  if (room == "order") {
    const auto [id, tail] = split(rest, "/");
    if (tail.empty()) return {resources::kOrder, id};
    if (tail == "finalize") return {resources::kFinalize, id};
  } else if (room == "account") {
    const auto [id, tail] = split(rest, "/");
    const auto [list, page] = split(tail, "?page=");
    if (tail.empty()) return {resources::kAccount, id};
    if (list == "orders") return {resources::kOrders, id, page.empty() ? 0 : number_in(page)};
  } else if (room == "certificate") {
    const auto [id, tail] = split(rest, "/");
    return {resources::kCertificate, id, tail.empty() ? 0 : number_in(tail)};
  } else if (room == "authz") {
    return {resources::kAuthorization, rest};
  } else if (room == "challenge") {
    return {resources::kChallenge, rest};
  } else if (room == "renewal-info" && core.options.renewal_info) {
    return {resources::kRenewalInfo, rest};
  }
  return {};
}

Resource find(const Core& core, const std::string& target) {
  static const std::map<std::string, const char*> kFixed = {
      {"/directory", resources::kDirectory},    {"/new-nonce", resources::kNewNonce},
      {"/new-account", resources::kNewAccount}, {"/new-order", resources::kNewOrder},
      {"/revoke-cert", resources::kRevokeCert}, {"/key-change", resources::kKeyChange}};
  if (const auto fixed = kFixed.find(target); fixed != kFixed.end()) return {fixed->second};
  if (target == "/new-authz" && core.options.new_authz) return {resources::kNewAuthz};
  const auto [room, rest] = split(target.substr(1), "/");
  return below(room, rest, core);
}

Reply new_nonce(int status) {
  Reply reply{.status = status};  // the nonce itself comes with every reply
  reply.headers.emplace("Cache-Control", "no-store");
  return reply;
}

Reply read(const Core& core, const Request& request, const Resource& resource) {
  if (resource.kind == resources::kDirectory) return directory(core);
  if (resource.kind == resources::kRenewalInfo) return renewal_info(core, resource.id);
  if (resource.kind == resources::kNewNonce) return new_nonce(request.method == "HEAD" ? 200 : 204);
  // RFC 8555 section 6.3: everything else is read by POST.
  throw Refusal{problems::malformed("this is read by POST-as-GET", 405)};
}

Reply write(Core& core, Lock& lock, const Signed& request, const Resource& resource) {
  const std::string& kind = resource.kind;
  if (kind == resources::kNewAccount) return new_account(core, request);
  if (kind == resources::kNewOrder) return new_order(core, request);
  if (kind == resources::kNewAuthz) return new_authorization(core, request);
  if (kind == resources::kRevokeCert) return revoke(core, request);
  if (kind == resources::kKeyChange) return key_change(core, request);
  if (kind == resources::kAccount) return account(core, request, resource.id);
  if (kind == resources::kOrders) return orders_of(core, request, resource.id, resource.number);
  if (kind == resources::kOrder) return order(core, lock, request, resource.id);
  if (kind == resources::kFinalize) return finalize(core, lock, request, resource.id);
  if (kind == resources::kAuthorization) return authorization(core, lock, request, resource.id);
  if (kind == resources::kChallenge) return challenge(core, lock, request, resource.id);
  if (kind == resources::kCertificate) return certificate(core, request, resource.id, resource.number);
  // RFC 8555 section 6.3: these two both ways.
  if (kind == resources::kDirectory && request.post_as_get()) return directory(core);
  if (kind == resources::kNewNonce && request.post_as_get()) return new_nonce(204);
  throw Refusal{problems::malformed("this is read by GET", 405)};
}

Signer signer_for(const std::string& kind) {
  if (kind == resources::kNewAccount) return Signer::bare_key;
  return kind == resources::kRevokeCert ? Signer::either : Signer::account;
}

/// The oldest one that waits for this kind of resource; it is used up by that.
std::optional<Ambush> sprung(Core& core, const std::string& kind) {
  const auto found = std::find_if(core.ambushes.begin(), core.ambushes.end(),
                                  [&](const Ambush& one) { return one.resource == kind && one.times > 0; });
  if (found == core.ambushes.end()) return std::nullopt;
  --found->times;
  return *found;
}

Reply acted(Core& core, Lock& lock, const Request& request, const Resource& resource, Logged& entry) {
  if (resource.kind.empty()) throw Refusal{problems::not_found("resource " + request.target)};
  demand_accepted(request, resource.kind == resources::kCertificate ? "application/pem-certificate-chain"
                                                                    : "application/json");
  if (request.method == "GET" || request.method == "HEAD") {
    const auto ambush = sprung(core, resource.kind);
    if (ambush && ambush->problem) throw Refusal{*ambush->problem};
    Reply reply = read(core, request, resource);
    reply.cut = ambush.has_value();
    return reply;
  }
  if (request.method != "POST") throw Refusal{problems::malformed("the method " + request.method, 405)};
  const Signed checked = authenticate(core, request, signer_for(resource.kind));
  if (!checked.account.empty()) entry.account = core.account_url(checked.account);
  const auto ambush = sprung(core, resource.kind);
  if (ambush && ambush->problem) throw Refusal{*ambush->problem};
  Reply reply = write(core, lock, checked, resource);
  reply.cut = ambush.has_value();
  return reply;
}

/// RFC 9110 section 5.6.7.
std::string http_date(std::chrono::system_clock::time_point at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text.data();
}

Reply refused(Core& core, const Request& request, const Problem& problem) {
  if (problem.forbidden) core.violations.push_back({request.method + " " + request.target, problem.detail});
  Reply reply{.status = problem.status,
              .content_type = "application/problem+json",
              .body = problem.document().dump(),
              .headers = problem.headers};
  if (problem.status == 405) reply.headers.emplace("Allow", "POST");
  return reply;
}

}  // namespace

Reply serve(Core& core, const Request& request) {
  Lock lock(core.mutex);
  Logged entry{.method = request.method, .resource = {}, .path = request.target};
  Reply reply;
  try {
    const Resource resource = find(core, request.target);
    entry.resource = resource.kind;
    reply = acted(core, lock, request, resource, entry);
  } catch (const Refusal& refusal) {
    reply = refused(core, request, refusal.problem);
  } catch (const std::exception& failure) {
    reply = refused(core, request, {.type = "serverInternal", .status = 500, .detail = failure.what()});
  }
  if (request.method == "POST" || entry.resource == resources::kNewNonce)
    reply.headers.emplace("Replay-Nonce", core.nonces.make());
  if (entry.resource != resources::kDirectory)
    reply.headers.emplace("Link", "<" + core.url("/directory") + ">;rel=\"index\"");
  reply.headers.emplace("Date", http_date(std::chrono::system_clock::now() + core.behaviour.date_offset));
  entry.status = reply.cut ? 0 : reply.status;
  core.log.push_back(std::move(entry));
  return reply;
}

}  // namespace certmgr::lab::strict
