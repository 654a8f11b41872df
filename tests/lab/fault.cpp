// SPDX-License-Identifier: MIT
#include "lab/fault.h"

#include <algorithm>

#include "lab/authority.h"

namespace certmgr::lab {

void Reply::set_header(const std::string& name, const std::string& value) {
  headers.erase(name);
  headers.emplace(name, value);
}

namespace faults {
namespace {

Fault changing(std::function<void(Reply&)> change) {
  Fault fault;
  fault.change = std::move(change);
  return fault;
}

/// Only downloads hold a chain; any other answer passes as it is.
Fault changing_chain(const std::function<std::string(const std::string&)>& change) {
  return changing([change](Reply& reply) {
    if (!split_chain(reply.body).empty()) reply.body = change(reply.body);
  });
}

}  // namespace

Fault answer(int status, const std::string& content_type, const std::string& body) {
  Fault fault;
  fault.forward = false;
  fault.change = [=](Reply& reply) {
    reply.status = status;
    reply.content_type = content_type;
    reply.body = body;
  };
  return fault;
}

Fault html() {
  return answer(200, "text/html", "<!DOCTYPE html><html><body><h1>It works!</h1></body></html>\n");
}

Fault empty_500() { return answer(500, "", ""); }

Fault problem(int status, const std::string& acme_type, const std::string& detail,
              const nlohmann::json& subproblems) {
  nlohmann::json document = {
      {"type", "urn:ietf:params:acme:error:" + acme_type}, {"detail", detail}, {"status", status}};
  if (!subproblems.is_null()) document["subproblems"] = subproblems;
  return answer(status, "application/problem+json", document.dump());
}

Fault bad_nonce() { return problem(400, "badNonce", "JWS has an invalid anti-replay nonce"); }

Fault redirect(const std::string& location) {
  auto fault = answer(302, "text/plain", "moved\n");
  fault.change = [change = fault.change, location](Reply& reply) {
    change(reply);
    reply.set_header("Location", location);
  };
  return fault;
}

Fault truncated() {
  return changing([](Reply& reply) { reply.body.resize(reply.body.size() / 2); });
}

Fault content_type(const std::string& type) {
  return changing([type](Reply& reply) { reply.content_type = type; });
}

Fault header(const std::string& name, const std::string& value) {
  return changing([=](Reply& reply) { reply.set_header(name, value); });
}

Fault json(const std::function<void(nlohmann::json&)>& change) {
  return changing([change](Reply& reply) {
    auto document = nlohmann::json::parse(reply.body, nullptr, false);
    if (document.is_discarded()) return;
    change(document);
    reply.body = document.dump();
  });
}

Fault order_status(const std::string& status) {
  return json([status](nlohmann::json& order) { order["status"] = status; });
}

Fault flood(std::size_t octets) {
  Fault fault;
  fault.flood = octets;
  return fault;
}

Fault delay(std::chrono::milliseconds time) {
  Fault fault;
  fault.delay = time;
  return fault;
}

Fault drop_before() {
  Fault fault;
  fault.forward = false;
  fault.drop = true;
  return fault;
}

Fault drop_after() {
  Fault fault;
  fault.drop = true;
  return fault;
}

Fault certificate_for_another_key(const Authority& authority) {
  return changing_chain(
      [&authority](const std::string& chain) { return authority.issue(names_in(chain)).certificate_pem; });
}

Fault certificate_for_names(const Authority& authority, const std::vector<std::string>& names) {
  return changing_chain(
      [&authority, names](const std::string& chain) { return authority.certify_key_of(chain, names); });
}

Fault expired_certificate(const Authority& authority) {
  return changing_chain([&authority](const std::string& chain) {
    return authority.certify_key_of(chain, names_in(chain), {.from = -90, .to = -1});
  });
}

Fault certificate_not_valid_yet(const Authority& authority) {
  return changing_chain([&authority](const std::string& chain) {
    return authority.certify_key_of(chain, names_in(chain), {.from = 30, .to = 120});
  });
}

Fault chain_reversed() {
  return changing_chain([](const std::string& chain) {
    auto blocks = split_chain(chain);
    std::reverse(blocks.begin(), blocks.end());
    std::string reversed;
    for (const auto& block : blocks) reversed += block;
    return reversed;
  });
}

Fault chain_missing() {
  return changing_chain([](const std::string& chain) { return split_chain(chain).front(); });
}

Fault chain_unrelated(const Authority& authority) {
  return changing_chain(
      [&authority](const std::string& chain) { return split_chain(chain).front() + authority.root_pem(); });
}

}  // namespace faults
}  // namespace certmgr::lab
