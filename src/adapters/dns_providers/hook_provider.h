// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/dns_providers/hook_notes.h"
#include "adapters/dns_providers/hook_program.h"
#include "certmgr/ports/dns_provider.h"

namespace certmgr::dns_providers {

/// How one kind of hook is called; what is repeated, remembered and checked is HookProvider's matter.
class HookStyle {
 public:
  virtual ~HookStyle() = default;
  /// What hooks of this kind rely on, as the client they were written for does so.
  [[nodiscard]] virtual HandOver hand_over() const { return HandOver::each; }
  /// Several records in one run, as HOOK_CHAIN of dehydrated has it; else one at a time.
  [[nodiscard]] virtual bool takes_several() const { return false; }
  /// Two runs at the same time would get into each other's way.
  [[nodiscard]] virtual bool runs_alone() const { return false; }
  /// `all` is every record of the call, of which `some` are due in this run.
  [[nodiscard]] virtual HookRun present(std::span<const TxtRecord> some, std::span<const TxtRecord> all) = 0;
  /// `answer` is what the first run printed; no program: there is nothing to run.
  [[nodiscard]] virtual HookRun withdraw(std::span<const TxtRecord> some, std::span<const TxtRecord> all,
                                         ChallengeOutcome outcome, const std::string& answer) = 0;
  /// What the first run's exit status means.
  [[nodiscard]] virtual Result<void> judge_present(const HookSettings& settings, const HookRun& run,
                                                   const Result<HookEnd>& end) {
    return expect_success(settings, run, end);
  }
};

/// Runs hooks that were written for other clients. Each is called once per record to present it, and once
/// to withdraw it, if it was ever called for it at all.
class HookProvider final : public DnsProvider {
 public:
  HookProvider(HookSettings settings, std::unique_ptr<HookStyle> style, HookNotes notes);

  [[nodiscard]] HandOver hand_over() const override { return style_->hand_over(); }
  Result<void> present(std::span<const TxtRecord> records) override;
  Result<void> withdraw(std::span<const TxtRecord> records, ChallengeOutcome outcome) override;

 private:
  Result<HookEnd> carry_out(const HookRun& run);
  Result<void> present_some(std::span<const TxtRecord> some, std::span<const TxtRecord> all);
  Result<void> withdraw_some(std::span<const TxtRecord> some, std::span<const TxtRecord> all,
                             ChallengeOutcome outcome, const std::string& answer);

  HookSettings settings_;
  std::unique_ptr<HookStyle> style_;
  HookNotes notes_;
  std::mutex alone_;
};

}  // namespace certmgr::dns_providers
