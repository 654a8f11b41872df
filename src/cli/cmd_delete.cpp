// SPDX-License-Identifier: MIT
#include "cli/command.h"
#include "cli/confirm.h"
#include "cli/exit_code.h"
#include "cli/terminal_progress.h"

namespace certmgr::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string label;
  bool yes = false;
};

/// What is on its way and comes to nothing.
std::string on_its_way(Application& app, const Certificate& certificate) {
  std::string text;
  if (const auto asked = app.enrollments().open_enrollment(certificate))
    text += "  its enrollment " + std::to_string(asked->id) + " is withdrawn\n";
  for (const auto& order : app.orders().unsettled_orders(certificate.id))
    if (!is_final(order.state) && !order_url_of(order.state).empty())
      text += "  the CA " + order.spec.ca + " has an order for it and may still issue; nobody fetches that\n";
  return text;
}

std::string loss_text(const Certificate& certificate, std::size_t versions,
                      const std::vector<Server>& servers) {
  std::string text = certificate.spec.label + " (" + join(certificate.spec.identifiers) + ")\n";
  if (versions == 0) text += "  it has no version yet\n";
  if (versions > 0)
    text += "  lost for good: " +
            (versions == 1 ? std::string("1 version with its private key")
                           : std::to_string(versions) + " versions with their private keys") +
            " ('certmgr export' saves the newest)\n";
  for (const auto& server : servers)
    text += "  server " + server.name + " keeps its files, which nobody renews any more\n";
  return text + "  it is not revoked at its CA\n";
}

int remove(Session& session, const Options& options) {
  Application& app = session.app();
  const Certificate certificate = app.certificates().existing(options.label);
  const std::size_t versions = app.certificate_store().versions(certificate.id).size();
  const auto servers = app.certificate_store().servers_of(certificate.id);
  if (!session.output.json())
    session.output.result({}, loss_text(certificate, versions, servers) + on_its_way(app, certificate));
  if (!options.yes && !can_ask(session.output))
    throw Failure({.kind = TroubleKind::usage,
                   .code = "not_confirmed",
                   .what = "did not delete " + options.label,
                   .why = "there is no terminal to ask on, and --yes was not given",
                   .hint = "certmgr delete " + options.label + " --yes"});
  if (!options.yes && !confirmed("Delete " + options.label + "?")) {
    session.output.result({}, "nothing was changed\n");
    return kUsage;
  }
  if (is_enrolled(certificate.spec))
    value_or_throw(enrollment::permit(app.actor(), enrollment::Deed::withdraw));
  if (const auto open = app.enrollments().open_enrollment(certificate))
    app.enrollments().act(open->id, enrollment::Withdraw{app.actor(), "the certificate was deleted"});
  TerminalProgress progress(session.output);
  app.fleet().remove(certificate, progress);
  auto names = ordered_json::array();
  for (const auto& server : servers) names.push_back(server.name);
  session.output.result({{"deleted", options.label}, {"versions", versions}, {"servers", std::move(names)}},
                        options.label + " is deleted; its lines in the event log stay\n");
  return kDone;
}

}  // namespace

void add_delete(CLI::App& parent, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command =
      parent.add_subcommand("delete", "Forget a certificate with its versions and keys; nothing is revoked");
  command->add_option("LABEL", options->label, "Certificate")->required();
  command->add_flag("--yes", options->yes, "Do not ask");
  command->callback(
      [options, &chosen] { chosen = [options](Session& session) { return remove(session, *options); }; });
}

}  // namespace certmgr::cli
