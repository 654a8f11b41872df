// SPDX-License-Identifier: MIT
#include "certmgr/services/authorization_desk.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

/// Older orders hold authorizations that have ended (RFC 8555 section 7.1.4: they expire).
constexpr int kOrdersLooked = 5;

Trouble not_proven(const Identifier& identifier, std::string why, TroubleKind kind) {
  return {.kind = kind,
          .code = "not_authorized",
          .what = "control of " + identifier.value + " is not proven yet",
          .why = std::move(why),
          .hint = "run the command again, which goes on with the same authorization"};
}

}  // namespace

CertificateSpec AuthorizationDesk::spec_of(const AuthorizeRequest& request) const {
  const auto ascii = value_or_throw(parts_.names.to_ascii(request.name));
  CertificateSpec spec;
  spec.identifiers = {value_or_throw(parse_identifier(ascii))};
  const Identifier& identifier = spec.identifiers.front();
  if (identifier.wildcard())
    throw Failure(
        {.kind = TroubleKind::usage,
         .code = "bad_name",
         .what = "cannot prove control of " + identifier.value,
         .why = "a CA authorizes no wildcards in advance (RFC 8555 section 7.4.1)",
         .hint = "name " + identifier.value.substr(2) + ", with --subdomains where the CA offers it"});
  spec.label = identifier.value;
  spec.ca = request.ca.value_or(defaults_.ca);
  spec.challenge = request.challenge.value_or(defaults_.challenge);
  spec.other_challenges = defaults_.others(spec.challenge.type);
  value_or_throw(parts_.solver.check(spec.challenge));
  return spec;
}

void AuthorizationDesk::save(const Preauthorization& authorization, const std::string& kind) {
  parts_.authorizations.save_authorization(authorization,
                                           {kind,
                                            authorization.identifier().value,
                                            {{"url", authorization.url},
                                             {"ca", authorization.spec.ca},
                                             {"state", std::string(to_string(authorization.state))}}});
}

void AuthorizationDesk::withdraw(Preauthorization& authorization, Progress& progress) {
  auto proofs = std::move(authorization.leftovers);
  authorization.leftovers.clear();
  if (authorization.published)
    if (const auto* way = way_of(authorization.spec, authorization.published->type)) {
      const bool accepted = authorization.state == AuthorizationState::valid;
      proofs.push_back(
          {*authorization.published, *way, accepted ? ChallengeOutcome::accepted : ChallengeOutcome::failed});
    }
  authorization.published.reset();
  for (auto& left : proofs) {
    const auto withdrawn = parts_.solver.withdraw(left.proof, left.way, left.outcome);
    if (withdrawn) continue;
    left.why = withdrawn.error().message();
    progress.warn(authorization.identifier().value, left.why + "; running the command again tries it again");
    authorization.leftovers.push_back(std::move(left));
  }
}

/// One that is good still, or that an interrupted call has begun.
std::optional<Preauthorization> AuthorizationDesk::left_over(Ca& ca, const CertificateSpec& spec,
                                                             bool subdomains,
                                                             std::vector<Leftover>& leftovers,
                                                             Progress& progress) {
  auto known = parts_.authorizations.newest(spec.ca, spec.identifiers.front());
  if (!known) return std::nullopt;
  const bool left_proof = known->published.has_value() || !known->leftovers.empty();
  const bool ended = known->state != AuthorizationState::pending && known->state != AuthorizationState::valid;
  if (ended || (subdomains && !known->subdomains)) {
    if (!left_proof) return std::nullopt;
    withdraw(*known, progress);
    leftovers = std::exchange(known->leftovers, {});  // they go with the new one
    save(*known, "authorization.seen");
    return std::nullopt;
  }
  const auto seen = ca.authorization(known->url);
  const bool unknown = !seen && seen.error().kind == TroubleKind::transient;
  const bool pending = seen && seen->status == CaStatus::pending;
  if (seen && seen->status == CaStatus::valid)
    known->state = AuthorizationState::valid;
  else if (!unknown && !pending)
    known->state = AuthorizationState::failed;
  withdraw(*known, progress);  // which tells hooks how it has ended
  known->spec = spec;
  if (unknown) throw Failure(seen.error());
  if (pending) return known;
  if (seen) known->expires = seen->expires;
  if (left_proof || known->state == AuthorizationState::failed) save(*known, "authorization.seen");
  if (known->state == AuthorizationState::valid) return known;
  leftovers = known->leftovers;
  return std::nullopt;
}

Preauthorization AuthorizationDesk::begin(Ca& ca, const CertificateSpec& spec, bool subdomains,
                                          std::vector<Leftover> leftovers, CaAuthorization& seen) {
  seen = value_or_throw(ca.new_authorization(spec.identifiers.front(), subdomains));
  Preauthorization authorization{seen.url, spec, subdomains};
  authorization.leftovers = std::move(leftovers);
  authorization.expires = seen.expires;
  authorization.created_at = parts_.clock.now();
  if (seen.status == CaStatus::valid) authorization.state = AuthorizationState::valid;
  save(authorization, "authorization.begun");
  return authorization;
}

