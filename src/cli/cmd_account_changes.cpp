// SPDX-License-Identifier: MIT
#include "answers/text_table.h"
#include "cli/cmd_account.h"
#include "cli/confirm.h"
#include "cli/exit_code.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

struct Options {
  std::string ca, key_type;
  bool yes = false;
  std::size_t limit = 20;
};

std::string listed(const std::vector<std::string>& labels) {
  constexpr std::size_t most = 20;
  std::string text;
  for (std::size_t i = 0; i < labels.size() && i < most; ++i) text += "  " + labels[i] + "\n";
  if (labels.size() > most) text += "  and " + std::to_string(labels.size() - most) + " more\n";
  return text;
}

int rotate(Session& session, const Options& options) {
  std::optional<KeyType> type;
  if (!options.key_type.empty()) {
    type = parse_key_type(options.key_type);
    if (!type || *type == KeyType::rsa_3072 || *type == KeyType::rsa_4096)
      throw Failure({.kind = TroubleKind::usage,
                     .code = "unknown_key_type",
                     .what = "cannot change the account's key",
                     .why = "'" + options.key_type + "' is no key type for accounts",
                     .hint = "use ecdsa-p256, ecdsa-p384 or rsa-2048"});
  }
  Application& app = session.app();
  const auto view = account_view(app.account_upkeep().change_key(chosen_ca(app, options.ca), type));
  session.output.result({{"account", view}, {"key_changed", true}},
                        "the account has a new key; the old one is deleted\n" + account_text(view));
  return kDone;
}

int deactivate(Session& session, const Options& options) {
  Application& app = session.app();
  const std::string ca = chosen_ca(app, options.ca);
  const Account account = value_or_throw(app.account_desk().registered(ca));
  const auto labels = app.account_upkeep().certificates_of(ca);
  const std::string text = "the account " + account.url + " at " + ca + " ends, for good\n" +
                           (labels.empty() ? std::string("no certificate is ordered with it\n")
                                           : "these are no longer renewed until another account is "
                                             "registered:\n" +
                                                 listed(labels));
  if (!session.output.json()) session.output.result({}, text);
  if (!options.yes && !can_ask(session.output))
    throw Failure({.kind = TroubleKind::usage,
                   .code = "not_confirmed",
                   .what = "did not deactivate the account at " + ca,
                   .why = "there is no terminal to ask on, and --yes was not given",
                   .hint = "certmgr account deactivate " + ca + " --yes"});
  if (!options.yes && !confirmed("Deactivate it?")) {
    session.output.result({}, "nothing was changed\n");
    return kUsage;
  }
  const auto view = account_view(app.account_upkeep().deactivate(ca));
  session.output.result({{"account", view}, {"certificates", labels}}, "the account is deactivated\n");
  return kDone;
}

ordered_json order_item(const ListedOrder& listed) {
  ordered_json item{{"url", listed.url}, {"ours", listed.ours}, {"status", nullptr}};
  auto names = ordered_json::array();
  if (listed.order) {
    item["status"] = to_string(listed.order->status);
    for (const auto& identifier : listed.order->identifiers) names.push_back(identifier.value);
  }
  item["identifiers"] = std::move(names);
  return item;
}

int orders(Session& session, const Options& options) {
  Application& app = session.app();
  const auto list = app.account_upkeep().orders(chosen_ca(app, options.ca), options.limit);
  auto items = ordered_json::array();
  answers::TextTable table({"STATUS", "OURS", "NAMES", "URL"});
  for (const auto& listed : list.newest_first) {
    items.push_back(order_item(listed));
    table.add({listed.order ? std::string(to_string(listed.order->status)) : "gone",
               listed.ours ? "yes" : "no", listed.order ? join(listed.order->identifiers) : "-", listed.url});
  }
  const std::string text = list.total == 0 ? "the CA lists no orders of this account\n"
                                           : table.text() + std::to_string(items.size()) + " of " +
                                                 std::to_string(list.total) + " orders\n";
  session.output.result({{"orders", std::move(items)}, {"total", list.total}}, text);
  return kDone;
}

}  // namespace

void add_account_changes(CLI::App& group, Action& chosen) {
  auto options = std::make_shared<Options>();
  add_account_verb(group, "rotate-key",
                   "Give the account a new key, or bring an interrupted change to its end", rotate, options,
                   chosen)
      ->add_option("--key-type", options->key_type, "ecdsa-p256, ecdsa-p384, rsa-2048 (default: as it is)");
  add_account_verb(group, "deactivate", "End the account at the CA, for good", deactivate, options, chosen)
      ->add_flag("--yes", options->yes, "Do not ask");
  add_account_verb(group, "orders", "List the orders the CA has of the account, newest first", orders,
                   options, chosen)
      ->add_option("--limit", options->limit, "How many of them to ask about")
      ->check(CLI::Range(1, 500))
      ->capture_default_str();
}

}  // namespace certmgr::cli
