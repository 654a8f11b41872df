// SPDX-License-Identifier: MIT
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/key_type.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::config {

/// The file a table stands in, for messages.
struct Source {
  std::string path;
  std::string noun = "the configuration";
};

/// Reads one TOML table. Each getter takes a key off the list of keys not asked for; what is left at
/// the end is unknown. All throw Failure (kind configuration) with file, line and column.
class TableReader {
 public:
  /// `name` is the table's name for messages, for example "ca.pebble".
  TableReader(const toml::table& table, std::string name, Source source);
  TableReader(const toml::table& table, std::string name, std::string path)
      : TableReader(table, std::move(name), Source{std::move(path)}) {}

  std::optional<std::string> text(std::string_view key);
  std::optional<KeyType> key_type(std::string_view key);
  std::optional<bool> flag(std::string_view key);
  std::optional<std::int64_t> number(std::string_view key, std::int64_t least, std::int64_t most);
  std::vector<std::string> texts(std::string_view key);
  const toml::table* table(std::string_view key);
  bool has(std::string_view key);
  /// Throws for the first key nobody asked for, with the nearest known one.
  void finish() const;

  [[noreturn]] void refuse(std::string_view key, const std::string& why, const std::string& hint) const;
  /// Where the key stands; where the table begins if there is no such key.
  [[nodiscard]] toml::source_position position(std::string_view key) const;
  [[nodiscard]] const std::string& path() const { return source_.path; }

 private:
  const toml::node* find(std::string_view key);

  const toml::table& table_;
  std::string name_;
  Source source_;
  std::vector<std::string> known_;
};

}  // namespace certmgr::config
