// SPDX-License-Identifier: MIT
#include "cli/output.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "answers/answer.h"
#include "cli/exit_code.h"

namespace certmgr::cli {
namespace {

std::string dump(const nlohmann::ordered_json& document) {
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// U+202A to U+202E and U+2066 to U+2069: what follows is shown in another order than it is written.
bool turns_direction(std::string_view character) {
  return (character >= "\xe2\x80\xaa" && character <= "\xe2\x80\xae") ||
         (character >= "\xe2\x81\xa6" && character <= "\xe2\x81\xa9");
}

std::string indent(const std::string& text) {
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) result += "    | " + line + "\n";
  return result;
}

}  // namespace

Output::Output(const GlobalOptions& options)
    : json_(options.json),
      quiet_(options.quiet),
      verbose_(options.verbose),
      color_(!options.no_color && std::getenv("NO_COLOR") == nullptr && isatty(STDERR_FILENO) == 1) {}

void Output::result(const nlohmann::ordered_json& document, const std::string& text) const {
  if (json_)
    std::cout << dump(document) << '\n' << std::flush;
  else if (!quiet_)
    std::cout << printable(text) << std::flush;
  if (!std::cout)
    throw Failure(
        {.kind = TroubleKind::permanent,
         .code = "output_lost",
         .what = "cannot write the result to standard output",
         .why = "the disk is full, or the reader has gone",
         .hint = "the command itself was carried out; ask again with 'certmgr list' or 'certmgr show'"});
}

void Output::error(const Trouble& trouble, nlohmann::ordered_json known) const {
  if (json_) {
    known = answers::error_document(trouble, std::move(known));
    std::cout << dump(known) << '\n' << std::flush;
    return;
  }
  const bool waiting = trouble.kind == TroubleKind::waiting;
  const char* color = waiting ? "\033[33m" : "\033[31m";
  std::cerr << "certmgr: " << (color_ ? color : "") << printable(trouble.what) << (color_ ? "\033[0m" : "")
            << '\n';
  if (!trouble.why.empty()) std::cerr << "  why: " << printable(trouble.why) << '\n';
  if (!trouble.hint.empty()) std::cerr << "  try: " << printable(trouble.hint) << '\n';
  if (!trouble.detail.empty()) std::cerr << "  detail:\n" << printable(indent(trouble.detail));
  std::cerr << std::flush;
}

void Output::warning(const std::string& text) const {
  if (!quiet_) std::cerr << "certmgr: warning: " << printable(text) << '\n';
}

std::string printable(const std::string& text) {
  // A round through JSON replaces what is not UTF-8.
  const std::string quoted =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string clean = nlohmann::json::parse(quoted).get<std::string>();
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const auto c = static_cast<unsigned char>(clean[i]);
    const bool c1 = c == 0xc2 && i + 1 < clean.size() && static_cast<unsigned char>(clean[i + 1]) < 0xa0;
    if (c1) clean.replace(i, 2, "??");  // U+0080 to U+009F, terminal controls too
    if (turns_direction(std::string_view(clean).substr(i, 3))) clean.replace(i, 3, "???");
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) clean[i] = '?';
  }
  return clean;
}

int exit_code_of(const Trouble& trouble) {
  switch (trouble.kind) {
    case TroubleKind::usage:
    case TroubleKind::configuration:
      return kUsage;
    case TroubleKind::waiting:
      return kWaiting;
    default:
      return kFailed;
  }
}

}  // namespace certmgr::cli
