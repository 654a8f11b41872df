// SPDX-License-Identifier: MIT
#include <openssl/crypto.h>

#include <filesystem>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

struct Options {
  std::string label, out;
};

/// An export is written the way a server's files are: atomically, the key for its owner alone.
Server files_in(const std::string& folder) {
  Server server;
  server.name = "export";
  server.type = "generic";
  server.files.key = folder + "/privkey.pem";
  server.files.cert = folder + "/cert.pem";
  server.files.chain = folder + "/chain.pem";
  server.files.fullchain = folder + "/fullchain.pem";
  return server;
}

int export_files(Session& session, const Options& options) {
  Application& app = session.app();
  const Certificate certificate = app.certificates().existing(options.label);
  const auto current = app.certificate_store().current(certificate.id);
  if (!current)
    throw Failure({.kind = TroubleKind::usage,
                   .code = "nothing_to_export",
                   .what = "cannot export " + options.label,
                   .why = "no certificate has been issued for it yet",
                   .hint = "obtain it with 'certmgr issue'"});
  const auto key = app.certificate_store().key(current->key_id);
  if (!key)
    throw Failure({.kind = TroubleKind::store,
                   .code = "key_missing",
                   .what = "cannot export " + options.label,
                   .why = "its key is not in the store",
                   .hint = "run 'certmgr db check'"});
  Server server = files_in(std::filesystem::absolute(options.out).lexically_normal().string());
  const auto parts = split_chain(current->chain_pem);
  Material material{"", parts.leaf_pem, parts.chain_pem};
  if (is_elsewhere(*key))
    server.files.key.clear();
  else
    material.key_pem = value_or_throw(app.keyring().private_key_pem(*key));
  auto placed = app.placer().place(server, material);
  OPENSSL_cleanse(material.key_pem.data(), material.key_pem.size());
  value_or_throw(std::move(placed));
  value_or_throw(app.placer().drop_backups(server));
  ordered_json files;
  if (!server.files.key.empty()) files["key"] = server.files.key;
  files["cert"] = server.files.cert;
  files["chain"] = server.files.chain;
  files["fullchain"] = server.files.fullchain;
  std::string text;
  for (const auto& [name, path] : files.items()) text += path.get<std::string>() + "\n";
  session.output.result({{"exported", {{"label", options.label}, {"files", files}}}}, text);
  return kDone;
}

}  // namespace

void add_export(CLI::App& parent, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = parent.add_subcommand("export", "Write key and certificate to PEM files in a folder");
  command->add_option("LABEL", options->label, "Certificate")->required();
  command->add_option("--out", options->out, "Existing folder; the key is readable for its owner only")
      ->required()
      ->type_name("DIR");
  command->callback([options, &chosen] {
    chosen = [options](Session& session) { return export_files(session, *options); };
  });
}

}  // namespace certmgr::cli
