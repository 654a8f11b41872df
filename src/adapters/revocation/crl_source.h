// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "adapters/revocation/list_fetch.h"
#include "adapters/revocation/revoked_list.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/revocation_source.h"

namespace certmgr::revocation {

struct CacheLimits {
  Duration keep = std::chrono::hours(1);            // a list, never past its nextUpdate
  Duration keep_trouble = std::chrono::minutes(2);  // that it could not be had
  std::size_t lists = 256;
  std::size_t entries = 2'000'000;  // of all lists together: 64 MiB
};

/// RevocationSource by CRL. Each list is fetched once for all certificates that name it; those that ask
/// meanwhile wait for it.
class CrlSource final : public RevocationSource {
 public:
  explicit CrlSource(const Clock& clock, FetchLimits fetch = {}, CacheLimits cache = {})
      : clock_(clock), fetch_(fetch), cache_(cache) {}
  Result<RevocationAnswer> ask(const std::string& chain_pem) override;

 private:
  using List = std::shared_ptr<const RevokedList>;
  /// One URL, as signed by one issuer.
  struct Slot {
    std::mutex fetching;
    // Under CrlSource::mutex_:
    List list;
    std::optional<Trouble> trouble;
    Instant until;
  };
  using Key = std::pair<std::string, std::string>;  // URL, fingerprint of the issuer

  Result<RevocationAnswer> ask_one(const std::string& url, X509& leaf, X509& issuer);
  Result<List> list(const std::string& url, X509& issuer);
  std::optional<Result<List>> kept(const Slot& slot);
  void keep(Slot& slot, const Result<List>& got);
  void make_room(const Slot& for_slot);

  const Clock& clock_;
  FetchLimits fetch_;
  CacheLimits cache_;
  std::mutex mutex_;
  std::map<Key, std::shared_ptr<Slot>> slots_;
};

}  // namespace certmgr::revocation
