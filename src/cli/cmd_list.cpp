// SPDX-License-Identifier: MIT
#include <algorithm>

#include "answers/text_table.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

constexpr int kReadAtOnce = 500;

struct ListOptions {
  int limit = 0;  // 0: all
  std::string after;
};

std::string servers_text(const ordered_json& view) {
  std::string text;
  for (const auto& server : view["servers"])
    text += (text.empty() ? "" : ", ") + server["name"].get<std::string>() + " " +
            server["state"].get<std::string>();
  return text.empty() ? "-" : text;
}

struct Listed {
  ordered_json views = ordered_json::array();
  std::string next;  // label to go on after; empty: that was all
};

/// One certificate more than asked for is read, to know whether there are more.
Listed read_certificates(Application& app, const ListOptions& options) {
  Listed listed;
  std::string after = options.after;
  while (true) {
    const auto left = static_cast<std::size_t>(options.limit) - listed.views.size();
    const int at_once =
        options.limit == 0 ? kReadAtOnce : static_cast<int>(std::min<std::size_t>(left + 1, kReadAtOnce));
    const auto page = app.certificate_store().list(after, at_once);
    for (const auto& certificate : page) {
      if (options.limit > 0 && listed.views.size() == static_cast<std::size_t>(options.limit)) {
        listed.next = after;
        return listed;
      }
      listed.views.push_back(certificate_view(app, certificate));
      after = certificate.spec.label;
    }
    if (page.size() < static_cast<std::size_t>(at_once)) return listed;
  }
}

std::string text_of(const Listed& listed, const ListOptions& options) {
  if (listed.views.empty())
    return options.after.empty() ? "no certificates yet; obtain one with 'certmgr issue NAME'\n"
                                 : "no certificates after '" + options.after + "'\n";
  answers::TextTable table({"LABEL", "STATE", "VALID UNTIL", "RENEWAL", "SERVERS"});
  for (const auto& view : listed.views) {
    const auto text = [&](const char* key) {
      return view[key].is_null() ? std::string("-") : view[key].get<std::string>();
    };
    table.add({text("label"), text("state"), text("not_after"), text("renew_at"), servers_text(view)});
  }
  return table.text() + (listed.next.empty() ? "" : "more with --after '" + listed.next + "'\n");
}

int list(Session& session, const ListOptions& options) {
  auto listed = read_certificates(session.app(), options);
  const std::string text = text_of(listed, options);
  ordered_json document{{"certificates", std::move(listed.views)}};
  if (!listed.next.empty()) document["next"] = listed.next;
  session.output.result(document, text);
  return kDone;
}

}  // namespace

void add_list(CLI::App& parent, Action& chosen) {
  auto options = std::make_shared<ListOptions>();
  auto* command = parent.add_subcommand("list", "List the certificates");
  command->add_option("--limit", options->limit, "At most this many")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N");
  command->add_option("--after", options->after, "Those whose label comes after this one")
      ->type_name("LABEL");
  command->callback(
      [options, &chosen] { chosen = [options](Session& session) { return list(session, *options); }; });
}

}  // namespace certmgr::cli
