// SPDX-License-Identifier: MIT
#include "adapters/solvers/published_trial.h"

#include "adapters/solvers/proof_get.h"
#include "adapters/solvers/token.h"
#include "crypto/encoding.h"
#include "platform/listen_socket.h"

namespace certmgr::solvers {
namespace {

constexpr std::size_t kMostFetches = 4;

Proof own_proof(const Identifier& identifier, ChallengeType type) {
  Proof proof;
  proof.type = type;
  proof.identifier = identifier;
  proof.token = "preflight-" + crypto::base64url(crypto::random_bytes(16));
  proof.key_authorization = proof.token + "." + crypto::base64url(crypto::random_bytes(32));
  return proof;
}

struct Place {
  std::string address;
  std::uint16_t port = 80;
  [[nodiscard]] std::string text() const {
    return (address.find(':') == std::string::npos ? address : "[" + address + "]") + ":" +
           std::to_string(port);
  }
};

Trouble not_seen(const Proof& proof, const Place& place, std::string why, std::string hint) {
  return {.kind = TroubleKind::transient,
          .code = "proof_not_seen",
          .what = "a proof for " + proof.identifier.value + " does not come back from " + place.text(),
          .why = std::move(why),
          .hint = std::move(hint)};
}

/// Nothing: the server there redirects. A CA follows that, which may well end here, but not from here.
std::optional<ProofFetch> fetch(const Proof& proof, const Place& place) {
  auto got =
      get_over_http(proof.identifier.value, place.address, place.port, std::string(kWellKnown) + proof.token);
  if (!got)
    return ProofFetch{place.text(),
                      not_seen(proof, place, "nobody answers HTTP there",
                               "let the firewall or router pass port 80 to this host; in order if only this "
                               "host cannot reach itself so (NAT)")};
  if (got->status >= 300 && got->status < 400) return std::nullopt;
  auto& body = got->body;
  while (!body.empty() && (body.back() == '\n' || body.back() == '\r' || body.back() == ' ')) body.pop_back();
  if (got->status == 200 && body == proof.key_authorization) return ProofFetch{place.text(), std::nullopt};
  return ProofFetch{place.text(),
                    not_seen(proof, place,
                             got->status == 200 ? "something else stands there"
                                                : "the answer is HTTP status " + std::to_string(got->status),
                             "see which web server answers for " + proof.identifier.value +
                                 " on that port, and that it shows the webroot or forwards to the listener")};
}

/// Where this host can be reached from itself.
Place nearest_place(const ChallengeSettings& way, std::uint16_t http_port) {
  if (!way.webroot.empty()) return {"127.0.0.1", http_port};
  const auto address = platform::parse_listen_address(way.listen);
  if (!address) return {"127.0.0.1", http_port};
  if (address->host == "::" || address->host == "0.0.0.0") return {"127.0.0.1", address->port};
  return {address->host, address->port};
}

bool published_here(const ChallengeSettings& way) {
  return way.type == ChallengeType::http_01 || way.type == ChallengeType::tls_alpn_01;
}

}  // namespace

ProofTrial::Trial PublishedTrial::try_out(const Identifier& identifier, const ChallengeSettings& way,
                                          const std::vector<std::string>& addresses) {
  if (auto checked = solver_.check(way); !checked) return {checked.error(), {}};
  if (!published_here(way)) return {};
  const Proof proof = own_proof(identifier, way.type);
  if (const auto published = solver_.publish(proof, way); !published) {
    // Named with a time: another run of this program, which lets go of the port in a moment.
    if (published.error().retry_at) return {};
    return {published.error(), {}};
  }
  Trial trial;
  if (way.type == ChallengeType::http_01) {
    std::vector<Place> places;
    for (const auto& address : addresses)
      if (places.size() < kMostFetches) places.push_back({address, http_port_});
    if (places.empty()) places.push_back(nearest_place(way, http_port_));
    for (const auto& place : places)
      if (auto fetched = fetch(proof, place)) trial.fetched.push_back(std::move(*fetched));
  }
  if (auto withdrawn = solver_.withdraw(proof, way, ChallengeOutcome::accepted); !withdrawn)
    trial.unpublished = withdrawn.error();
  return trial;
}

}  // namespace certmgr::solvers
