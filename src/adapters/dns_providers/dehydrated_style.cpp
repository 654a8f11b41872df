// SPDX-License-Identifier: MIT
#include <filesystem>

#include "adapters/dns_providers/hook_styles.h"

namespace certmgr::dns_providers {
namespace {

class DehydratedStyle final : public HookStyle {
 public:
  explicit DehydratedStyle(DehydratedSettings settings) : settings_(std::move(settings)) {}

  HandOver hand_over() const override { return settings_.chain ? HandOver::together : HandOver::each; }
  bool takes_several() const override { return settings_.chain; }
  HookRun present(std::span<const TxtRecord> some, std::span<const TxtRecord>) override {
    return call("deploy_challenge", some);
  }
  HookRun withdraw(std::span<const TxtRecord> some, std::span<const TxtRecord>, ChallengeOutcome,
                   const std::string&) override {
    return call("clean_challenge", some);
  }

 private:
  [[nodiscard]] HookRun call(const char* operation, std::span<const TxtRecord> some) const {
    HookRun run;
    run.program = settings_.program;
    run.arguments = {operation};
    for (const auto& record : some)
      run.arguments.insert(run.arguments.end(), {record.identifier, record.token, record.value});
    // What dehydrated exports. Hooks look for files of their own beside themselves by BASEDIR.
    const std::string base = std::filesystem::path(settings_.program).parent_path().string();
    run.defaults = {{"BASEDIR", base},
                    {"CERTDIR", base + "/certs"},
                    {"ALPNCERTDIR", base + "/alpn-certs"},
                    {"CONFIG", base + "/config"},
                    {"WELLKNOWN", "/var/www/dehydrated"},
                    {"COMMAND", "sign_domains"},
                    {"CHALLENGETYPE", "dns-01"}};
    return run;
  }

  DehydratedSettings settings_;
};

}  // namespace

std::unique_ptr<HookStyle> dehydrated_style(DehydratedSettings settings) {
  return std::make_unique<DehydratedStyle>(std::move(settings));
}

}  // namespace certmgr::dns_providers
