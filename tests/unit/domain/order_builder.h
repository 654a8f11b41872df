// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/order_machine.h"

namespace certmgr::test {

using namespace std::chrono_literals;

inline const Instant kNow{1732435740000ms};
inline constexpr RunMemory kFresh{};
inline constexpr RunMemory kRunning{false, true};

inline std::vector<Identifier> names(std::initializer_list<const char*> list) {
  std::vector<Identifier> all;
  for (const char* name : list) all.push_back({IdentifierType::dns, name});
  return canonical(std::move(all));
}

inline Order order_in(OrderState state) {
  Order order;
  order.id = 7;
  order.certificate_id = 1;
  order.spec.label = "a.example";
  order.spec.identifiers = names({"a.example", "b.example"});
  order.spec.ca = "test";
  order.spec.challenge.listen = "[::]:80";
  order.reason = "issue";
  order.state = std::move(state);
  order.created_at = order.entered_at = order.wake_at = kNow;
  return order;
}

inline Validating validating(std::vector<std::string> left = {"https://ca/authz/1", "https://ca/authz/2"}) {
  return {"https://ca/order/1", "https://ca/finalize/1", "key1", std::move(left), std::nullopt};
}

inline CaOrder ca_order(CaStatus status) {
  CaOrder order;
  order.url = "https://ca/order/1";
  order.status = status;
  order.identifiers = names({"a.example", "b.example"});
  order.authorizations = {"https://ca/authz/1", "https://ca/authz/2"};
  order.finalize_url = "https://ca/finalize/1";
  if (status == CaStatus::valid) order.certificate_url = "https://ca/cert/1";
  return order;
}

inline OrderSeen seen(CaStatus status, std::optional<Instant> retry_after = std::nullopt,
                      bool restart = false) {
  return {{ca_order(status), retry_after}, restart};
}

inline CaAuthorization authorization(CaStatus status, std::string url = "https://ca/authz/1") {
  CaAuthorization authorization;
  authorization.url = std::move(url);
  authorization.identifier = {IdentifierType::dns, "a.example"};
  authorization.status = status;
  authorization.challenges = {
      {"dns-01", "https://ca/chall/0", "tok0", CaStatus::pending, std::nullopt},
      {"http-01", "https://ca/chall/1", "tok1", CaStatus::pending, std::nullopt},
      {"never-heard-of-01", "https://ca/chall/2", "", CaStatus::pending, std::nullopt}};
  return authorization;
}

inline Trouble trouble(TroubleKind kind, std::string code = "x") {
  return {.kind = kind, .code = std::move(code), .what = "what", .why = "why", .hint = "hint"};
}

template <class T>
bool is(const Order& order) {
  return std::holds_alternative<T>(order.state);
}

template <class T>
bool wants(const Order& order, RunMemory memory = kRunning, Instant now = kNow) {
  return std::holds_alternative<T>(decide(order, now, memory));
}

}  // namespace certmgr::test