Preauthorization AuthorizationDesk::authorize(const AuthorizeRequest& request, Progress& progress) {
  const Instant deadline = parts_.clock.now() + request.timeout;
  const CertificateSpec spec = spec_of(request);
  const auto ca = value_or_throw(parts_.accounts.open(spec.ca));
  CaAuthorization seen;
  std::vector<Leftover> leftovers;
  auto authorization = left_over(*ca, spec, request.subdomains, leftovers, progress);
  if (!authorization)
    authorization = begin(*ca, spec, request.subdomains, std::move(leftovers), seen);
  else if (authorization->state == AuthorizationState::pending)
    seen = value_or_throw(ca->authorization(authorization->url));
  if (authorization->state == AuthorizationState::valid) return *authorization;
  try {
    prove(*ca, *authorization, seen, deadline, progress);
  } catch (const Failure&) {
    withdraw(*authorization, progress);
    save(*authorization, "authorization.not_proven");
    throw;
  }
  withdraw(*authorization, progress);
  save(*authorization, "authorization.valid");
  return *authorization;
}

void AuthorizationDesk::prove(Ca& ca, Preauthorization& authorization, const CaAuthorization& seen,
                              Instant deadline, Progress& progress) {
  auto proof = proof_for(authorization.spec, seen, ca.account_facts());
  if (!proof) throw Failure(std::move(proof.error()));
  const ChallengeSettings& way = *way_of(authorization.spec, proof->type);
  proof->target = value_or_throw(parts_.solver.locate(*proof, way));
  authorization.published = *proof;
  save(authorization, "authorization.proving");
  progress.step(authorization.identifier().value, "proving control");
  publish(*proof, way, deadline);
  value_or_throw(ca.answer(proof->challenge_url));
  progress.step(authorization.identifier().value, "waiting for " + authorization.spec.ca + " to validate");
  await(ca, authorization, deadline);
}

void AuthorizationDesk::publish(const Proof& proof, const ChallengeSettings& way, Instant deadline) {
  while (true) {
    const auto published = value_or_throw(parts_.solver.publish(proof, way));
    if (published.missing.empty()) return;
    const Instant again = parts_.clock.now() + published.again;
    if (again >= deadline)
      throw Failure(not_proven(proof.identifier, "a record is not seen yet: " + published.missing,
                               TroubleKind::waiting));
    pause_until(again);
  }
}

void AuthorizationDesk::await(Ca& ca, Preauthorization& authorization, Instant deadline) {
  for (int polls = 0;; ++polls) {
    const auto seen = value_or_throw(ca.authorization(authorization.url));
    if (seen.status == CaStatus::valid) {
      authorization.state = AuthorizationState::valid;
      authorization.expires = seen.expires;
      return;
    }
    if (seen.status != CaStatus::pending && seen.status != CaStatus::processing) {
      authorization.state = AuthorizationState::failed;
      throw Failure(why_not_valid(seen));
    }
    const Instant again = parts_.clock.now() + poll_delay(kDvPatience, polls);
    if (again >= deadline)
      throw Failure(
          not_proven(authorization.identifier(), "the CA has not looked yet", TroubleKind::waiting));
    pause_until(again);
  }
}

void AuthorizationDesk::pause_until(Instant at) {
  const Duration left = at - parts_.clock.now();
  if (left > Duration::zero()) std::this_thread::sleep_for(left);
}

std::vector<std::string> AuthorizationDesk::known_urls(Ca& ca, const std::string& ca_name,
                                                       const Identifier& identifier) {
  std::vector<std::string> urls;
  if (const auto known = parts_.authorizations.newest(ca_name, identifier)) urls.push_back(known->url);
  std::string after;
  for (auto page = parts_.certificates.list(after, 500); !page.empty();
       page = parts_.certificates.list(after, 500)) {
    for (const auto& certificate : page) {
      const auto& names = certificate.spec.identifiers;
      const Identifier wildcard{identifier.type, "*." + identifier.value};
      const bool has = std::find(names.begin(), names.end(), identifier) != names.end() ||
                       std::find(names.begin(), names.end(), wildcard) != names.end();
      if (!has || certificate.spec.ca != ca_name) continue;
      for (const auto& url : parts_.orders.order_urls(certificate.id, kOrdersLooked))
        if (const auto order = ca.order(url))
          for (const auto& authorization : order->value.authorizations)
            if (std::find(urls.begin(), urls.end(), authorization) == urls.end())
              urls.push_back(authorization);
    }
    after = page.back().spec.label;
  }
  return urls;
}

std::vector<std::string> AuthorizationDesk::deauthorize(const std::string& name,
                                                        const std::optional<std::string>& ca) {
  const auto ascii = value_or_throw(parts_.names.to_ascii(name));
  const Identifier identifier = value_or_throw(parse_identifier(ascii));
  const std::string ca_name = ca.value_or(defaults_.ca);
  value_or_throw(parts_.accounts.registered(ca_name));
  const auto connection = value_or_throw(parts_.accounts.open(ca_name));
  std::vector<std::string> given_back;
  for (const auto& url : known_urls(*connection, ca_name, identifier)) {
    const auto seen = connection->authorization(url);
    if (!seen || seen->status != CaStatus::valid || seen->identifier != identifier) continue;
    if (auto done = connection->deactivate_authorization(url); !done) {
      Trouble trouble = std::move(done.error());
      if (trouble.kind == TroubleKind::permanent && seen->expires)
        trouble.hint =
            "a CA that cannot take it back lets it end by itself: at " + to_rfc3339(*seen->expires);
      throw Failure(std::move(trouble));
    }
    given_back.push_back(url);
    Preauthorization record{url, {}, seen->subdomains_allowed, AuthorizationState::deactivated};
    record.spec.label = identifier.value;
    record.spec.identifiers = {identifier};
    record.spec.ca = ca_name;
    record.created_at = parts_.clock.now();
    save(record, "authorization.deactivated");
  }
  return given_back;
}

}  // namespace certmgr
