// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/event.h"
#include "certmgr/domain/order.h"

namespace certmgr {

/// Whether a trouble lies with the CA, with what is configured for it, or between it and us, so that another
/// CA need not meet it. What fails on this machine is the same everywhere.
bool concerns_ca(const Trouble& trouble);

/// For how long the troubles of a CA that may pass are waited for, from the order on, before another CA is
/// asked: a 24th of the time left, at least two minutes, at most a day. Two minutes if there is no
/// certificate yet.
Duration patience_with_ca(std::optional<Instant> needed_by, Instant now);

/// True when an open order that has just met a trouble is better given up and placed at another CA. Never
/// once finalize may have been sent: a certificate may exist.
bool gives_way(const Order& troubled, Instant now);

/// Where an order goes.
struct CaChoice {
  std::string ca;
  std::vector<CaFailure> failed;  // CAs that came to nothing since the last certificate
  bool anew = false;              // all of them did: it begins again with the first
};
/// The CA of the order after `last`: the certificate's own first after every certificate, then those in
/// `wanted.fallback_cas`, one after the other. A CA that could not verify control is asked twice, unless the
/// time is short: it may not be its fault.
CaChoice choose_ca(const CertificateSpec& wanted, const std::optional<Order>& last, Instant now);

/// `ended` came to nothing, and the next order goes to a CA that was not asked: it need not wait.
bool has_another_ca(const Order& ended, Instant now);

/// Of the CAs that were asked since the last certificate: the trouble that is most likely to pass by itself.
/// `own` is the one `ended` ended with.
Trouble lightest_trouble(const Order& ended, const Trouble& own);

/// The next order of the certificate, without reason, deadline and wishes: at which CA, by which ways.
/// `default_fallbacks` where the certificate does not say.
Order draft_order(const Certificate& certificate, const std::vector<std::string>& default_fallbacks,
                  const std::optional<Order>& last, Instant now);
/// That it was opened, and where, and why not at the certificate's own CA.
EventDraft opened_event(const Order& order);

}  // namespace certmgr
