// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "certmgr/ports/server_control.h"
#include "certmgr/ports/solver.h"

namespace certmgr::test {

/// A server in memory: files, a process that reads them at a reload, a listener that presents what was
/// read last. It plays all three ports of a server.
class FakeServer final : public FilePlacer, public HookRunner, public TlsProber {
 public:
  int check_exit = 0;
  int reload_exit = 0;
  bool reads_files = true;  // false: the reload says 0 and does nothing
  int reloads = 0;
  std::string file = "old";
  std::string kept;
  std::string loaded = "old";

  Result<bool> holds(const Server&, const Material& material) override { return file == material.leaf_pem; }
  Result<void> place(const Server&, const Material& material) override {
    if (kept.empty()) kept = file;
    file = material.leaf_pem;
    return {};
  }
  Result<void> restore(const Server&) override {
    if (!kept.empty()) file = kept;
    kept.clear();
    return {};
  }
  Result<void> drop_backups(const Server&) override {
    kept.clear();
    return {};
  }
  Result<void> check_places(const Server&) override { return {}; }

  [[nodiscard]] Result<std::string> hook_path(const Server&) const override { return std::string("/hook"); }
  Result<HookResult> run(const HookCall& call) override {
    if (call.phase == "check") return HookResult{file == "old" ? 0 : check_exit, "checked\n"};
    ++reloads;
    if (reload_exit != 0 && file != "old") return HookResult{reload_exit, "reload failed\n"};
    if (reads_files) loaded = file;
    return HookResult{0, "reloaded\n"};
  }
  Served probe(const VerifyTarget&, const std::string&, Duration) override;
};

class FakeSolver final : public Solver {
 public:
  std::map<std::string, std::string> published;
  Result<void> check(const ChallengeSettings&) override { return {}; }
  Result<Publication> publish(const Proof& proof, const ChallengeSettings&) override {
    published[proof.token] = proof.key_authorization;
    return Publication{};
  }
  Result<void> withdraw(const Proof& proof, const ChallengeSettings&, ChallengeOutcome) override {
    published.erase(proof.token);
    return {};
  }
};

}  // namespace certmgr::test
