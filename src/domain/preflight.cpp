// SPDX-License-Identifier: MIT
#include "certmgr/domain/preflight.h"

#include <algorithm>
#include <cstdint>

#include "certmgr/domain/ip_address.h"

namespace certmgr {
namespace {

constexpr Duration kClockNoted = std::chrono::minutes(1);
constexpr Duration kMostBehind = std::chrono::hours(1);
constexpr Duration kMostAhead = std::chrono::hours(24);

std::string listed(const std::vector<std::string>& texts) {
  std::string list;
  for (const auto& text : texts) list += (list.empty() ? "" : ", ") + text;
  return list;
}

bool names_issuers(const CaaSet& found) {
  return std::any_of(found.records.begin(), found.records.end(), [](const CaaRecord& record) {
    return record.tag == "issue" || record.tag == "issuewild";
  });
}

Finding unknown_caa(const NameFacts& name) {
  const Trouble& trouble = name.caa->error();
  if (name.dnssec == DnssecState::bogus)
    return {
        .severity = Severity::problem,
        .check = "dnssec",
        .subject = name.identifier.value,
        .what = "the DNSSEC signatures of " + name.identifier.value + " do not hold",
        .code = "dnssec_bogus",
        .why = "the resolver answers only when it is asked not to check them; CAs must refuse such names",
        .hint = "repair the zone: the DS record at the registrar, expired signatures, or a key that changed",
        .detail = trouble.message()};
  Finding finding = finding_of(Severity::warning, "caa", name.identifier.value, trouble);
  finding.what = "cannot tell whether the CA may issue for " + name.identifier.value;
  finding.why = trouble.message();
  return finding;
}

Finding judge_found(const NameFacts& name, const std::vector<ChallengeSettings>& ways,
                    const std::optional<CaFacts>& ca) {
  const CaaSet& found = **name.caa;
  const std::string& value = name.identifier.value;
  if (found.records.empty()) return fine("caa", value, "no CAA record: every CA may issue");
  if (names_issuers(found) && (!ca || ca->caa_identities.empty()))
    return {.severity = Severity::warning,
            .check = "caa",
            .subject = value,
            .what = "there are CAA records at " + found.found_at +
                    ", and it is not known whether they name the CA",
            .code = "caa_unknown",
            .why = "the CA's directory could not be read or does not say which names the CA goes by",
            .hint = "see that one of the records names the CA"};
  CaaQuestion question{.identifier = value,
                       .ca_names = ca ? ca->caa_identities : std::vector<std::string>{},
                       .account_url = ca ? ca->account_url : std::string(),
                       .method = {}};
  std::optional<Trouble> first;
  for (const auto& way : ways) {
    if (!can_prove(way.type, name.identifier)) continue;
    question.method = to_string(way.type);
    const auto judged = judge_caa(found, question);
    if (judged && !first) return fine("caa", value, "the CAA records at " + found.found_at + " allow it");
    if (judged) return finding_of(Severity::warning, "caa", value, *first);
    if (!first) first = judged.error();
  }
  if (!first) return fine("caa", value, "no way of proof to be allowed");
  return finding_of(Severity::problem, "caa", value, *first);
}

bool over_listener(const CertificateSpec& spec) {
  return spec.challenge.type == ChallengeType::http_01 || spec.challenge.type == ChallengeType::tls_alpn_01;
}

std::vector<ChallengeSettings> ways_of(const CertificateSpec& spec) {
  std::vector<ChallengeSettings> ways{spec.challenge};
  ways.insert(ways.end(), spec.other_challenges.begin(), spec.other_challenges.end());
  return ways;
}

Finding clock_finding(const CaFacts& ca, Severity severity, const std::string& why) {
  const Duration off = *ca.clock_ahead;
  return {.severity = severity,
          .check = "clock",
          .subject = ca.name,
          .what = "the clock of this host is " + humanize(off < Duration::zero() ? -off : off) +
                  (off < Duration::zero() ? " behind" : " ahead of") + " that of the CA " + ca.name,
          .code = "clock_skew",
          .why = why,
          .hint = "set it: timedatectl set-ntp true"};
}

}  // namespace

bool is_internal_address(std::string_view address) {
  const auto octets = ip_octets(address);
  if (!octets) return false;
  const auto& o = *octets;
  if (o.size() == 4)
    return o[0] == 10 || o[0] == 127 || (o[0] == 172 && (o[1] & 0xf0U) == 16) ||
           (o[0] == 192 && o[1] == 168) || (o[0] == 169 && o[1] == 254) ||
           (o[0] == 100 && (o[1] & 0xc0U) == 64);
  const bool loopback = std::all_of(o.begin(), o.end() - 1, [](std::uint8_t x) { return x == 0; });
  return loopback || (o[0] & 0xfeU) == 0xfc || (o[0] == 0xfe && (o[1] & 0xc0U) == 0x80);
}

std::optional<Finding> judge_name_caa(const NameFacts& name, const std::vector<ChallengeSettings>& ways,
                                      const std::optional<CaFacts>& ca) {
  if (!name.caa) return std::nullopt;
  return *name.caa ? judge_found(name, ways, ca) : unknown_caa(name);
}

std::optional<Finding> judge_addresses(const NameFacts& name, const std::vector<std::string>& own) {
  if (!name.addresses) return std::nullopt;
  const std::string& value = name.identifier.value;
  if (!*name.addresses) return finding_of(Severity::warning, "address", value, name.addresses->error());
  std::vector<std::string> all = (*name.addresses)->v4;
  all.insert(all.end(), (*name.addresses)->v6.begin(), (*name.addresses)->v6.end());
  if (all.empty())
    return Finding{.severity = Severity::warning,
                   .check = "address",
                   .subject = value,
                   .what = value + " has no address",
                   .code = "name_without_address",
                   .why = "there is no A and no AAAA record, so the CA cannot come here for the proof",
                   .hint = "add them, or prove control over DNS (dns-01)"};
  std::vector<std::string> elsewhere;
  std::copy_if(all.begin(), all.end(), std::back_inserter(elsewhere), [&](const std::string& address) {
    return std::find(own.begin(), own.end(), address) == own.end();
  });
  if (elsewhere.empty()) return fine("address", value, value + " leads here (" + listed(all) + ")");
  const bool nowhere_public = std::all_of(own.begin(), own.end(), is_internal_address);
  if (nowhere_public)
    return fine("address", value,
                value + " leads to " + listed(all) + "; behind NAT it cannot be known whether that is here");
  return Finding{.severity = Severity::warning,
                 .check = "address",
                 .subject = value,
                 .what = value + " leads elsewhere",
                 .code = "name_leads_elsewhere",
                 .why = "no interface of this host has " + listed(elsewhere),
                 .hint =
                     "correct the A and AAAA records; in order if a router or load balancer there brings "
                     "the CA here"};
}

std::vector<Finding> judge_fetches(const NameFacts& name) {
  std::vector<Finding> findings;
  for (const auto& fetch : name.fetched) {
    const std::string& value = name.identifier.value;
    if (fetch.trouble)
      findings.push_back(finding_of(Severity::warning, "proof", value, *fetch.trouble));
    else
      findings.push_back(fine("proof", value, "a proof for " + value + " comes back from " + fetch.from));
  }
  return findings;
}

std::optional<Finding> judge_clock(const CaFacts& ca) {
  if (!ca.clock_ahead) return std::nullopt;
  const Duration ahead = *ca.clock_ahead;
  if (ahead <= -kMostBehind)
    return clock_finding(ca, Severity::problem,
                         "a certificate that is issued now would not be valid here yet");
  if (ahead >= kMostAhead)
    return clock_finding(ca, Severity::problem,
                         "certificates would be renewed, and taken for expired, too early");
  if (ahead >= kClockNoted || ahead <= -kClockNoted)
    return clock_finding(ca, Severity::warning, "renewals and logs go by this clock");
  return fine("clock", ca.name, "the clock goes with that of the CA " + ca.name);
}

Finding judge_way(const WayFacts& facts) {
  const std::string type(to_string(facts.way.type));
  if (facts.trouble) return finding_of(Severity::warning, "challenge", type, *facts.trouble);
  return fine("challenge", type, "proofs can be published by " + type);
}

std::vector<Finding> judge_preflight(const CertificateSpec& spec, const PreflightFacts& facts) {
  std::vector<Finding> findings;
  const auto add = [&](std::optional<Finding> finding) {
    if (finding) findings.push_back(std::move(*finding));
  };
  if (facts.ca) add(judge_clock(*facts.ca));
  for (const auto& way : facts.ways) findings.push_back(judge_way(way));
  const auto ways = ways_of(spec);
  for (const auto& name : facts.names) {
    add(judge_name_caa(name, ways, facts.ca));
    if (over_listener(spec)) add(judge_addresses(name, facts.own_addresses));
    for (auto& finding : judge_fetches(name)) findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace certmgr
