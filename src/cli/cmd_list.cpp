// SPDX-License-Identifier: MIT
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/text_table.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

std::string servers_text(const ordered_json& view) {
  std::string text;
  for (const auto& server : view["servers"])
    text += (text.empty() ? "" : ", ") + server["name"].get<std::string>() + " " +
            server["state"].get<std::string>();
  return text.empty() ? "-" : text;
}

int list(Session& session) {
  Application& app = session.app();
  auto views = ordered_json::array();
  TextTable table({"LABEL", "STATE", "VALID UNTIL", "RENEWAL", "SERVERS"});
  std::string after;
  while (true) {
    const auto page = app.certificate_store().list(after, 500);
    if (page.empty()) break;
    for (const auto& certificate : page) {
      auto view = certificate_view(app, certificate);
      const auto text = [&](const char* key) {
        return view[key].is_null() ? std::string("-") : view[key].get<std::string>();
      };
      table.add({text("label"), text("state"), text("not_after"), text("renew_at"), servers_text(view)});
      views.push_back(std::move(view));
    }
    after = page.back().spec.label;
  }
  const std::string text =
      views.empty() ? "no certificates yet; obtain one with 'certmgr issue NAME'\n" : table.text();
  session.output.result({{"certificates", std::move(views)}}, text);
  return kDone;
}

}  // namespace

void add_list(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand("list", "List the certificates");
  command->callback([&chosen] { chosen = list; });
}

}  // namespace certmgr::cli
