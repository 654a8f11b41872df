// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "adapters/acme/ca_settings.h"
#include "adapters/acme/http_client.h"
#include "adapters/acme/wire.h"
#include "certmgr/ports/ca_memory.h"
#include "certmgr/ports/clock.h"

namespace certmgr::acme {

/// The directory of one CA (RFC 8555 section 7.1.1), fetched where it is not known and fresh. Thread-safe.
/// What it is made from must outlive it.
class DirectoryReader {
 public:
  using Send = std::function<Result<HttpResponse>(const HttpRequest&)>;
  DirectoryReader(const CaSettings& settings, Send send, CaMemory& memory, Clock& clock)
      : settings_(settings), send_(std::move(send)), memory_(memory), clock_(clock) {}
  Result<DirectoryUrls> read();

 private:
  Result<DirectoryUrls> fetch();

  const CaSettings& settings_;
  Send send_;
  CaMemory& memory_;
  Clock& clock_;
  std::mutex mutex_;  // guards the members below
  std::optional<DirectoryUrls> known_;
  Instant known_until_{};
};

}  // namespace certmgr::acme
