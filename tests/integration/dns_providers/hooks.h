// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace certmgr::dns_providers::testing {

// Hooks as the manuals of the clients show them, which change the zone through nsupdate. They want LAB_PORT
// and LAB_KEY in their environment, as they would want an API token. Each notes its call in $LAB_CALLS.

inline const std::string kNsupdate = R"(
echo "$*" >>"$LAB_CALLS"
change() { # add|delete NAME VALUE
    printf 'server 127.0.0.1 %s\nupdate %s %s 60 IN TXT "%s"\nsend\n' "$LAB_PORT" "$1" "$2" "$3" |
        nsupdate -k "$LAB_KEY"
}
)";

/// https://go-acme.github.io/lego/dns/exec: present|cleanup FQDN VALUE
inline const std::string kExecHook = "#!/bin/sh" + kNsupdate + R"(
case $1 in
    present) change add "$2" "$3" ;;
    cleanup) change delete "$2" "$3" ;;
    *) exit 1 ;;
esac
)";

/// RAW mode: present|cleanup -- DOMAIN TOKEN KEYAUTH; the digest is the hook's own matter.
inline const std::string kExecRawHook = "#!/bin/sh" + kNsupdate + R"(
[ "$2" = -- ] || exit 1
value=$(printf %s "$5" | openssl dgst -sha256 -binary | openssl base64 | tr '+/' '-_' | tr -d '=')
case $1 in
    present) change add "_acme-challenge.$3." "$value" ;;
    cleanup) change delete "_acme-challenge.$3." "$value" ;;
    *) exit 1 ;;
esac
)";

/// certbot, "Pre and Post Validation Hooks": the auth hook prints what the clean-up hook needs.
inline const std::string kCertbotAuthHook = "#!/bin/bash" + kNsupdate + R"(
CREATE_DOMAIN="_acme-challenge.$CERTBOT_DOMAIN"
change add "$CREATE_DOMAIN." "$CERTBOT_VALIDATION" || exit 1
echo "working on it" >&2
echo "  $CREATE_DOMAIN $CERTBOT_VALIDATION  "
)";
inline const std::string kCertbotCleanupHook = "#!/bin/bash" + kNsupdate + R"(
read -r name value <<<"$CERTBOT_AUTH_OUTPUT"
[[ -n $value ]] || exit 1
change delete "$name." "$value"
)";

/// dehydrated's examples/hook.sh, where deploy_challenge and clean_challenge take (DOMAIN, TOKEN, VALUE)s.
inline const std::string kDehydratedHook = "#!/usr/bin/env bash" + kNsupdate + R"(
HANDLER="$1"; shift
case $HANDLER in
    deploy_challenge) verb=add ;;
    clean_challenge) verb=delete ;;
    *) exit 0 ;;
esac
[[ -n $BASEDIR ]] || exit 1
while (( $# >= 3 )); do
    change $verb "_acme-challenge.$1." "$3" || exit 1
    shift 3
done
)";

/// uacme(1): METHOD TYPE IDENT TOKEN AUTH
inline const std::string kUacmeHook = "#!/bin/sh" + kNsupdate + R"(
[ $# -eq 5 ] && [ "$2" = dns-01 ] && [ "$UACME_IDENT" = "$3" ] || exit 1
case $1 in
    begin) change add "_acme-challenge.$3." "$5" ;;
    done|failed) change delete "_acme-challenge.$3." "$5" ;;
    *) exit 1 ;;
esac
)";

/// The frame of acme.sh: functions, and at the end main "$@", which carries out its first argument and
/// without one sets the paths, reads account.conf and shows the help. Stands in for the real one, which no
/// Debian package brings.
inline const std::string kAcmeSh = R"(#!/usr/bin/env sh
_info() { echo "$@"; }
_err() { echo "$@" >&2; return 1; }
_initpath() {
  [ -n "$LE_WORKING_DIR" ] || LE_WORKING_DIR="$HOME/.acme.sh"
  ACCOUNT_CONF_PATH="$LE_WORKING_DIR/account.conf"
  [ ! -f "$ACCOUNT_CONF_PATH" ] || . "$ACCOUNT_CONF_PATH"
}
_readaccountconf_mutable() { eval "printf '%s' \"\$SAVED_$1\""; }
_saveaccountconf_mutable() { echo "SAVED_$1='$2'" >>"$ACCOUNT_CONF_PATH"; }
_savedomainconf() { echo "$1='$2'" >>"$DOMAIN_CONF"; }
_readdomainconf() { sed -n "s/^$1='\(.*\)'$/\1/p" "$DOMAIN_CONF" | tail -n 1; }
showhelp() { _initpath; echo "Usage: acme.sh <command> ..."; }
main() {
  [ -z "$1" ] && showhelp && return
  echo "main was run with $*" >>"$LE_WORKING_DIR/ran-main"
  "$@"
}
main "$@"
)";
/// A dnsapi script: credentials from the environment first, then as it saved them.
inline const std::string kDnsApi = R"SH(#!/usr/bin/env sh
dns_lab_add() {
  echo "add $*" >>"$LAB_CALLS"
  LAB_KEY="${LAB_KEY:-$(_readaccountconf_mutable LAB_KEY)}"
  [ -n "$LAB_KEY" ] || { _err "You didn't specify LAB_KEY"; return 1; }
  _saveaccountconf_mutable LAB_KEY "$LAB_KEY"
  _savedomainconf LAB_WHERE "$1"
  _info "Adding $1"
  printf 'server 127.0.0.1 %s\nupdate add %s. 60 IN TXT "%s"\nsend\n' "$LAB_PORT" "$1" "$2" | nsupdate -k "$LAB_KEY"
}
dns_lab_rm() {
  echo "rm $*" >>"$LAB_CALLS"
  [ "$(_readdomainconf LAB_WHERE)" = "$1" ] || {
  _err "nothing is known of $1";
  return 1;
}
printf 'server 127.0.0.1 %s\nupdate delete %s. IN TXT "%s"\nsend\n' "$LAB_PORT" "$1" "$2" |
    nsupdate -k "${LAB_KEY:-$(_readaccountconf_mutable LAB_KEY)}"
}
)SH";

}  // namespace certmgr::dns_providers::testing
