// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>
#include <optional>

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
  DirectoryReader(const CaSettings& settings, HttpClient& http, CaMemory& memory, Clock& clock)
      : settings_(settings), http_(http), memory_(memory), clock_(clock) {}
  Result<DirectoryUrls> read();

 private:
  Result<DirectoryUrls> fetch();

  const CaSettings& settings_;
  HttpClient& http_;
  CaMemory& memory_;
  Clock& clock_;
  std::mutex mutex_;  // guards the members below
  std::optional<DirectoryUrls> known_;
  Instant known_until_{};
};

}  // namespace certmgr::acme
