// SPDX-License-Identifier: MIT
#include "adapters/dns_providers/hook_styles.h"

namespace certmgr::dns_providers {
namespace {

class ExecStyle final : public HookStyle {
 public:
  explicit ExecStyle(ExecSettings settings) : settings_(std::move(settings)) {}

  /// lego takes these in sequence: its e2e hook, as many others, clears a whole name at its clean-up.
  HandOver hand_over() const override { return HandOver::one_at_a_place; }
  HookRun present(std::span<const TxtRecord> some, std::span<const TxtRecord>) override {
    return call("present", some.front());
  }
  HookRun withdraw(std::span<const TxtRecord> some, std::span<const TxtRecord>, ChallengeOutcome,
                   const std::string&) override {
    return call("cleanup", some.front());
  }

 private:
  [[nodiscard]] HookRun call(const char* verb, const TxtRecord& record) const {
    HookRun run;
    run.program = settings_.program;
    if (settings_.raw)
      run.arguments = {verb, "--", record.identifier, record.token, record.key_authorization};
    else
      run.arguments = {verb, record.target + ".", record.value};
    return run;
  }

  ExecSettings settings_;
};

}  // namespace

std::unique_ptr<HookStyle> exec_style(ExecSettings settings) {
  return std::make_unique<ExecStyle>(std::move(settings));
}

}  // namespace certmgr::dns_providers
