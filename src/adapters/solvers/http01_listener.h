// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "certmgr/ports/solver.h"

namespace certmgr::solvers {

class Responder;

/// Answers http-01 challenges itself. There is one listener per address, open only while a token is
/// pending on it, whichever orders and threads the tokens come from. When the last one is withdrawn
/// the port is free again.
class Http01Listener : public Solver {
 public:
  Http01Listener();
  ~Http01Listener() override;
  Http01Listener(const Http01Listener&) = delete;
  Http01Listener& operator=(const Http01Listener&) = delete;

  Result<void> check(const ChallengeSettings& settings) override;
  Result<void> publish(const Proof& proof, const ChallengeSettings& settings,
                       const std::string& key_authorization) override;
  Result<void> withdraw(const Proof& proof, const ChallengeSettings& settings) override;

 private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Responder>> responders_;  // by canonical address
};

}  // namespace certmgr::solvers
