// SPDX-License-Identifier: MIT
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

int check(Session& session) {
  const StoreHealth health = session.app().inspector().check();
  const ordered_json view{{"ok", health.findings.empty()},
                          {"schema_version", health.schema_version},
                          {"certificates", health.certificates},
                          {"keys", health.keys},
                          {"events", health.events},
                          {"findings", health.findings}};
  std::string text = health.findings.empty() ? "the store is sound\n" : "the store is damaged\n";
  for (const auto& finding : health.findings) text += "  " + finding + "\n";
  text += "  certificates " + std::to_string(health.certificates) + ", keys " + std::to_string(health.keys) +
          ", events " + std::to_string(health.events) + ", schema " + std::to_string(health.schema_version) +
          "\n";
  session.output.result(view, text);
  return health.findings.empty() ? kDone : kFailed;
}

}  // namespace

void add_db(CLI::App& parent, Action& chosen) {
  auto* group = parent.add_subcommand("db", "The store");
  group->require_subcommand(1);
  group->add_subcommand("check", "Verify the store: database, event chain, every key")->callback([&chosen] {
    chosen = check;
  });
}

}  // namespace certmgr::cli
