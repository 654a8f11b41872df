// SPDX-License-Identifier: MIT
#include "certmgr/services/organization_desk.h"

#include <algorithm>

#include "certmgr/domain/nearest.h"
#include "certmgr/domain/organization_events.h"
#include "services/validation_choice.h"

namespace certmgr {
namespace {

[[noreturn]] void refuse(std::string code, std::string what, std::string why, std::string hint) {
  throw Failure({.kind = TroubleKind::usage,
                 .code = std::move(code),
                 .what = std::move(what),
                 .why = std::move(why),
                 .hint = std::move(hint)});
}

void require_sound(const std::string& doing, const OrganizationFindings& found) {
  if (!found.sound()) throw Failure(all_findings(doing, found.faults));
}

/// EV vouches for the trade name too, where there is one.
ValidationEvent with_assumed_name(ValidationEvent event, const OrganizationRecord& record) {
  auto* said = std::get_if<Validated>(&event);
  if (said != nullptr && !record.assumed_name.empty() && said->collected_at)
    said->items.emplace(VettingItem::assumed_name, *said->collected_at);
  return event;
}

}  // namespace

OrganizationDesk::OrganizationDesk(Parts parts, std::vector<CaEntry> configured)
    : parts_(parts), configured_(std::move(configured)) {}

OrganizationRecord OrganizationDesk::read(const std::string& path, const std::string& name) {
  auto file = value_or_throw(parts_.source.read(path));
  if (!file.faults.empty()) throw Failure(file.faults.front());
  for (auto& entry : file.organizations)
    if (entry.record.name == name) return std::move(entry.record);
  refuse("no_such_entry", "cannot take '" + name + "' from " + path,
         "it holds no [[organization]] of that name", "write [[organization]] with name = \"" + name + "\"");
}

OrganizationFindings OrganizationDesk::findings(const OrganizationRecord& record,
                                                OrganizationLevel level) const {
  return check_organization(record, level, day_of(parts_.clock.now()));
}

Organization OrganizationDesk::add(const OrganizationRecord& record) {
  require_sound("cannot add organization '" + record.name + "'", findings(record, OrganizationLevel::ov));
  return parts_.store.add_organization(record, added_event(record));
}

std::vector<Organization> OrganizationDesk::list() { return parts_.store.organizations(); }

Organization OrganizationDesk::show(const std::string& name) {
  if (auto found = parts_.store.find_organization(name)) return *std::move(found);
  std::vector<std::string> known;
  for (const auto& organization : parts_.store.organizations()) known.push_back(organization.record.name);
  const auto near = nearest(name, known);
  refuse("unknown_organization", "cannot find organization '" + name + "'", "there is none of this name",
         near ? "did you mean '" + *near + "'?" : "see 'certmgr org list'");
}

std::vector<Organization> OrganizationDesk::versions(const Organization& organization) {
  return parts_.store.versions(organization.id);
}

std::vector<OrganizationValidation> OrganizationDesk::validations(const Organization& organization) {
  auto all = parts_.store.validations(organization.id);
  for (auto& validation : all) validation = look_at(std::move(validation), parts_.clock.now()).validation;
  return all;
}

OrganizationEdit OrganizationDesk::propose(const std::string& name, const OrganizationRecord& record) {
  OrganizationEdit edit{show(name), record, {}, {}};
  require_sound("cannot change organization '" + name + "'", findings(record, OrganizationLevel::ov));
  edit.differences = differences(edit.before.record, record);
  edit.suspends = suspended_by(edit.differences, edit.before.version + 1,
                               parts_.store.validations(edit.before.id), parts_.clock.now());
  return edit;
}

Organization OrganizationDesk::carry_out(const OrganizationEdit& edit) {
  if (edit.differences.empty()) return edit.before;
  const auto& name = edit.before.record.name;
  std::vector<EventDraft> events{changed_event(name, edit.before.version + 1, edit.differences)};
  const auto before = parts_.store.validations(edit.before.id);
  for (const auto& suspended : edit.suspends) {
    const auto found = std::find_if(before.begin(), before.end(), [&](const OrganizationValidation& known) {
      return known.id == suspended.id;
    });
    if (found != before.end()) events.push_back(validation_event(name, found->state, suspended));
  }
  return parts_.store.edit_organization(edit.before, edit.after, edit.suspends, events);
}

void OrganizationDesk::remove(const Organization& organization) {
  parts_.store.remove_organization(organization, removed_event(organization));
}

void OrganizationDesk::require_known_ca(const std::string& ca) {
  std::vector<std::string> known;
  for (const auto& entry : configured_) known.push_back(entry.name);
  for (const auto& entry : parts_.fleet.cas()) known.push_back(entry.name);
  if (std::find(known.begin(), known.end(), ca) != known.end()) return;
  const auto near = nearest(ca, known);
  refuse("unknown_ca", "cannot submit to '" + ca + "'", "there is no CA '" + ca + "'",
         near ? "did you mean '" + *near + "'?" : "configure [ca." + ca + "] with its directory URL");
}

void OrganizationDesk::require_complete(const Organization& organization, OrganizationLevel level) const {
  const auto& name = organization.record.name;
  require_sound("cannot submit organization '" + name + "' for " + std::string(to_string(level)),
                findings(organization.record, level));
}

std::vector<OrganizationValidation> OrganizationDesk::settled(const Organization& organization) {
  std::vector<OrganizationValidation> moved;
  std::vector<EventDraft> events;
  for (const auto& validation : parts_.store.validations(organization.id)) {
    auto look = look_at(validation, parts_.clock.now());
    if (look.validation.state == validation.state) continue;
    // Nobody is told of anything here: the reminder is still to come.
    look.validation.reminded = validation.reminded;
    moved.push_back(look.validation);
    events.push_back(validation_event(organization.record.name, validation.state, look.validation));
  }
  if (!moved.empty()) parts_.store.save_validations(moved, events);
  return newest_of_each(parts_.store.validations(organization.id));
}

OrganizationValidation OrganizationDesk::newest(const Organization& organization, const std::string& ca,
                                                OrganizationLevel level) {
  return choose(settled(organization), {ca, level}, organization.record.name);
}

OrganizationValidation OrganizationDesk::save(const Organization& organization,
                                              const OrganizationValidation& before,
                                              const OrganizationValidation& after) {
  const auto& name = organization.record.name;
  std::vector<OrganizationValidation> saved;
  std::vector<EventDraft> events;
  // One is in force at a time: the old one goes first.
  if (is_in_force(after.state))
    for (const auto& old : parts_.store.validations(organization.id))
      if (old.id != after.id && old.ca == after.ca && old.level == after.level && is_in_force(old.state)) {
        saved.push_back(value_or_throw(apply(old, Replaced{}, parts_.clock.now())));
        events.push_back(validation_event(name, old.state, saved.back()));
      }
  saved.push_back(after);
  events.push_back(validation_event(name, before.state, after));
  parts_.store.save_validations(saved, events);
  return newest(organization, after.ca, after.level);
}

OrganizationValidation OrganizationDesk::begin(const Organization& organization, const std::string& ca,
                                               OrganizationLevel level, const std::string& ca_reference) {
  OrganizationValidation draft;
  draft.organization_id = organization.id;
  draft.ca = ca;
  draft.level = level;
  const auto sent =
      value_or_throw(apply(draft, Submitted{organization.version, ca_reference}, parts_.clock.now()));
  return save(organization, draft, sent);
}

OrganizationValidation OrganizationDesk::submit(const std::string& name, const std::string& ca,
                                                OrganizationLevel level, const std::string& ca_reference) {
  const auto organization = show(name);
  require_known_ca(ca);
  for (const auto& known : settled(organization)) {
    if (known.ca != ca || known.level != level || known.state == ValidationState::rejected) continue;
    // Which says why not, and what to do instead.
    value_or_throw(apply(known, Submitted{organization.version, ca_reference}, parts_.clock.now()));
  }
  require_complete(organization, level);
  return begin(organization, ca, level, ca_reference);
}

OrganizationValidation OrganizationDesk::revalidate(const std::string& name, const ValidationChoice& choice) {
  const auto organization = show(name);
  const auto known = choose(settled(organization), choice, name);
  require_complete(organization, known.level);
  if (is_in_force(known.state)) return begin(organization, known.ca, known.level, known.ca_reference);
  const auto again = value_or_throw(apply(known, Resubmitted{organization.version}, parts_.clock.now()));
  return save(organization, known, again);
}

OrganizationValidation OrganizationDesk::move(const std::string& name, const ValidationChoice& choice,
                                              ValidationEvent event) {
  const auto organization = show(name);
  const auto known = choose_for(settled(organization), choice, name, event, parts_.clock.now());
  event = with_assumed_name(std::move(event), organization.record);
  return save(organization, known, value_or_throw(apply(known, event, parts_.clock.now())));
}

}  // namespace certmgr
