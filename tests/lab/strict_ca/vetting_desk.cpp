// SPDX-License-Identifier: MIT
#include "lab/strict_ca/vetting_desk.h"

#include <stdexcept>

#include "lab/strict_ca/core.h"
#include "lab/strict_ca/finalize.h"
#include "lab/strict_ca/issuance.h"

namespace certmgr::lab::strict {
namespace {

Order& held_order(Core& core, const std::string& url) {
  for (auto& [id, order] : core.ledger.orders)
    if (order.held && core.order_url(id) == url) return order;
  throw std::runtime_error("the desk holds no order " + url);
}

void put_placeholder(Core& core, Order& order) {
  order.downgraded = true;
  complete(core, order);
  order.downgraded = false;
}

}  // namespace

std::vector<HeldOrder> held_orders(Core& core) {
  const std::scoped_lock lock(core.mutex);
  std::vector<HeldOrder> held;
  for (const auto& [id, order] : core.ledger.orders) {
    if (!order.held) continue;
    HeldOrder one{core.order_url(id), order.status, {}, level_of(core, order)};
    for (const auto& identifier : order.identifiers) one.names.push_back(identifier.value);
    held.push_back(std::move(one));
  }
  return held;
}

void approve(Core& core, const std::string& url, bool downgraded) {
  const std::scoped_lock lock(core.mutex);
  Order& order = held_order(core, url);
  order.held = false;
  order.downgraded = downgraded;
  order.error.reset();
  if (order.status == "valid") complete(core, order);
}

void send_placeholder(Core& core, const std::string& url) {
  const std::scoped_lock lock(core.mutex);
  put_placeholder(core, held_order(core, url));
}

void turn_down(Core& core, const std::string& url, const Problem& problem) {
  const std::scoped_lock lock(core.mutex);
  Order& order = held_order(core, url);
  order.held = false;
  order.status = "invalid";
  order.error = problem;
}

void ask(Core& core, const std::string& url, const std::string& instance) {
  const std::scoped_lock lock(core.mutex);
  Problem question = problems::user_action_required(instance);
  question.detail = "the vetting desk needs something from you";
  held_order(core, url).error = question;
}

void put_on_desk(Core& core, Order& order) {
  order.held = core.behaviour.hold_orders;
  const bool organization = level_of(core, order) != Level::dv;
  if (order.held && core.behaviour.placeholder_first && organization) put_placeholder(core, order);
}

}  // namespace certmgr::lab::strict
