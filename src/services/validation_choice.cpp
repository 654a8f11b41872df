// SPDX-License-Identifier: MIT
#include "services/validation_choice.h"

#include <set>
#include <utility>

namespace certmgr {
namespace {

[[noreturn]] void refuse(std::string code, const std::string& organization, std::string why,
                         std::string hint) {
  throw Failure({.kind = TroubleKind::usage,
                 .code = std::move(code),
                 .what = "cannot choose a validation of organization '" + organization + "'",
                 .why = std::move(why),
                 .hint = std::move(hint)});
}

std::string words_of(const OrganizationValidation& validation) {
  return "the " + std::string(to_string(validation.level)) + " one at " + validation.ca + " (" +
         std::string(to_string(validation.state)) + ")";
}

bool fits(const OrganizationValidation& validation, const ValidationChoice& choice) {
  return (!choice.ca || *choice.ca == validation.ca) && (!choice.level || *choice.level == validation.level);
}

}  // namespace

std::vector<OrganizationValidation> newest_of_each(std::vector<OrganizationValidation> all) {
  std::set<std::pair<std::string, OrganizationLevel>> seen;
  std::erase_if(all, [&](const OrganizationValidation& validation) {
    return !seen.emplace(validation.ca, validation.level).second;
  });
  return all;
}

OrganizationValidation choose(const std::vector<OrganizationValidation>& known,
                              const ValidationChoice& choice, const std::string& organization) {
  std::vector<OrganizationValidation> meant;
  for (const auto& validation : known)
    if (fits(validation, choice)) meant.push_back(validation);
  if (meant.size() == 1) return meant.front();
  if (meant.empty())
    refuse("no_validation", organization, "no CA has been asked for it",
           "begin with 'certmgr org submit " + organization + " --ca CA --level ov'");
  std::string all;
  for (const auto& validation : meant) all += (all.empty() ? "" : ", ") + words_of(validation);
  refuse("which_validation", organization, "there are several: " + all, "give --ca, --level or both");
}

OrganizationValidation choose_for(const std::vector<OrganizationValidation>& known,
                                  const ValidationChoice& choice, const std::string& organization,
                                  const ValidationEvent& event, Instant now) {
  std::vector<OrganizationValidation> possible;
  for (const auto& validation : known) {
    const auto moved = apply(validation, event, now);
    if (moved || moved.error().code != "wrong_state") possible.push_back(validation);
  }
  for (const auto& validation : possible)
    if (fits(validation, choice)) return choose(possible, choice, organization);
  return choose(known, choice, organization);
}

}  // namespace certmgr
