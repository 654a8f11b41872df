// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

using CsrPtr = std::unique_ptr<X509_REQ, Freed<X509_REQ_free>>;

/// Refusal with badCSR unless the request is signed, its names are the order's and no others, and its key
/// is good and no account's.
void demand_good_csr(const Core& core, const std::string& der, const Order& order);
/// A request that was looked at before.
CsrPtr parsed_csr(const std::string& der);
/// The common name, empty if there is none.
std::string common_name_of(const X509_REQ& csr);

}  // namespace certmgr::lab::strict
