// SPDX-License-Identifier: MIT
#include "adapters/dns_providers/hook_styles.h"

namespace certmgr::dns_providers {
namespace {

std::string trim(const std::string& text) {
  constexpr const char* blanks = " \t\r\n\v\f";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// A variable cannot hold a NUL, nor an exec very much of anything.
std::string as_variable(const std::string& text) {
  constexpr std::size_t most = std::size_t{32} * 1024;
  return trim(text.substr(0, text.find('\0')).substr(0, most));
}

class CertbotStyle final : public HookStyle {
 public:
  explicit CertbotStyle(CertbotSettings settings) : settings_(std::move(settings)) {}

  /// Each hears of all the others.
  HandOver hand_over() const override { return HandOver::together; }
  HookRun present(std::span<const TxtRecord> some, std::span<const TxtRecord> all) override {
    return call(settings_.auth_hook, some.front(), all);
  }

  HookRun withdraw(std::span<const TxtRecord> some, std::span<const TxtRecord> all, ChallengeOutcome,
                   const std::string& answer) override {
    if (settings_.cleanup_hook.empty()) return {};
    HookRun run = call(settings_.cleanup_hook, some.front(), all);
    run.variables["CERTBOT_AUTH_OUTPUT"] = as_variable(answer);
    return run;
  }

 private:
  /// The clean-up hook has what the other one had: what was left then, not what is left to clean up.
  static HookRun call(const std::vector<std::string>& hook, const TxtRecord& record,
                      std::span<const TxtRecord> all) {
    HookRun run;
    run.program = hook.front();
    run.arguments.assign(hook.begin() + 1, hook.end());
    std::string names;
    std::size_t left = 0;
    bool behind = false;
    for (const auto& each : all) {
      names += (names.empty() ? "" : ",") + each.identifier;
      if (behind) ++left;
      behind = behind || each == record;
    }
    run.variables = {
        {"CERTBOT_DOMAIN", record.identifier}, {"CERTBOT_IDENTIFIER", record.identifier},
        {"CERTBOT_VALIDATION", record.value},  {"CERTBOT_ALL_DOMAINS", names},
        {"CERTBOT_ALL_IDENTIFIERS", names},    {"CERTBOT_REMAINING_CHALLENGES", std::to_string(left)}};
    return run;
  }

  CertbotSettings settings_;
};

}  // namespace

std::unique_ptr<HookStyle> certbot_style(CertbotSettings settings) {
  return std::make_unique<CertbotStyle>(std::move(settings));
}

}  // namespace certmgr::dns_providers
