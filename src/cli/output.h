// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "certmgr/domain/trouble.h"

namespace certmgr::cli {

struct GlobalOptions {
  std::string config_file;
  bool config_given = false;
  std::string store;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool no_color = false;
  std::string log_format = "auto";  // cli/log.h
};

/// Where results and errors go: people's text or one JSON document on stdout, everything else on
/// stderr.
class Output {
 public:
  explicit Output(const GlobalOptions& options);

  /// The result: `document` with --json, else `text` unless --quiet.
  void result(const nlohmann::ordered_json& document, const std::string& text) const;
  /// An error, with what is known besides it (JSON only), for example a certificate that was issued.
  void error(const Trouble& trouble, nlohmann::ordered_json known = nlohmann::ordered_json::object()) const;
  void warning(const std::string& text) const;
  [[nodiscard]] bool json() const { return json_; }
  [[nodiscard]] bool quiet() const { return quiet_; }
  [[nodiscard]] bool verbose() const { return verbose_; }
  [[nodiscard]] bool color_on_stderr() const { return color_; }

 private:
  bool json_;
  bool quiet_;
  bool verbose_;
  bool color_;
};

/// Control characters (but line breaks and tabs) and broken UTF-8 replaced: what a CA or a hook said
/// must not steer the terminal.
std::string printable(const std::string& text);

int exit_code_of(const Trouble& trouble);

}  // namespace certmgr::cli
