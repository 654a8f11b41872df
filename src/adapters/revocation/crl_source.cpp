// SPDX-License-Identifier: MIT
#include "adapters/revocation/crl_source.h"

#include <algorithm>

#include "adapters/revocation/distribution.h"
#include "crypto/certificate_chain.h"

namespace certmgr::revocation {
namespace {

tl::unexpected<Trouble> no_issuer() {
  return fail(Trouble{.kind = TroubleKind::permanent,
                      .code = "crl_no_issuer",
                      .what = "cannot ask whether a certificate was revoked",
                      .why = "its chain does not hold the certificate of its issuer, who signs the list",
                      .hint = "ask the CA to send its intermediate certificate along"});
}

bool issued(X509& issuer, X509& leaf) {
  EVP_PKEY* key = X509_get0_pubkey(&issuer);
  const bool right =
      key != nullptr && X509_check_issued(&issuer, &leaf) == X509_V_OK && X509_verify(&leaf, key) == 1;
  if (!right) crypto::openssl_reason();
  return right;
}

/// A list for a part of the issuer's certificates says nothing about those of another part.
bool covers(const RevokedList& list, const std::vector<std::string>& urls) {
  if (list.scope.empty()) return true;
  return std::any_of(urls.begin(), urls.end(), [&](const std::string& url) {
    return std::find(list.scope.begin(), list.scope.end(), url) != list.scope.end();
  });
}

}  // namespace

Result<RevocationAnswer> CrlSource::ask(const std::string& chain_pem) {
  const auto chain = crypto::parse_chain(chain_pem);
  if (!chain) return fail(chain.error());
  X509& leaf = *chain->front();
  const auto urls = list_urls(leaf);
  if (urls.empty()) return RevocationAnswer{};
  if (chain->size() < 2 || !issued(*(*chain)[1], leaf)) return no_issuer();
  // The places hold the same list: the first that gives one is enough.
  Result<RevocationAnswer> answer = RevocationAnswer{};
  for (const auto& url : urls) {
    answer = ask_one(url, leaf, *(*chain)[1]);
    if (answer) break;
  }
  return answer;
}

Result<RevocationAnswer> CrlSource::ask_one(const std::string& url, X509& leaf, X509& issuer) {
  const auto got = list(url, issuer);
  if (!got) return fail(got.error());
  const RevokedList& known = **got;
  const auto serial = to_serial(*X509_get0_serialNumber(&leaf));
  if (!covers(known, list_urls(leaf)) || !serial)
    return fail(Trouble{.kind = TroubleKind::transient,
                        .code = "crl_unsupported",
                        .what = "cannot use the CA's revocation list " + url,
                        .why = "it is for other certificates than those that name it",
                        .hint = "it is fetched again by itself; if that lasts, tell the CA"});
  RevocationAnswer answer;
  answer.known = true;
  answer.next_update = known.next_update;
  if (const auto* entry = known.find(*serial)) {
    answer.revoked = true;
    answer.revoked_at = entry->at;
    answer.reason = reason_name(entry->reason);
  }
  return answer;
}

Result<CrlSource::List> CrlSource::list(const std::string& url, X509& issuer) {
  std::shared_ptr<Slot> slot;
  {
    const std::scoped_lock lock(mutex_);
    auto& known = slots_[Key{url, crypto::fingerprint(issuer)}];
    if (!known) known = std::make_shared<Slot>();
    slot = known;
    if (auto there = kept(*slot)) return std::move(*there);
  }
  const std::scoped_lock one_at_a_time(slot->fetching);
  {
    const std::scoped_lock lock(mutex_);
    if (auto there = kept(*slot)) return std::move(*there);
  }
  auto got =
      fetch_list(url, fetch_)
          .and_then([&](const std::string& der) { return read_list(der, issuer, clock_.now(), url); })
          .map([](RevokedList read) -> List { return std::make_shared<const RevokedList>(std::move(read)); });
  const std::scoped_lock lock(mutex_);
  keep(*slot, got);
  return got;
}

std::optional<Result<CrlSource::List>> CrlSource::kept(const Slot& slot) {
  if (clock_.now() >= slot.until) return std::nullopt;
  if (slot.list) return Result<List>(slot.list);
  if (slot.trouble) return Result<List>(fail(*slot.trouble));
  return std::nullopt;
}

void CrlSource::keep(Slot& slot, const Result<List>& got) {
  const Instant now = clock_.now();
  slot.list = got ? *got : nullptr;
  slot.trouble = got ? std::nullopt : std::optional<Trouble>(got.error());
  slot.until = got ? std::min((*got)->next_update, now + cache_.keep) : now + cache_.keep_trouble;
  make_room(slot);
}

/// Forgets what ends first until the rest fits. A list that alone does not fit is used and not kept.
void CrlSource::make_room(const Slot& for_slot) {
  const Instant now = clock_.now();
  const auto size = [](const auto& entry) {
    return entry.second->list ? entry.second->list->entries.size() : 0;
  };
  std::erase_if(slots_, [&](const auto& entry) {
    return entry.second->until <= now && entry.second.get() != &for_slot && entry.second.use_count() == 1;
  });
  std::size_t entries = 0;
  for (const auto& entry : slots_) entries += size(entry);
  while (!slots_.empty() && (slots_.size() > cache_.lists || entries > cache_.entries)) {
    const auto first = std::min_element(slots_.begin(), slots_.end(), [](const auto& a, const auto& b) {
      return a.second->until < b.second->until;
    });
    entries -= size(*first);
    slots_.erase(first);
  }
}

}  // namespace certmgr::revocation
