// SPDX-License-Identifier: MIT
#include "lab/strict_ca/proofs.h"

#include "lab/strict_ca/directory.h"

namespace certmgr::lab::strict {
namespace {

ProofTask task_for(const Core& core, const Authorization& authorization, const Challenge& challenge) {
  const auto& account = core.ledger.accounts.at(authorization.account);
  ProofTask task{.type = challenge.type,
                 .identifier = authorization.identifier,
                 .wildcard = authorization.wildcard,
                 .token = challenge.token,
                 .key_authorization = challenge.token + "." + account.key.thumbprint(),
                 .account_url = core.account_url(account.id),
                 .thumbprints = {account.key.thumbprint()},
                 .issuer_names = core.options.caa_identities,
                 .persist_draft = core.behaviour.persist_draft,
                 .account_hash_prefix = account_hash_prefix(core),
                 .address = core.options.address,
                 .http_port = core.options.http_port,
                 .tls_port = core.options.tls_port,
                 .dns_server = core.options.dns_server};
  task.thumbprints.insert(task.thumbprints.end(), account.earlier_thumbprints.rbegin(),
                          account.earlier_thumbprints.rend());
  if (authorization.identifier.type == "ip") task.address = authorization.identifier.value;
  return task;
}

std::optional<Problem> look(const ProofTask& task) {
  try {
    if (task.type == "http-01") return look_at_http(task);
    if (task.type == "tls-alpn-01") return look_at_tls_alpn(task);
    return look_at_dns(task);
  } catch (const std::exception& failure) {
    return Problem{.type = "serverInternal", .status = 500, .detail = failure.what()};
  }
}

void conclude(Authorization& authorization, Challenge& challenge, const std::optional<Problem>& problem) {
  authorization.in_progress = false;
  challenge.status = problem ? "invalid" : "valid";
  challenge.error = problem;
  challenge.validated = std::chrono::system_clock::now();
  if (authorization.status == "pending") authorization.status = challenge.status;
}

/// No longer than any test does, which may have ended in between.
void rest(Core& core) {
  std::unique_lock lock(core.mutex);
  core.changed.wait_for(lock, std::chrono::seconds(60), [&] { return !core.behaviour.proofs_rest; });
}

}  // namespace

void start_proof(Core& core, Authorization& authorization, Challenge& challenge) {
  challenge.status = "processing";
  authorization.in_progress = true;
  const std::string& name = authorization.identifier.value;
  const auto& behaviour = core.behaviour;
  if (const auto failing = behaviour.failing_identifiers.find(name);
      failing != behaviour.failing_identifiers.end())
    return conclude(authorization, challenge, failing->second);
  if (behaviour.always_valid || behaviour.valid_without_look.contains(name))
    return conclude(authorization, challenge, std::nullopt);
  core.proofs.push_back(std::async(
      std::launch::async,
      // Records are never removed, so the references hold as long as the CA, which waits for its proofs.
      [&core, &authorization, &challenge, task = task_for(core, authorization, challenge)] {
        rest(core);
        const auto problem = look(task);
        {
          const std::scoped_lock lock(core.mutex);
          conclude(authorization, challenge, problem);
        }
        core.changed.notify_all();
      }));
}

}  // namespace certmgr::lab::strict
