// SPDX-License-Identifier: MIT
#include "cli/confirm.h"

#include <unistd.h>

#include <iostream>

namespace certmgr::cli {

bool can_ask(const Output& output) {
  return !output.json() && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
}

bool confirmed(const std::string& question) {
  std::cerr << printable(question) << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace certmgr::cli
