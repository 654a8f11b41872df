// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "certmgr/ports/solver.h"

namespace certmgr::solvers {

class Responder;

/// Answers http-01 challenges itself. There is one listener per address, open only while a token is
/// pending on it, whichever orders and threads the tokens come from. When the last one is withdrawn
/// the port is free again.
///
/// A listening socket from systemd on the wanted port, or else the one named "http-01", is used instead of
/// a new one. Its port is open whatever we do; so it is answered (404) from the start to the end of the
/// process, lest clients hang, and fill the queue the CA has to pass.
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
  Responder* inherited(std::uint16_t port);

  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Responder>> responders_;   // by canonical address
  std::map<std::uint16_t, std::unique_ptr<Responder>> inherited_;  // by port
};

}  // namespace certmgr::solvers
