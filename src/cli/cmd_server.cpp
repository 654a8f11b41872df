// SPDX-License-Identifier: MIT
#include "answers/text_table.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/server_options.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

std::string word(const ordered_json& value) { return value.is_null() ? "-" : value.get<std::string>(); }

std::string server_text(const ordered_json& view) {
  std::string text = word(view["name"]) + " (" + word(view["type"]) + ")\n";
  for (const auto& [name, path] : view["files"].items())
    if (!path.is_null()) text += "  " + name + std::string(12 - name.size(), ' ') + word(path) + "\n";
  if (!view["owner"].is_null() || !view["group"].is_null())
    text += "  owner       " + word(view["owner"]) + ":" + word(view["group"]) + "\n";
  if (!view["mode"].is_null()) text += "  mode        " + word(view["mode"]) + "\n";
  if (!view["hook"].is_null()) text += "  hook        " + word(view["hook"]) + "\n";
  for (const auto& [key, value] : view["settings"].items())
    text += "  set         " + key + "=" + word(value) + "\n";
  for (const auto& target : view["verify"]) text += "  verify      " + word(target) + "\n";
  for (const auto& item : view["certificates"])
    text += "  certificate " + word(item["label"]) + ": " + word(item["state"]) + "\n";
  return text;
}

int tell_server(Session& session, const Server& server, const std::string& note) {
  auto view = server_view(session.app(), server);
  const std::string text = server_text(view) + note;
  session.output.result({{"server", std::move(view)}}, text);
  return kDone;
}

int add(Session& session, const ServerOptions& options) {
  const Server server = session.app_to_add().servers().add(new_server(options));
  if (server.verify.empty())
    session.output.warning("without --verify nothing proves that " + server.name +
                           " serves a new certificate");
  return tell_server(session, server, "Registered. Next: certmgr issue NAME --server " + server.name + "\n");
}

int change(Session& session, const ServerOptions& options) {
  return tell_server(session, session.app().servers().change(options.name, change_of(options)), "Changed.\n");
}

int remove(Session& session, const std::string& name) {
  session.app().servers().remove(name);
  session.output.result({{"removed", name}},
                        name + " is no longer registered; its files are left as they are\n");
  return kDone;
}

int list(Session& session) {
  Application& app = session.app();
  auto views = ordered_json::array();
  answers::TextTable table({"NAME", "TYPE", "VERIFY", "CERTIFICATES"});
  for (const auto& server : app.servers().list()) {
    auto view = server_view(app, server);
    std::string verify, certificates;
    for (const auto& target : view["verify"]) verify += (verify.empty() ? "" : " ") + word(target);
    for (const auto& item : view["certificates"])
      certificates += (certificates.empty() ? "" : ", ") + word(item["label"]) + " " + word(item["state"]);
    table.add(
        {server.name, server.type, verify.empty() ? "-" : verify, certificates.empty() ? "-" : certificates});
    views.push_back(std::move(view));
  }
  const std::string text =
      views.empty() ? "no servers yet; register one with 'certmgr server add'\n" : table.text();
  session.output.result({{"servers", std::move(views)}}, text);
  return kDone;
}

ordered_json test_view(const ServerTest& test) {
  const auto trouble = [](const std::optional<Trouble>& t) {
    return t ? ordered_json{{"code", t->code},
                            {"message", t->message()},
                            {"hint", t->hint},
                            {"detail", t->detail}}
             : ordered_json();
  };
  auto served = ordered_json::array();
  for (const auto& s : test.served) served.push_back(served_view(s));
  return {
      {"name", test.server.name},
      {"passed", test.passed()},
      {"hook", test.hook.empty() ? ordered_json() : ordered_json(test.hook)},
      {"describe", test.describe},
      {"files", trouble(test.places)},
      {"check", trouble(test.check)},
      {"expected_fingerprint_sha256", test.expected.empty() ? ordered_json() : ordered_json(test.expected)},
      {"served", std::move(served)}};
}

std::string test_text(const ServerTest& test) {
  std::string text = test.server.name + ": " + (test.passed() ? "all good" : "not good") + "\n";
  text += "  hook    " + (test.hook.empty() ? std::string("none") : test.hook) +
          (test.describe.empty() ? "" : ": " + test.describe);
  if (!text.ends_with('\n')) text += "\n";
  const auto line = [&](const char* name, const std::optional<Trouble>& t) {
    text +=
        std::string("  ") + name + (t ? t->message() + "\n  try     " + t->hint : std::string("ok")) + "\n";
    if (t && !t->detail.empty()) text += t->detail + (t->detail.ends_with('\n') ? "" : "\n");
  };
  line("files   ", test.places);
  line("check   ", test.check);
  for (const auto& s : test.served) {
    text += "  " + s.target + "  ";
    if (s.fingerprint.empty()) {
      text += s.trouble + "\n";
      continue;
    }
    text += s.subject + ", issued by " + s.issuer + ", until " + to_rfc3339(s.not_after) + ", sha256 " +
            s.fingerprint;
    text += test.expected.empty()            ? "\n"
            : s.fingerprint == test.expected ? " (as deployed)\n"
                                             : " (NOT the one certmgr deployed)\n";
  }
  return text;
}

int test(Session& session, const std::string& name) {
  const ServerTest result = session.app().servers().test(name);
  session.output.result({{"test", test_view(result)}}, test_text(result));
  return result.passed() ? kDone : kFailed;
}

template <class Run>
void add_named(CLI::App& group, const char* verb, const char* help, Run run, Action& chosen) {
  auto name = std::make_shared<std::string>();
  auto* command = group.add_subcommand(verb, help);
  command->add_option("NAME", *name, "Server")->required();
  command->callback(
      [name, run, &chosen] { chosen = [name, run](Session& session) { return run(session, *name); }; });
}

}  // namespace

void add_server(CLI::App& parent, Action& chosen) {
  auto* group = parent.add_subcommand("server", "Registered SIP, web and TURN servers");
  group->require_subcommand(1);
  auto added = std::make_shared<ServerOptions>();
  auto* add_command = group->add_subcommand("add", "Register a server");
  describe_server(*add_command, *added, true);
  add_command->callback(
      [added, &chosen] { chosen = [added](Session& session) { return add(session, *added); }; });
  auto changed = std::make_shared<ServerOptions>();
  auto* set_command = group->add_subcommand("set", "Change a registered server");
  describe_server(*set_command, *changed, false);
  set_command->callback(
      [changed, &chosen] { chosen = [changed](Session& session) { return change(session, *changed); }; });
  group->add_subcommand("list", "List the servers")->callback([&chosen] { chosen = list; });
  add_named(
      *group, "show", "Show one server",
      [](Session& session, const std::string& name) {
        return tell_server(session, session.app().servers().show(name), "");
      },
      chosen);
  add_named(*group, "remove", "Forget a server; its files stay", remove, chosen);
  add_named(*group, "test", "Check files, hook and what its listeners present; changes nothing", test,
            chosen);
}

}  // namespace certmgr::cli
