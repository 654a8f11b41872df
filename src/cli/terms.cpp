// SPDX-License-Identifier: MIT
#include "cli/terms.h"

#include <iostream>

#include "cli/confirm.h"

namespace certmgr::cli {

bool agreed_on_terminal(Session& session, const Trouble& trouble) {
  if (trouble.code != "terms_not_agreed" || !can_ask(session.output)) return false;
  std::cerr << printable(trouble.what + ": " + trouble.why) << '\n';
  if (!confirmed("Do you agree to these terms?")) return false;
  session.app_to_add().account_desk().agree(true);
  return true;
}

}  // namespace certmgr::cli
