// SPDX-License-Identifier: MIT
#include "certmgr/domain/identity_check.h"

#include <algorithm>

#include "certmgr/domain/validity_limits.h"
#include "domain/subject_check.h"

namespace certmgr {
namespace {

bool holds_organization(const ChainFacts& facts) {
  return std::any_of(facts.subject.begin(), facts.subject.end(),
                     [](const FoundAttribute& attribute) { return attribute.oid == "2.5.4.10"; });
}

void check_level(IdentityVerdict& verdict, const ChainFacts& facts) {
  const auto named = levels_named(facts.policies);
  const std::string asked(to_string(verdict.asked));
  const auto fault = [&](const char* code, std::string why) {
    verdict.faults.push_back({code, std::move(why)});
  };
  if (named.empty())
    return fault("policy_missing", "it names no policy that says which level it has; asked was " + asked);
  if (named.size() > 1)
    return fault("level_mismatch", "it names the policies of " + std::string(to_string(named.front())) +
                                       " and of " + std::string(to_string(named.back())));
  verdict.found = named.front();
  if (named.front() != verdict.asked)
    fault("level_mismatch",
          "it is of level " + std::string(to_string(named.front())) + ", and asked was " + asked);
  // The policy decides what a certificate is; a subject that contradicts it makes it malformed.
  if (named.front() == CertificateLevel::dv && verdict.asked != CertificateLevel::dv &&
      holds_organization(facts))
    fault("subject_mismatch", "its policy is that of dv, and yet it names an organization");
}

void check_life(IdentityVerdict& verdict, const ChainFacts& facts) {
  const auto cap = limits_at(facts.not_before).validity;
  const auto life = counted_life(facts.not_before, facts.not_after);
  if (life <= cap) return;
  verdict.faults.push_back({"validity_cap", "it is valid from " + to_rfc3339(facts.not_before) + " until " +
                                                to_rfc3339(facts.not_after) + ", which is longer than the " +
                                                std::to_string(cap.count()) +
                                                " days that are allowed at its beginning"});
}

/// A certificate that people approved is held to what they approved.
void check_wish(IdentityVerdict& verdict, const ChainFacts& facts, const Expectation& asked) {
  const bool comparable = !verdict.found || *verdict.found == verdict.asked;  // one difference, one finding
  if (verdict.asked == CertificateLevel::dv || !comparable) return;
  if (auto why = outlives(facts, asked); !why.empty())
    verdict.faults.push_back({"validity_longer", std::move(why)});
}

/// The organization has another name, seat or register than when it was ordered: the certificate may say what
/// was asked for, and yet vouch for somebody who is no more.
void check_record(IdentityVerdict& verdict, const IdentityExpectation& identity) {
  if (identity.today.empty()) return;
  std::string changes;
  for (const auto& now : identity.today) {
    const auto before = std::find_if(identity.subject.begin(), identity.subject.end(),
                                     [&](const SubjectAttribute& asked) { return asked.oid == now.oid; });
    if (before != identity.subject.end() && before->value == now.value) continue;
    changes += (changes.empty() ? "" : ", ") + std::string(now.name) + " '" + now.value + "'";
    if (before != identity.subject.end()) changes += " instead of '" + before->value + "'";
  }
  verdict.faults.push_back(
      {"organization_changed", "the record of the organization was changed after it was ordered: " +
                                   (changes.empty() ? "it says less than before" : changes)});
}

}  // namespace

bool IdentityVerdict::acceptable() const {
  return std::none_of(faults.begin(), faults.end(), [](const IdentityFinding& fault) {
    return fault.code == "key_mismatch" || fault.code == "chain_broken" || fault.code == "not_valid_now" ||
           fault.code == "usage_mismatch";
  });
}

bool IdentityVerdict::placeholder() const {
  return found && *found < asked && std::all_of(faults.begin(), faults.end(), [](const auto& fault) {
           return fault.code == "level_mismatch";
         });
}

IdentityVerdict judge_identity(const ChainFacts& found, const Expectation& asked,
                               const IdentityExpectation& identity, Instant now) {
  IdentityVerdict verdict{.asked = identity.level};
  if (const auto trouble = judge_issued(found, asked, now))
    verdict.faults.push_back({trouble->code, trouble->why});
  if (identity.public_rules) {
    check_level(verdict, found);
    check_life(verdict, found);
  }
  check_wish(verdict, found, asked);
  if (!found.server_auth)
    verdict.faults.push_back({"usage_mismatch", "it is not for servers: extendedKeyUsage lacks serverAuth"});
  // A certificate of another level is not expected to have the subject: one difference, one finding.
  // A private CA of which no identity was asked may put there what it likes.
  const bool comparable =
      identity.public_rules ? !verdict.found || *verdict.found == identity.level : !identity.subject.empty();
  if (comparable) check_subject(verdict, found, identity, identity.level);
  check_record(verdict, identity);
  return verdict;
}

}  // namespace certmgr
