// SPDX-License-Identifier: MIT
#include "certmgr/domain/event.h"

#include <algorithm>
#include <array>
#include <utility>

namespace certmgr {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kSentences{{
    {"order.approved", "an order was opened"},
    {"order.ordering", "ordering from the CA"},
    {"order.validating", "proving control of the names"},
    {"order.ready", "the proofs were accepted"},
    {"order.awaiting_ca", "waiting for the CA to issue"},
    {"order.verifying", "downloading and verifying the certificate"},
    {"order.issued", "issued"},
    {"order.quarantined", "what the CA returned is not what was ordered: it is not used"},
    {"order.failed", "the order failed"},
    {"order.withdrawn", "the order was given up"},
    {"order.proofs_left", "a proof could not be withdrawn: it is tried again"},
    {"order.proofs_withdrawn", "the proofs of an ended order were withdrawn"},
    {"order.proofs_abandoned", "a proof that could not be withdrawn is left to people"},
    {"deployment.pending", "to be deployed"},
    {"deployment.staged", "putting the new files in place"},
    {"deployment.reloaded", "reloaded; proving that the new certificate is served"},
    {"deployment.verified", "the new certificate is served"},
    {"deployment.rolling_back", "going back to the old files"},
    {"deployment.rolled_back", "the old files are back in place"},
    {"deployment.failed", "the deployment failed"},
    {"renewal.failing", "the renewal failed and is tried again"},
    {"renewal.parked", "the renewal needs a person"},
    {"watch.wrong", "a listener presents another certificate"},
    {"certificate.revoked", "the CA has revoked the certificate"},
}};

}  // namespace

std::string sentence(const EventDraft& event) {
  const auto found = std::find_if(kSentences.begin(), kSentences.end(),
                                  [&](const auto& entry) { return entry.first == event.kind; });
  std::string text(found != kSentences.end() ? found->second : std::string_view(event.kind));
  if (const auto server = event.data.find("server"); server != event.data.end())
    text = server->second + ": " + text;
  if (const auto instead = event.data.find("instead_of"); instead != event.data.end()) {
    const auto ca = event.data.find("ca");
    text += " at " + (ca != event.data.end() ? ca->second : std::string("another CA")) + " instead of " +
            instead->second;
  }
  if (const auto trouble = event.data.find("trouble"); trouble != event.data.end())
    text += ": " + trouble->second;
  return text;
}

}  // namespace certmgr
