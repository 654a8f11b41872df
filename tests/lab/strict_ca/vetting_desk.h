// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "lab/strict_ca/problem.h"

namespace certmgr::lab::strict {

struct Core;

/// People at the CA who look at OV and EV orders after finalize. These take the core's lock themselves;
/// std::runtime_error for an order that the desk does not hold.
std::vector<std::string> held_orders(Core& core);
void approve(Core& core, const std::string& order_url, bool downgraded);
void turn_down(Core& core, const std::string& order_url, const Problem& problem);
/// For documents, a call back: the order shows userActionRequired and waits on.
void ask(Core& core, const std::string& order_url, const std::string& instance);

}  // namespace certmgr::lab::strict
