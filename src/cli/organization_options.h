// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "certmgr/services/organization_desk.h"

namespace certmgr::cli {

/// The record as `org add` and `org edit` are given it.
struct OrganizationOptions {
  std::string name;
  std::string file;
  std::map<std::string, std::string> texts;  // by field; filled by the parser
  std::map<std::string, CLI::Option*> given;
  bool yes = false;
};

/// An option for each field of the record ("address.country" is --address-country), and --file.
void describe_organization(CLI::App& command, OrganizationOptions& options);

/// `base` with what the options say; an empty text takes a field away.
OrganizationRecord record_of(const OrganizationOptions& options, OrganizationRecord base,
                             OrganizationDesk& desk);

/// --ca and --level of a command about a validation, as typed.
struct ChoiceOptions {
  std::string name, ca, level;
};
void describe_choice(CLI::App& command, ChoiceOptions& options);
ValidationChoice choice_of(const ChoiceOptions& options);

/// The dates of `org validated`, as typed.
struct EvidenceOptions {
  std::string collected_at, valid_until;
  std::vector<std::string> items;  // ITEM=DAY
};
void describe_evidence(CLI::App& command, EvidenceOptions& options);
/// Throws Failure (kind usage) for what cannot be understood.
Validated evidence_of(const EvidenceOptions& options);

}  // namespace certmgr::cli
