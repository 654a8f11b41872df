// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "lab/strict_ca/options.h"
#include "lab/strict_ca/problem.h"

namespace certmgr::lab::strict {

struct Core;
struct Order;

/// An order that lies on the desk.
struct HeldOrder {
  std::string url;
  std::string status;
  std::vector<std::string> names;
  Level level;
};

/// People at the CA who look at OV and EV orders after finalize. These take the core's lock themselves;
/// std::runtime_error for an order that the desk does not hold.
std::vector<HeldOrder> held_orders(Core& core);
/// After a placeholder: the order gets another certificate, with a URL of its own.
void approve(Core& core, const std::string& order_url, bool downgraded);
/// The order is valid with a domain-validated certificate for the time being, and stays on the desk.
void send_placeholder(Core& core, const std::string& order_url);
void turn_down(Core& core, const std::string& order_url, const Problem& problem);
/// For documents, a call back: the order shows userActionRequired and waits on.
void ask(Core& core, const std::string& order_url, const std::string& instance);

/// For finalize, with the core's lock held: the desk gets the order if the behaviour says so.
void put_on_desk(Core& core, Order& order);

}  // namespace certmgr::lab::strict
