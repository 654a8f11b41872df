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

  HookRun present(std::span<const TxtRecord> some, std::span<const TxtRecord> all) override {
    HookRun run = call(settings_.auth_hook, some.front());
    std::string names;
    std::size_t left = 0;
    bool behind = false;
    for (const auto& record : all) {
      names += (names.empty() ? "" : ",") + record.identifier;
      if (behind) ++left;
      behind = behind || record == some.front();
    }
    run.variables["CERTBOT_ALL_DOMAINS"] = names;
    run.variables["CERTBOT_ALL_IDENTIFIERS"] = names;
    run.variables["CERTBOT_REMAINING_CHALLENGES"] = std::to_string(left);
    return run;
  }

  HookRun withdraw(std::span<const TxtRecord> some, ChallengeOutcome, const std::string& answer) override {
    if (settings_.cleanup_hook.empty()) return {};
    HookRun run = call(settings_.cleanup_hook, some.front());
    run.variables["CERTBOT_AUTH_OUTPUT"] = as_variable(answer);
    // Each is cleaned up by itself, and none is promised to follow.
    run.variables["CERTBOT_ALL_DOMAINS"] = some.front().identifier;
    run.variables["CERTBOT_ALL_IDENTIFIERS"] = some.front().identifier;
    run.variables["CERTBOT_REMAINING_CHALLENGES"] = "0";
    return run;
  }

 private:
  static HookRun call(const std::vector<std::string>& hook, const TxtRecord& record) {
    HookRun run;
    run.program = hook.front();
    run.arguments.assign(hook.begin() + 1, hook.end());
    run.variables = {{"CERTBOT_DOMAIN", record.identifier},
                     {"CERTBOT_IDENTIFIER", record.identifier},
                     {"CERTBOT_VALIDATION", record.value}};
    return run;
  }

  CertbotSettings settings_;
};

}  // namespace

std::unique_ptr<HookStyle> certbot_style(CertbotSettings settings) {
  return std::make_unique<CertbotStyle>(std::move(settings));
}

}  // namespace certmgr::dns_providers
