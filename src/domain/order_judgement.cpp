// SPDX-License-Identifier: MIT
#include "domain/order_judgement.h"

#include "domain/order_moves.h"
#include "domain/order_wish_check.h"

namespace certmgr {
namespace {

/// Of an order that nobody had to be asked for: the CA has verified control of names, and may be a private
/// one.
const IdentityExpectation kNamesOnly{.level = CertificateLevel::dv, .public_rules = false};

std::string all_of(const std::vector<IdentityFinding>& findings) {
  std::string text;
  for (const auto& finding : findings) text += (text.empty() ? "" : "; ") + finding.why;
  return text;
}

/// What people are told: the first fault gives the code, and no fault is left out.
Trouble quarantine_trouble(const Order& order, const IdentityVerdict& verdict,
                           const std::optional<Trouble>& unusable) {
  Trouble trouble = unusable.value_or(
      Trouble{.kind = TroubleKind::permanent,
              .code = verdict.faults.front().code,
              .what = "the CA returned a certificate that is not the one ordered, it is not used",
              .hint = "report this to the CA; order again with 'certmgr issue' or choose another CA"});
  trouble.why = all_of(verdict.faults);
  if (order.enrollment_id != 0)
    trouble.hint = "look at 'certmgr enrollment show " + std::to_string(order.enrollment_id) +
                   "'; nothing of it is deployed";
  return trouble;
}

/// Nothing where it is the same.
std::vector<SubjectAttribute> changed_subject(const IdentityExpectation& identity,
                                              const std::vector<SubjectAttribute>& today) {
  return today == identity.subject ? std::vector<SubjectAttribute>{} : today;
}

/// Nobody was asked whether an organization may be vouched for: a CA that does it all the same, because of
/// the account or the directory it was asked at, must not be a way around those who decide. A private CA
/// names none of the reserved policies.
void refuse_more_than_asked(IdentityVerdict& verdict, const Order& order, const ChainFacts& facts) {
  const auto named = levels_named(facts.policies);
  if (order.identity || named.empty() || named.back() == CertificateLevel::dv) return;
  verdict.faults.push_back({"level_mismatch", "it is of level " + std::string(to_string(named.back())) +
                                                  ", which vouches for somebody, and asked was dv"});
}

}  // namespace

Order judge(Order order, const ChainDownloaded& got, Instant now) {
  if (order.identity) order.identity->today = changed_subject(*order.identity, got.subject_today);
  const Expectation expected = expectation_of(order.spec, got.expected_spki_sha256);
  const Instant at = judged_at(order.spec, got.facts, now);
  auto verdict = judge_identity(got.facts, expected, order.identity.value_or(kNamesOnly), at);
  refuse_more_than_asked(verdict, order, got.facts);
  if (verdict.clean()) return progress(std::move(order), Issued{0}, now);
  Trouble trouble = quarantine_trouble(order, verdict, judge_issued(got.facts, expected, at));
  const auto verifying = std::get<Verifying>(order.state);
  order.last_trouble = trouble;
  return enter(
      std::move(order),
      Quarantined{0, std::move(trouble), verifying.order_url, verifying.certificate_url, verifying.key_id},
      now);
}

Order await_replacement(Order order, Instant now) {
  const auto* kept = std::get_if<Quarantined>(&order.state);
  if (kept == nullptr || kept->order_url.empty()) return order;
  order.placeholder_id = kept->version_id;
  AwaitingCa waiting{kept->order_url, kept->key_id, kept->certificate_url};
  order = progress(std::move(order), std::move(waiting), now);
  order.wake_at = now + order.patience.poll_first;
  return order;
}

}  // namespace certmgr
