// SPDX-License-Identifier: MIT
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/text_table.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

int list(Session& session) {
  auto views = ordered_json::array();
  TextTable table({"CA", "STATUS", "URL"});
  for (const auto& account : session.app().accounts().accounts()) {
    table.add({account.ca, account.status, account.url.empty() ? "-" : account.url});
    views.push_back(account_view(account));
  }
  const std::string text =
      views.empty() ? "no accounts yet; the first 'certmgr issue' at a CA registers one\n" : table.text();
  session.output.result({{"accounts", std::move(views)}}, text);
  return kDone;
}

int show(Session& session, const std::string& named) {
  Application& app = session.app();
  const std::string ca = named.empty() ? app.defaults().ca : named;
  const CaAccount live = value_or_throw(app.account_desk().look_up(ca));
  for (const auto& account : app.accounts().accounts()) {
    if (account.url != live.url) continue;
    auto view = account_view(account);
    view["status"] = live.status;  // the CA's own word
    std::string text;
    for (const auto& [name, value] : view.items())
      text += name + std::string(14 - name.size(), ' ') +
              (value.is_string() ? value.get<std::string>() : value.dump()) + "\n";
    session.output.result({{"account", std::move(view)}}, text);
    return kDone;
  }
  return kFailed;
}

}  // namespace

void add_account(CLI::App& parent, Action& chosen) {
  auto* group = parent.add_subcommand("account", "Accounts at the CAs");
  group->require_subcommand(1);
  group->add_subcommand("list", "List the accounts in the store")->callback([&chosen] { chosen = list; });
  auto ca = std::make_shared<std::string>();
  auto* command = group->add_subcommand("show", "Ask the CA how the account stands");
  command->add_option("CA", *ca, "Name of the CA (default: the default CA)");
  command->callback([ca, &chosen] { chosen = [ca](Session& session) { return show(session, *ca); }; });
}

}  // namespace certmgr::cli
