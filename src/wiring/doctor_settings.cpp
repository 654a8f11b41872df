// SPDX-License-Identifier: MIT
#include "wiring/doctor_settings.h"

#include <algorithm>
#include <string_view>

namespace certmgr::wiring {
namespace {

using Files = std::vector<DoctorSettings::File>;

/// Adds what a provider or channel needs; empty paths are left out.
class Collector {
 public:
  Collector(DoctorSettings& settings, std::string check, std::string subject)
      : settings_(settings), check_(std::move(check)), subject_(std::move(subject)) {}

  void secret(const std::string& path) { add(settings_.secrets, path); }
  void program(const std::string& path) { add(settings_.programs, path); }

  void operator()(const Rfc2136Settings& way) {
    secret(way.key_file);
    secret(way.secret_file);
  }
  void operator()(const AcmeDnsSettings& way) { secret(way.credentials_file); }
  void operator()(const ExecSettings& way) { program(way.program); }
  void operator()(const CertbotSettings& way) {
    if (!way.auth_hook.empty()) program(way.auth_hook.front());
    if (!way.cleanup_hook.empty()) program(way.cleanup_hook.front());
  }
  void operator()(const DehydratedSettings& way) { program(way.program); }
  void operator()(const AcmeShSettings& way) { program(way.home + "/acme.sh"); }
  void operator()(const UacmeSettings& way) { program(way.program); }
  void operator()(const MailChannel& way) { secret(way.password_file); }
  void operator()(const WebhookChannel& way) {
    secret(way.url_file);
    secret(way.secret_file);
  }
  void operator()(const CommandChannel& way) {
    if (!way.command.empty()) program(way.command.front());
  }

 private:
  void add(Files& files, const std::string& path) const {
    if (!path.empty()) files.push_back({check_, subject_, path});
  }

  DoctorSettings& settings_;
  std::string check_;
  std::string subject_;
};

std::string key_path(std::string_view source) {
  constexpr std::string_view file = "file:";
  return source.starts_with(file) ? std::string(source.substr(file.size())) : std::string();
}

}  // namespace

DoctorSettings doctor_settings(const config::Config& config) {
  DoctorSettings settings;
  settings.terms_agreed = config.agree_tos;
  Collector(settings, "store_key", "store").secret(key_path(config.encryption));
  Collector(settings, "seal", "deploy").secret(key_path(config.seal));
  for (const auto& ca : config.cas) {
    if (!ca.built_in || ca.name == config.default_ca) settings.cas.push_back(ca.name);
    Collector(settings, "ca", ca.name).secret(ca.eab_hmac_file);
  }
  for (const auto& provider : config.dns) {
    Collector collect(settings, "dns", provider.name);
    collect.secret(provider.environment_file);
    std::visit(collect, provider.way);
  }
  for (const auto& channel : config.notify)
    std::visit(Collector(settings, "notify", channel.name), channel.way);
  settings.ways = config.ways;
  const bool configured =
      std::any_of(config.ways.begin(), config.ways.end(),
                  [&](const ChallengeSettings& way) { return way.type == config.challenge.type; });
  if (!configured) settings.ways.insert(settings.ways.begin(), config.challenge);
  return settings;
}

}  // namespace certmgr::wiring
