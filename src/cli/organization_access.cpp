// SPDX-License-Identifier: MIT
#include "cli/organization_access.h"

namespace certmgr::cli {

OrganizationDesk& organizations_to_keep(Application& app) {
  value_or_throw(enrollment::permit(app.actor(), enrollment::Deed::keep_organizations));
  return app.organizations();
}

}  // namespace certmgr::cli
