// SPDX-License-Identifier: MIT
#include "cli/organization_options.h"

#include <algorithm>

namespace certmgr::cli {
namespace {

[[noreturn]] void refuse(std::string why, std::string hint) {
  throw Failure({.kind = TroubleKind::usage,
                 .code = "bad_date",
                 .what = "cannot understand the evidence",
                 .why = std::move(why),
                 .hint = std::move(hint)});
}

/// "address.postal_code" is --address-postal-code
std::string option_of(std::string_view field) {
  std::string option = "--" + std::string(field);
  std::replace(option.begin(), option.end(), '.', '-');
  std::replace(option.begin(), option.end(), '_', '-');
  return option;
}

std::optional<Day> day_of_text(const std::string& option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto day = parse_day(text);
  if (!day) refuse("'" + text + "' of " + option + " is no day", "write YYYY-MM-DD");
  return day;
}

}  // namespace

void describe_organization(CLI::App& command, OrganizationOptions& options) {
  command.add_option("NAME", options.name, "What to call the organization")->required();
  command
      .add_option("--file", options.file, "Take the [[organization]] of this name from a fleet file (TOML)")
      ->type_name("PATH");
  for (const auto& field : organization_fields()) {
    const std::string name(field.name);
    options.given[name] =
        command.add_option(option_of(name), options.texts[name], std::string(field.help))->type_name("TEXT");
  }
}

OrganizationRecord record_of(const OrganizationOptions& options, OrganizationRecord base,
                             OrganizationDesk& desk) {
  if (!options.file.empty()) base = desk.read(options.file, options.name);
  base.name = options.name;
  for (const auto& field : organization_fields()) {
    const std::string name(field.name);
    if (options.given.at(name)->count() > 0) base.*field.text = options.texts.at(name);
  }
  return base;
}

void describe_choice(CLI::App& command, ChoiceOptions& options) {
  command.add_option("NAME", options.name, "Organization")->required();
  command.add_option("--ca", options.ca, "CA; may be left out if only one is concerned")->type_name("CA");
  command.add_option("--level", options.level, "ov or ev; may be left out likewise")
      ->check(CLI::IsMember({"ov", "ev"}))
      ->type_name("WORD");
}

ValidationChoice choice_of(const ChoiceOptions& options) {
  ValidationChoice choice;
  if (!options.ca.empty()) choice.ca = options.ca;
  choice.level = parse_organization_level(options.level);
  return choice;
}

void describe_evidence(CLI::App& command, EvidenceOptions& options) {
  command.add_option("--collected-at", options.collected_at, "Day on which the CA collected its evidence")
      ->type_name("DAY");
  command
      .add_option("--item", options.items,
                  "The day of one item: legal_existence, assumed_name, address, vmoc, operational or "
                  "authority")
      ->take_all()
      ->type_name("ITEM=DAY");
  command.add_option("--valid-until", options.valid_until, "The CA's own end, if it is earlier")
      ->type_name("DAY");
}

Validated evidence_of(const EvidenceOptions& options) {
  Validated said;
  said.collected_at = day_of_text("--collected-at", options.collected_at);
  said.valid_until = day_of_text("--valid-until", options.valid_until);
  for (const auto& pair : options.items) {
    const auto equals = pair.find('=');
    const auto item = parse_vetting_item(pair.substr(0, equals));
    const auto day = equals == std::string::npos ? std::nullopt : parse_day(pair.substr(equals + 1));
    if (!item || !day)
      refuse("'" + pair + "' of --item is not ITEM=YYYY-MM-DD",
             "items are legal_existence, assumed_name, address, vmoc, operational and authority");
    said.items[*item] = *day;
  }
  return said;
}

}  // namespace certmgr::cli
