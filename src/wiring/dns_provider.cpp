// SPDX-License-Identifier: MIT
#include "wiring/dns_provider.h"

#include "adapters/dns/rfc2136.h"
#include "adapters/dns_providers/acme_dns.h"
#include "adapters/dns_providers/hook_styles.h"

namespace certmgr::wiring {
namespace {

class Maker {
 public:
  Maker(const DnsProviderSettings& settings, Resolver& resolver, const std::string& state_folder)
      : settings_(settings), resolver_(resolver), state_folder_(state_folder) {}

  std::unique_ptr<DnsProvider> operator()(const Rfc2136Settings& way) const {
    return std::make_unique<dns::Rfc2136>(settings_.name, way, settings_.timeout);
  }
  std::unique_ptr<DnsProvider> operator()(const AcmeDnsSettings& way) const {
    return std::make_unique<dns_providers::AcmeDns>(settings_.name, way, settings_.timeout, resolver_);
  }
  std::unique_ptr<DnsProvider> operator()(const ExecSettings& way) const {
    return hooks(dns_providers::exec_style(way));
  }
  std::unique_ptr<DnsProvider> operator()(const CertbotSettings& way) const {
    return hooks(dns_providers::certbot_style(way));
  }
  std::unique_ptr<DnsProvider> operator()(const DehydratedSettings& way) const {
    return hooks(dns_providers::dehydrated_style(way));
  }
  std::unique_ptr<DnsProvider> operator()(const AcmeShSettings& way) const {
    return hooks(dns_providers::acme_sh_style(way, state_folder_));
  }
  std::unique_ptr<DnsProvider> operator()(const UacmeSettings& way) const {
    return hooks(dns_providers::uacme_style(way));
  }

 private:
  [[nodiscard]] std::unique_ptr<DnsProvider> hooks(std::unique_ptr<dns_providers::HookStyle> style) const {
    return std::make_unique<dns_providers::HookProvider>(
        dns_providers::HookSettings{settings_.name, settings_.environment_file, settings_.timeout},
        std::move(style), dns_providers::HookNotes(state_folder_, settings_.name));
  }

  const DnsProviderSettings& settings_;
  Resolver& resolver_;
  const std::string& state_folder_;
};

}  // namespace

std::unique_ptr<DnsProvider> make_dns_provider(const DnsProviderSettings& settings, Resolver& resolver,
                                               const std::string& state_folder) {
  return std::visit(Maker(settings, resolver, state_folder), settings.way);
}

}  // namespace certmgr::wiring
