// SPDX-License-Identifier: MIT
#include "cli/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "certmgr/domain/nearest.h"
#include "cli/exit_code.h"
#include "cli/log.h"
#include "version.h"

namespace certmgr::cli {
namespace {

void add_globals(CLI::App& app, GlobalOptions& options) {
  app.add_option("--config", options.config_file,
                 "Configuration file (default: $CERTMGR_CONFIG or /etc/certmgr/certmgr.toml)")
      ->type_name("FILE");
  app.add_option("--store", options.store, "Store to use instead of the configured one")->type_name("PATH");
  app.add_flag("--json", options.json, "One JSON document on stdout, also for errors");
  app.add_flag("-q,--quiet", options.quiet, "No progress and no text, only errors");
  app.add_flag("-v,--verbose", options.verbose, "Log every request to the CA on stderr");
  app.add_option("--log-format", options.log_format,
                 "Lines of the log: journal, terminal, plain, or what fits stderr (auto)")
      ->type_name("WORD")
      ->check(CLI::IsMember({"auto", "journal", "terminal", "plain"}));
  app.add_flag("--no-color", options.no_color, "No colors ($NO_COLOR does the same)");
  app.set_version_flag("--version", "certmgr " CERTMGR_VERSION, "Print the version");
}

/// A word where a command should be, with the command that was probably meant.
std::optional<Trouble> unknown_command(const CLI::App& app, int argc, const char* const* argv) {
  std::vector<std::string> known;
  for (const auto* command : app.get_subcommands({})) known.push_back(command->get_name());
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--config" || word == "--store" || word == "--log-format") ++i;
    if (word.starts_with('-')) continue;
    if (std::find(known.begin(), known.end(), word) != known.end()) return std::nullopt;
    const auto near = nearest(word, known);
    return Trouble{.kind = TroubleKind::usage,
                   .code = "usage",
                   .what = "cannot understand the command",
                   .why = "there is no command '" + word + "'",
                   .hint = near ? "did you mean '" + *near + "'?" : "see 'certmgr --help'"};
  }
  return std::nullopt;
}

/// The parser's own words, in our form.
Trouble usage_trouble(const CLI::ParseError& error) {
  return {.kind = TroubleKind::usage,
          .code = "usage",
          .what = "cannot understand the command",
          .why = error.what(),
          .hint = "see 'certmgr --help' or 'certmgr COMMAND --help'"};
}

bool asked_for_json(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i)
    if (std::string_view(argv[i]) == "--json") return true;
  return false;
}

int dispatch(int argc, const char* const* argv, const WaysIn& ways, GlobalOptions& options) {
  CLI::App app{
      "certmgr keeps the TLS certificates of SIP and web servers alive, and proves that they are served."};
  app.name("certmgr");
  app.require_subcommand(1);
  app.fallthrough();
  add_globals(app, options);
  Action chosen;
  for (const AddCommand add :
       {add_issue,   add_apply,  add_delete,  add_renew,  add_revoke, add_authorize, add_deploy,     add_list,
        add_show,    add_status, add_history, add_export, add_server, add_org,       add_enrollment, add_ca,
        add_account, add_limits, add_notify,  add_token,  add_db,     add_doctor,    add_daemon})
    add(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForVersion&) {
    Output(options).result({{"version", CERTMGR_VERSION}}, "certmgr " CERTMGR_VERSION "\n");
    return kDone;
  } catch (const CLI::ParseError& error) {
    Output(options).error(unknown_command(app, argc, argv).value_or(usage_trouble(error)));
    return kUsage;
  }
  options.config_given = !options.config_file.empty();
  if (const char* named = std::getenv("CERTMGR_CONFIG");
      !options.config_given && named != nullptr && *named != '\0') {
    options.config_file = named;
    options.config_given = true;
  }
  set_up_log(options);
  const Output output(options);
  Session session(options, output, ways);
  return chosen(session);
}

}  // namespace

void refuse_missing_store(const std::string& named) {
  std::error_code error;
  if (named.empty() || std::filesystem::status(named, error).type() != std::filesystem::file_type::not_found)
    return;
  throw Failure({.kind = TroubleKind::usage,
                 .code = "no_store",
                 .what = "cannot use the store " + named,
                 .why = "there is no such file",
                 .hint =
                     "correct --store; a store is made by what is put into it first, with 'certmgr issue', "
                     "'certmgr apply', 'certmgr server add' or 'certmgr org add'"});
}

int run(int argc, const char* const* argv, const WaysIn& ways) {
  GlobalOptions options;
  options.json = asked_for_json(argc, argv);
  try {
    return dispatch(argc, argv, ways, options);
  } catch (const Failure& failure) {
    Output(options).error(failure.trouble());
    return exit_code_of(failure.trouble());
  } catch (const std::exception& error) {
    Output(options).error({.kind = TroubleKind::permanent,
                           .code = "bug",
                           .what = "certmgr stopped unexpectedly",
                           .why = error.what(),
                           .hint = "this is a defect of certmgr: please report it; the store is as the last "
                                   "finished step left it"});
    return kFailed;
  }
}

}  // namespace certmgr::cli
