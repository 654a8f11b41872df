// SPDX-License-Identifier: MIT
#include <algorithm>
#include <stdexcept>

#include "lab/strict_ca/persist_record.h"
#include "lab/strict_ca/proofs.h"
#include "lab/strict_ca/text_records.h"

namespace certmgr::lab::strict {
namespace {

/// draft-ietf-acme-dns-account-label: a label of the account's own before _acme-challenge.
std::string account_label(const std::string& account_url) {
  return "_" + base32(sha256(account_url).substr(0, 10)) + ".";
}

std::string place_of(const ProofTask& task) {
  const std::string& name = task.identifier.value;
  if (task.type == "dns-persist-01") return "_validation-persist." + name;
  if (task.type == "dns-account-01") return account_label(task.account_url) + "_acme-challenge." + name;
  return "_acme-challenge." + name;
}

std::optional<Problem> fault_of_texts(const std::vector<std::string>& texts, const ProofTask& task) {
  if (task.type != "dns-persist-01") {
    const std::string digest = base64url(sha256(task.key_authorization));
    if (std::find(texts.begin(), texts.end(), digest) != texts.end()) return std::nullopt;
    return problems::unauthorized("no TXT record at " + place_of(task) + " is the right one");
  }
  std::optional<Problem> fault;
  for (const auto& text : texts) {
    auto found = fault_of_record(text, task, std::chrono::system_clock::now());
    if (!found) return std::nullopt;
    fault = std::move(found);
  }
  return fault;
}

}  // namespace

std::optional<Problem> look_at_dns(const ProofTask& task) {
  try {
    return fault_of_texts(text_records(place_of(task), task.dns_server), task);
  } catch (const std::runtime_error& failure) {
    return Problem{.type = "dns", .detail = failure.what()};
  }
}

}  // namespace certmgr::lab::strict
