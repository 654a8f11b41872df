// SPDX-License-Identifier: MIT
#include "lab/strict_ca/finalize.h"

#include "lab/strict_ca/authorizations.h"
#include "lab/strict_ca/certificate_draft.h"
#include "lab/strict_ca/csr.h"
#include "lab/strict_ca/issuance.h"
#include "lab/strict_ca/orders.h"
#include "lab/strict_ca/renewal_info.h"
#include "lab/strict_ca/strict_json.h"
#include "lab/strict_ca/vetting_desk.h"

namespace certmgr::lab::strict {

Reply finalize(Core& core, Lock& lock, const Signed& request, const std::string& id) {
  Order& order = owned_order(core, request, id);
  const json payload = parse_object(request.payload, "the payload");
  const auto csr = from_base64url(text_member(payload, "csr", "the payload"));
  if (!csr) throw Refusal{problems::malformed("the csr is not base64url")};
  wait_for_proofs(core, lock, order.authorizations);
  refresh(core, order);
  if (order.status != "ready")
    throw Refusal{{.type = "orderNotReady", .status = 403, .detail = "the order is " + order.status}};
  demand_good_csr(core, *csr, order);

  order.csr_der = *csr;
  order.status = "processing";
  put_on_desk(core, order);
  order.processing_polls = core.behaviour.processing_polls;
  if (core.behaviour.finalize_says_400)
    throw Refusal{{.type = "serverInternal", .detail = "an error that is none: the order goes on"}};
  auto reply = order_reply(core, order);
  reply.headers.emplace("Location", core.order_url(order.id));
  if (!core.behaviour.retry_after_finalize.empty()) {
    reply.headers.erase("Retry-After");
    reply.headers.emplace("Retry-After", core.behaviour.retry_after_finalize);
  }
  return reply;
}

void complete(Core& core, Order& order) {
  Certificate certificate{.id = new_id(), .account = order.account, .identifiers = order.identifiers};
  certificate.leaf = issue(core, order);
  certificate.renewal_id = renewal_id(*certificate.leaf);
  order.certificate = certificate.id;
  order.status = "valid";
  core.ledger.certificates.emplace(certificate.id, std::move(certificate));
}

Reply certificate(const Core& core, const Signed& request, const std::string& id, std::size_t number) {
  const auto found = core.ledger.certificates.find(id);
  if (found == core.ledger.certificates.end() || number >= core.hierarchy.chains())
    throw Refusal{problems::not_found("certificate " + id)};
  if (found->second.account != request.account)
    throw Refusal{problems::unauthorized("the certificate belongs to another account")};
  if (!request.post_as_get()) throw Refusal{problems::malformed("a certificate can only be read")};
  Reply reply{.content_type = "application/pem-certificate-chain",
              .body = pem_of(*found->second.leaf) + core.hierarchy.chain_pem(number)};
  for (std::size_t other = 0; other < core.hierarchy.chains(); ++other) {
    if (other == number) continue;
    const std::string suffix = other == 0 ? std::string() : "/" + std::to_string(other);
    reply.headers.emplace("Link", "<" + core.certificate_url(id) + suffix + ">;rel=\"alternate\"");
  }
  return reply;
}

}  // namespace certmgr::lab::strict
