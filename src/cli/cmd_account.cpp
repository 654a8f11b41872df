// SPDX-License-Identifier: MIT
#include "cli/cmd_account.h"

#include "answers/text_table.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/terms.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

struct Options {
  std::string ca;
  std::vector<std::string> emails;
  bool agree_tos = false;
  bool no_contact = false;
};

int list(Session& session) {
  auto views = ordered_json::array();
  answers::TextTable table({"CA", "ACCOUNT", "STATUS", "URL"});
  for (const auto& account : session.app().accounts().accounts()) {
    table.add({account.ca, account.name.empty() ? "-" : account.name, account.status,
               account.url.empty() ? "-" : account.url});
    views.push_back(account_view(account));
  }
  const std::string text =
      views.empty() ? "no accounts yet; the first 'certmgr issue' at a CA registers one\n" : table.text();
  session.output.result({{"accounts", std::move(views)}}, text);
  return kDone;
}

int show(Session& session, const Options& options) {
  Application& app = session.app();
  const std::string ca = chosen_ca(app, options.ca);
  const CaAccount live = value_or_throw(app.account_desk().look_up(ca));
  const Account account = value_or_throw(app.account_desk().registered(ca));
  auto view = account_view(account);
  view["status"] = live.status;  // the CA's own word
  session.output.result({{"account", view}}, account_text(view));
  return kDone;
}

std::vector<std::string> contacts_of(const std::vector<std::string>& emails) {
  std::vector<std::string> contacts;
  for (const auto& email : emails) {
    if (email.empty() || email.find_first_of(" \t\r\n,?") != std::string::npos)
      throw Failure({.kind = TroubleKind::usage,
                     .code = "bad_email",
                     .what = "cannot use '" + email + "' as a contact",
                     .why = "it is not an e-mail address",
                     .hint = "--email admin@example.com"});
    contacts.push_back("mailto:" + email);
  }
  return contacts;
}

int enroll(Session& session, const Options& options) {
  Application& app = session.app_to_add();
  const std::string ca = chosen_ca(app, options.ca);
  if (!options.emails.empty()) app.account_desk().set_contacts(contacts_of(options.emails));
  if (options.agree_tos) app.account_desk().agree(true);
  auto account = app.account_desk().enroll(ca);
  if (!account && agreed_on_terminal(session, account.error())) account = app.account_desk().enroll(ca);
  const auto view = account_view(value_or_throw(std::move(account)));
  session.output.result({{"account", view}}, account_text(view));
  return kDone;
}

int update(Session& session, const Options& options) {
  if (options.emails.empty() && !options.no_contact)
    throw Failure({.kind = TroubleKind::usage,
                   .code = "usage",
                   .what = "cannot update the account",
                   .why = "it was not said what is to change",
                   .hint = "--email ADDRESS, once for each, or --no-contact"});
  Application& app = session.app();
  const auto view = account_view(
      app.account_upkeep().change_contacts(chosen_ca(app, options.ca), contacts_of(options.emails)));
  session.output.result({{"account", view}}, account_text(view));
  return kDone;
}

std::string words_of(const ordered_json& value) {
  if (value.is_null()) return "-";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const auto& item : value) text += (text.empty() ? "" : ", ") + words_of(item);
  return text.empty() ? "-" : text;
}

}  // namespace

std::string chosen_ca(Application& app, const std::string& named) {
  return named.empty() ? app.defaults().ca : named;
}

std::string account_text(const ordered_json& view) {
  std::string text;
  for (const auto& [name, value] : view.items())
    text += name + std::string(17 - name.size(), ' ') + words_of(value) + "\n";
  return text;
}

void add_account(CLI::App& parent, Action& chosen) {
  auto* group = parent.add_subcommand("account", "Accounts at the CAs");
  group->require_subcommand(1);
  group->add_subcommand("list", "List the accounts in the store")->callback([&chosen] { chosen = list; });
  auto options = std::make_shared<Options>();
  add_account_verb(*group, "show", "Ask the CA how the account stands", show, options, chosen);
  auto* command = add_account_verb(*group, "register", "Register an account, or say which one there is",
                                   enroll, options, chosen);
  command->add_option("--email", options->emails, "Contact; several times for several")->take_all();
  command->add_flag("--agree-tos", options->agree_tos, "Agree to the CA's terms of service");
  command = add_account_verb(*group, "update", "Change the contacts the CA knows", update, options, chosen);
  auto* emails = command->add_option("--email", options->emails, "Contact; several times for several");
  emails->take_all();
  command->add_flag("--no-contact", options->no_contact, "The CA is to know no contact")->excludes(emails);
  add_account_changes(*group, chosen);
}

}  // namespace certmgr::cli
