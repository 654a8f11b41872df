// SPDX-License-Identifier: MIT
#include "config/table_reader.h"

#include <algorithm>

#include "certmgr/domain/nearest.h"

namespace certmgr::config {
namespace {

std::string place(const Source& source, const toml::source_position& at) {
  return source.path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

}  // namespace

TableReader::TableReader(const toml::table& table, std::string name, Source source)
    : table_(table), name_(std::move(name)), source_(std::move(source)) {}

const toml::node* TableReader::find(std::string_view key) {
  known_.emplace_back(key);
  return table_.get(key);
}

toml::source_position TableReader::position(std::string_view key) const {
  const toml::node* node = table_.get(key);
  return node != nullptr ? node->source().begin : table_.source().begin;
}

void TableReader::refuse(std::string_view key, const std::string& why, const std::string& hint) const {
  throw Failure(
      {.kind = TroubleKind::configuration,
       .code = "bad_configuration",
       .what = "cannot use " + source_.noun + " at " + place(source_, position(key)),
       .why = "'" + std::string(key) + "'" + (name_.empty() ? "" : " in [" + name_ + "]") + " " + why,
       .hint = hint});
}

std::optional<std::string> TableReader::text(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  auto value = node->value<std::string>();
  if (!node->is_string() || !value) refuse(key, "is not a text", "write it in quotes");
  if (value->find('\0') != std::string::npos) refuse(key, "holds a NUL character", "remove it");
  return value;
}

std::optional<KeyType> TableReader::key_type(std::string_view key) {
  const auto word = text(key);
  if (!word) return std::nullopt;
  const auto type = parse_key_type(*word);
  if (!type) refuse(key, "is not a key type", "use ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072 or rsa-4096");
  return type;
}

std::optional<bool> TableReader::flag(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_boolean()) refuse(key, "is neither true nor false", "write true or false, without quotes");
  return node->value<bool>();
}

std::optional<std::int64_t> TableReader::number(std::string_view key, std::int64_t least, std::int64_t most) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->is_integer() ? node->value<std::int64_t>() : std::nullopt;
  if (!value || *value < least || *value > most)
    refuse(key, "is not a whole number from " + std::to_string(least) + " to " + std::to_string(most),
           "write it without quotes");
  return value;
}

std::vector<std::string> TableReader::texts(std::string_view key) {
  const auto* node = find(key);
  std::vector<std::string> values;
  if (node == nullptr) return values;
  if (!node->is_array()) refuse(key, "is not a list", "write [\"...\", \"...\"]");
  for (const auto& item : *node->as_array()) {
    const auto value = item.value<std::string>();
    if (!item.is_string() || !value)
      refuse(key, "holds something that is not a text", "write [\"...\", \"...\"]");
    values.push_back(*value);
  }
  return values;
}

const toml::table* TableReader::table(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table())
    refuse(key, "is not a table", "write [" + std::string(key) + "] on a line of its own");
  return node->as_table();
}

bool TableReader::has(std::string_view key) { return find(key) != nullptr; }

void TableReader::finish() const {
  for (const auto& [key, node] : table_) {
    const std::string_view word = key.str();
    if (std::find(known_.begin(), known_.end(), word) != known_.end()) continue;
    const auto near = nearest(word, known_);
    std::string list;
    for (const auto& known : known_) list += (list.empty() ? "" : ", ") + known;
    throw Failure(
        {.kind = TroubleKind::configuration,
         .code = "unknown_key",
         .what = "cannot use " + source_.noun + " at " + place(source_, key.source().begin),
         .why = "'" + std::string(word) + "' is not known" + (name_.empty() ? "" : " in [" + name_ + "]"),
         .hint = near ? "did you mean '" + *near + "'?" : "known are: " + list});
  }
}

}  // namespace certmgr::config
