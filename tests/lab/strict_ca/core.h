// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <future>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "lab/strict_ca/behaviour.h"
#include "lab/strict_ca/exchange.h"
#include "lab/strict_ca/hierarchy.h"
#include "lab/strict_ca/nonces.h"
#include "lab/strict_ca/options.h"
#include "lab/strict_ca/records.h"
#include "lab/strict_ca/request_log.h"

namespace certmgr::lab::strict {

/// Something that waits for requests to a kind of resource.
struct Ambush {
  std::string resource;
  int times;
  std::optional<Problem> problem;  // none: done as asked, but the answer is lost
};

/// The CA's state. Whoever touches anything but the constants holds `mutex`; the functions that get a
/// Core are called with it held, unless they say otherwise.
struct Core {
  Core(StrictCaOptions chosen, std::string base, std::string list_base)
      : options(std::move(chosen)),
        base_url(std::move(base)),
        list_url(std::move(list_base)),
        hierarchy(options.alternate_chains) {}

  const StrictCaOptions options;
  const std::string base_url;  // https://127.0.0.1:PORT
  const std::string list_url;  // http://127.0.0.1:PORT
  const Hierarchy hierarchy;

  std::mutex mutex;
  std::condition_variable changed;
  Behaviour behaviour;
  std::vector<Ambush> ambushes;
  std::vector<Logged> log;
  std::vector<Violation> violations;
  Nonces nonces;
  Ledger ledger;
  std::list<std::future<void>> proofs;  // being looked at

  [[nodiscard]] std::string url(const std::string& path) const { return base_url + path; }
  [[nodiscard]] std::string account_url(const std::string& id) const { return url("/account/" + id); }
  [[nodiscard]] std::string order_url(const std::string& id) const { return url("/order/" + id); }
  [[nodiscard]] std::string authorization_url(const std::string& id) const { return url("/authz/" + id); }
  [[nodiscard]] std::string challenge_url(const std::string& id) const { return url("/challenge/" + id); }
  [[nodiscard]] std::string certificate_url(const std::string& id) const { return url("/certificate/" + id); }
};

/// A new id that nobody can guess.
inline std::string new_id() { return base64url(random_octets(9)); }

}  // namespace certmgr::lab::strict
