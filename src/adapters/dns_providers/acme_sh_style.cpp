// SPDX-License-Identifier: MIT
#include <filesystem>

#include "adapters/dns_providers/hook_styles.h"

namespace certmgr::dns_providers {
namespace {

// The same text for every run: what differs comes as arguments, which bash does not read as commands.
//   $0 acme.sh   $1 the dnsapi script   $2 the function   $3 name   $4 value   $5 file of the domain's own
// Without arguments acme.sh, when read in, sets its paths, reads account.conf, prints its help and does
// nothing else; its functions are what the dnsapi scripts need. It keeps answers of web services in one
// file for all; each run gets one of its own.
constexpr const char* kDriver = R"(
umask 077
script=$1 function=$2 name=$3 value=$4 domain_conf=$5
set --
. "$0" >/dev/null || :
HTTP_HEADER=$(mktemp) || exit 1
trap 'rm -f "$HTTP_HEADER"' EXIT
mkdir -p "${domain_conf%/*}" || exit 1
DOMAIN_CONF=$domain_conf
. "$script" || exit 1
if ! type "$function" >/dev/null 2>&1; then
    echo "$script has no function $function" >&2
    exit 1
fi
"$function" "$name" "$value"
)";

class AcmeShStyle final : public HookStyle {
 public:
  AcmeShStyle(AcmeShSettings settings, std::string state_folder)
      : settings_(std::move(settings)), state_folder_(std::move(state_folder)) {}

  bool runs_alone() const override { return true; }  // they rewrite account.conf
  HookRun present(std::span<const TxtRecord> some, std::span<const TxtRecord>) override {
    return call("_add", some.front());
  }
  HookRun withdraw(std::span<const TxtRecord> some, std::span<const TxtRecord>, ChallengeOutcome,
                   const std::string&) override {
    return call("_rm", some.front());
  }

 private:
  [[nodiscard]] HookRun call(const std::string& verb, const TxtRecord& record) const {
    HookRun run;
    const std::string entry = settings_.home + "/acme.sh";
    const std::string script = script_file();
    run.program = "/bin/bash";
    run.scripts = {entry, script};
    run.arguments = {"--noprofile",
                     "--norc",
                     "-c",
                     kDriver,
                     entry,
                     script,
                     settings_.script + verb,
                     record.target,
                     record.value,
                     state_folder_ + "/acme.sh/" + record.identifier + ".conf"};
    run.variables = {{"LE_WORKING_DIR", settings_.home}};
    return run;
  }

  /// Scripts of the user's own lie beside acme.sh, those that came with it in dnsapi.
  [[nodiscard]] std::string script_file() const {
    std::error_code error;
    const std::string own = settings_.home + "/" + settings_.script + ".sh";
    return std::filesystem::exists(own, error) ? own : settings_.home + "/dnsapi/" + settings_.script + ".sh";
  }

  AcmeShSettings settings_;
  std::string state_folder_;
};

}  // namespace

std::unique_ptr<HookStyle> acme_sh_style(AcmeShSettings settings, std::string state_folder) {
  return std::make_unique<AcmeShStyle>(std::move(settings), std::move(state_folder));
}

}  // namespace certmgr::dns_providers
