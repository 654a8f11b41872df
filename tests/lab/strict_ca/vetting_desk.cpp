// SPDX-License-Identifier: MIT
#include "lab/strict_ca/vetting_desk.h"

#include <stdexcept>

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {
namespace {

Order& held_order(Core& core, const std::string& url) {
  for (auto& [id, order] : core.ledger.orders)
    if (order.held && core.order_url(id) == url) return order;
  throw std::runtime_error("the desk holds no order " + url);
}

}  // namespace

std::vector<std::string> held_orders(Core& core) {
  const std::scoped_lock lock(core.mutex);
  std::vector<std::string> urls;
  for (const auto& [id, order] : core.ledger.orders)
    if (order.held) urls.push_back(core.order_url(id));
  return urls;
}

void approve(Core& core, const std::string& url, bool downgraded) {
  const std::scoped_lock lock(core.mutex);
  Order& order = held_order(core, url);
  order.held = false;
  order.downgraded = downgraded;
  order.error.reset();
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

}  // namespace certmgr::lab::strict
