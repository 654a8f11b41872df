// SPDX-License-Identifier: MIT
#include "certmgr/services/server_registry.h"

#include <algorithm>
#include <set>

#include "certmgr/domain/nearest.h"
#include "services/listeners.h"

namespace certmgr {
namespace {

EventDraft event_of(const std::string& kind, const Server& server) {
  return {kind, server.name, {{"type", server.type}}};
}

std::set<std::string> paths_of(const ServerFiles& files) {
  std::set<std::string> paths{files.key, files.cert, files.chain, files.fullchain, files.combined};
  paths.erase("");
  return paths;
}

/// What cannot be registered is the caller's mistake, whatever kind the adapter gave it.
[[noreturn]] void refuse(const Server& server, Trouble trouble) {
  if (trouble.kind != TroubleKind::usage) trouble.kind = TroubleKind::configuration;
  trouble.what = "cannot register server '" + server.name + "'";
  throw Failure(std::move(trouble));
}

}  // namespace

bool ServerTest::passed() const {
  if (places || check) return false;
  return std::all_of(served.begin(), served.end(), [&](const Served& s) {
    return !s.fingerprint.empty() && (expected.empty() || s.fingerprint == expected);
  });
}

ServerRegistry::ServerRegistry(ServerStore& servers, CertificateStore& certificates,
                               DeploymentStore& deployments, FilePlacer& placer, HookRunner& hooks,
                               TlsProber& prober, const ServerSeal& seal)
    : servers_(servers),
      certificates_(certificates),
      deployments_(deployments),
      placer_(placer),
      hooks_(hooks),
      prober_(prober),
      seal_(seal) {}

void ServerRegistry::check(const Server& server) {
  value_or_throw(validate(server));
  // Each server's old files are kept until its own proof: one file of two servers could not go back.
  const auto mine = paths_of(server.files);
  for (const auto& other : servers_.servers()) {
    if (other.id == server.id) continue;
    for (const auto& path : paths_of(other.files)) {
      if (!mine.contains(path)) continue;
      throw Failure(
          {.kind = TroubleKind::usage,
           .code = "path_taken",
           .what = "cannot register server '" + server.name + "'",
           .why = path + " is a file of server '" + other.name + "' already",
           .hint = "give each server files of its own, or both listeners as --verify of one server"});
    }
  }
  check_pair(server);
  if (auto places = placer_.check_places(server); !places) refuse(server, std::move(places.error()));
  if (auto hook = hooks_.hook_path(server); !hook) {
    hook.error().why = hook.error().message();  // which hook it is stands in what
    refuse(server, std::move(hook.error()));
  }
}

void ServerRegistry::check_pair(const Server& server) {
  const auto refused = [&](std::string why, std::string hint) {
    throw Failure({.kind = TroubleKind::usage,
                   .code = "bad_pair",
                   .what = "cannot register server '" + server.name + "'",
                   .why = std::move(why),
                   .hint = std::move(hint)});
  };
  for (const auto& [certificate, last] : certificates_of(server))
    if (server.only && family_of(certificate.spec.key_type) != *server.only)
      refused("its files hold the certificate " + certificate.spec.label + ", which has an " +
                  std::string(to_string(certificate.spec.key_type)) + " key",
              "order " + certificate.spec.label + " with another --key-type first");
  if (server.beside.empty()) return;
  const auto other = servers_.find_server(server.beside);
  if (!other)
    refused("there is no server '" + server.beside + "' it could be beside", "register that one first");
  else if (!other->beside.empty())
    refused("'" + other->name + "' is beside '" + other->beside + "' itself", "--beside " + other->beside);
  else if (other->only == server.only)
    refused("'" + other->name + "' is for " + std::string(to_string(*server.only)) + " keys as well",
            "certmgr server set " + other->name + " --only " +
                (*server.only == KeyFamily::rsa ? "ecdsa" : "rsa"));
}

Server ServerRegistry::add(const Server& server) {
  check(server);
  return servers_.add_server(value_or_throw(seal_.sealed(server)), event_of("server.added", server));
}

Server ServerRegistry::change(const std::string& name, const ServerChange& change) {
  Server server = show(name);
  if (!(change == ServerChange{})) value_or_throw(seal_.check(server));
  const auto set = [](std::string& field, const std::optional<std::string>& value) {
    if (value) field = *value;
  };
  set(server.type, change.type);
  set(server.files.key, change.key);
  set(server.files.cert, change.cert);
  set(server.files.chain, change.chain);
  set(server.files.fullchain, change.fullchain);
  set(server.files.combined, change.combined);
  set(server.owner, change.owner);
  set(server.group, change.group);
  set(server.hook, change.hook);
  set(server.beside, change.beside);
  if (change.only || change.clear_only) server.only = change.only;
  if (change.mode || change.clear_mode) server.mode = change.mode;
  if (change.clear_settings) server.settings.clear();
  if (change.verify) server.verify = *change.verify;
  for (const auto& [key, value] : change.settings) {
    if (value.empty())
      server.settings.erase(key);
    else
      server.settings[key] = value;
  }
  check(server);
  server = value_or_throw(seal_.sealed(std::move(server)));
  servers_.change_server(server, event_of("server.changed", server));
  return server;
}

void ServerRegistry::remove(const std::string& name) {
  const Server server = show(name);
  servers_.remove_server(server.id, event_of("server.removed", server));
}

std::vector<Server> ServerRegistry::list() { return servers_.servers(); }

Server ServerRegistry::show(const std::string& name) {
  if (auto server = servers_.find_server(name)) return *server;
  std::vector<std::string> names;
  for (const auto& server : servers_.servers()) names.push_back(server.name);
  const auto near = nearest(name, names);
  throw Failure(
      {.kind = TroubleKind::usage,
       .code = "unknown_server",
       .what = "there is no server '" + name + "'",
       .why = names.empty() ? "no server is registered" : "'certmgr server list' shows those there are",
       .hint = near ? "did you mean '" + *near + "'?" : "register it with 'certmgr server add'"});
}

std::vector<std::pair<Certificate, std::optional<Deployment>>> ServerRegistry::certificates_of(
    const Server& server) {
  std::vector<std::pair<Certificate, std::optional<Deployment>>> found;
  for (const auto& certificate : certificates_.certificates_on(server.id))
    found.emplace_back(certificate, deployments_.last_deployment(certificate.id, server.id));
  return found;
}

ServerTest ServerRegistry::test(const std::string& name) {
  ServerTest result;
  result.server = show(name);
  if (auto places = placer_.check_places(result.server); !places) result.places = places.error();

  HookCall call{"describe", &result.server, "", {}, "", {}, "manual"};
  std::vector<Identifier> identifiers;
  for (const auto& [certificate, deployment] : certificates_of(result.server)) {
    identifiers = certificate.spec.identifiers;
    if (!deployment || !std::holds_alternative<Verified>(deployment->state)) continue;
    if (const auto version = certificates_.version(deployment->version_id)) {
      result.expected = version->fingerprint;
      call.certificate = certificate.spec.label;
      call.identifiers = identifiers;
      call.fingerprint = version->fingerprint;
      call.not_after = version->not_after;
    }
  }
  const auto hook = hooks_.hook_path(result.server);
  if (!hook) {
    result.check = hook.error();
  } else if (!hook->empty()) {
    result.hook = *hook;
    if (const auto said = hooks_.run(call); said && said->exit_code == 0) result.describe = said->output;
    call.phase = "check";
    const auto checked = hooks_.run(call);
    if (!checked) {
      result.check = checked.error();
    } else if (checked->exit_code != 0) {
      result.check = Trouble{.kind = TroubleKind::permanent,
                             .code = "hook_failed",
                             .what = "the server's configuration check failed",
                             .why = "hook " + *hook + " check exited " + std::to_string(checked->exit_code),
                             .hint = "repair what the hook's output names",
                             .detail = checked->output};
    }
  }
  result.served = look_at_listeners(result.server, identifiers, prober_);
  return result;
}

}  // namespace certmgr
