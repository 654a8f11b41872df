// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cli/command.h"
#include "cli/exit_code.h"

namespace certmgr::cli {
namespace {

/// As it stands in TOML: bare where it may, quoted where it must.
std::string key_of(const std::string& person) {
  const bool bare = std::all_of(person.begin(), person.end(), [](unsigned char c) {
    return (std::isalnum(c) != 0 && c < 0x80) || c == '_' || c == '-';
  });
  return bare ? person : nlohmann::json(person).dump();
}

int make_token(Session& session, const std::string& person) {
  const auto made = session.new_token(person);
  session.output.result({{"person", person}, {"token", made.token}, {"hash", made.hash}},
                        "token of " + person + ", which is shown once and kept nowhere:\n  " + made.token +
                            "\nwhat the configuration has to say, before the daemon reads it again "
                            "(SIGHUP):\n  [web.tokens]\n  " +
                            key_of(person) + " = \"" + made.hash + "\"\n");
  return kDone;
}

}  // namespace

void add_token(CLI::App& parent, Action& chosen) {
  auto person = std::make_shared<std::string>();
  auto* command =
      parent.add_subcommand("token", "Make a token, with which a person uses the daemon's HTTP API");
  command->add_option("PERSON", *person, "Her name in [roles]")->required();
  command->callback(
      [person, &chosen] { chosen = [person](Session& session) { return make_token(session, *person); }; });
}

}  // namespace certmgr::cli
