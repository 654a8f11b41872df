// SPDX-License-Identifier: MIT
#include "lab/strict_ca/customers.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace certmgr::lab::strict {
namespace {

using nlohmann::json;

const std::map<std::string, std::string Organization::*>& members() {
  using O = Organization;
  static const std::map<std::string, std::string O::*> known{
      {"name", &O::name},
      {"country", &O::country},
      {"state", &O::state},
      {"locality", &O::locality},
      {"street", &O::street},
      {"postal_code", &O::postal_code},
      {"business_category", &O::business_category},
      {"registration_number", &O::registration_number},
      {"jurisdiction_country", &O::jurisdiction_country},
      {"jurisdiction_state", &O::jurisdiction_state},
      {"jurisdiction_locality", &O::jurisdiction_locality},
      {"organization_identifier", &O::organization_identifier},
  };
  return known;
}

Organization organization_in(const json& value) {
  Organization organization;
  for (const auto& [name, text] : value.items()) {
    const auto member = members().find(name);
    if (member == members().end()) throw std::runtime_error("an organization has no '" + name + "'");
    organization.*member->second = text.get<std::string>();
  }
  if (organization.name.empty()) throw std::runtime_error("an organization needs a name");
  return organization;
}

ExternalAccount account_in(const json& value) {
  ExternalAccount account;
  for (const auto& [name, content] : value.items()) {
    if (name == "mac_key") {
      account.mac_key = content.get<std::string>();
    } else if (name == "level") {
      const auto level = parse_level(content.get<std::string>());
      if (!level) throw std::runtime_error("there is no level " + content.dump());
      account.level = *level;
    } else if (name == "single_use") {
      account.single_use = content.get<bool>();
    } else if (name == "organization") {
      account.organization = organization_in(content);
    } else {
      throw std::runtime_error("a customer has no '" + name + "'");
    }
  }
  if (account.mac_key.empty()) throw std::runtime_error("a customer needs a mac_key");
  return account;
}

}  // namespace

std::optional<Level> parse_level(const std::string& word) {
  if (word == "dv") return Level::dv;
  if (word == "ov") return Level::ov;
  if (word == "ev") return Level::ev;
  return std::nullopt;
}

std::map<std::string, ExternalAccount> read_customers(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::map<std::string, ExternalAccount> accounts;
  try {
    const json document = json::parse(stream);
    for (const auto& [kid, value] : document.items()) accounts[kid] = account_in(value);
  } catch (const std::exception& wrong) {
    throw std::runtime_error(file.string() + ": " + wrong.what());
  }
  return accounts;
}

}  // namespace certmgr::lab::strict
