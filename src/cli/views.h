// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "certmgr/services/application.h"

namespace certmgr::cli {

using nlohmann::ordered_json;

// Domain values as the documents of --json (docs/json.md).

/// One element of `list --json`.
ordered_json certificate_view(Application& app, const Certificate& certificate);
ordered_json version_view(const Version& version, bool current);
ordered_json order_view(const Order& order);
ordered_json deployment_view(const Server& server, const std::optional<Deployment>& deployment);
ordered_json server_view(Application& app, const Server& server);
ordered_json served_view(const Served& served);
ordered_json trouble_view(const Trouble& trouble);
ordered_json account_view(const Account& account);

/// "issued", "expired", "revoked", or how the order stands that is to bring the first version.
std::string certificate_state(Application& app, const Certificate& certificate,
                              const std::optional<Version>& current);

}  // namespace certmgr::cli
