// SPDX-License-Identifier: MIT
#include "adapters/dns_providers/hook_styles.h"

namespace certmgr::dns_providers {
namespace {

class UacmeStyle final : public HookStyle {
 public:
  explicit UacmeStyle(UacmeSettings settings) : settings_(std::move(settings)) {}

  /// uacme finishes one challenge before the next; its nsupdate.sh waits until no other value is there.
  HandOver hand_over() const override { return HandOver::one_at_a_place; }
  HookRun present(std::span<const TxtRecord> some, std::span<const TxtRecord>) override {
    return call("begin", some.front());
  }
  HookRun withdraw(std::span<const TxtRecord> some, std::span<const TxtRecord>, ChallengeOutcome outcome,
                   const std::string&) override {
    return call(outcome == ChallengeOutcome::accepted ? "done" : "failed", some.front());
  }
  Result<void> judge_present(const HookSettings& settings, const HookRun& run,
                             const Result<HookEnd>& end) override {
    auto result = expect_success(settings, run, end);
    if (!result && result.error().code == "dns_hook_failed") {
      result.error().kind = TroubleKind::permanent;
      result.error().code = kChallengeDeclined;
      result.error().why = run.program + " declined dns-01 with status " + std::to_string(end->exit_code);
      result.error().hint = "look at its output, or use another challenge";
    }
    return result;
  }

 private:
  [[nodiscard]] HookRun call(const char* method, const TxtRecord& record) const {
    constexpr const char* type = "dns-01";
    HookRun run;
    run.program = settings_.program;
    run.arguments = {method, type, record.identifier, record.token, record.value};
    run.defaults = {{"UACME_CONFDIR", "/etc/ssl/uacme"}, {"UACME_VERBOSE", "0"}};
    run.variables = {{"UACME_METHOD", method},
                     {"UACME_TYPE", type},
                     {"UACME_IDENT", record.identifier},
                     {"UACME_TOKEN", record.token},
                     {"UACME_AUTH", record.value}};
    return run;
  }

  UacmeSettings settings_;
};

}  // namespace

std::unique_ptr<HookStyle> uacme_style(UacmeSettings settings) {
  return std::make_unique<UacmeStyle>(std::move(settings));
}

}  // namespace certmgr::dns_providers
