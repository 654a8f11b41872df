// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "certmgr/domain/trouble.h"

namespace certmgr::answers {

/// What came of it, for people and for programs.
struct Answer {
  nlohmann::ordered_json document = nlohmann::ordered_json::object();  // docs/json.md
  std::string text{};
  bool waiting = false;  // it was done, or looked at, and something else must happen first
  std::optional<Trouble>
      trouble{};  // it was not done; or its consequence was not, and `document` says what was
};

/// What the work answers; the trouble of the Failure it throws is an answer too.
Answer answered(const std::function<Answer()>& work);

/// An answer on its way from a daemon to the command line, and back from it. Trouble "bad_answer" for what is
/// none.
std::string sealed(const Answer& answer);
Result<Answer> opened(const std::string& text);

/// The document of an error, as all commands print it, beside what is known all the same.
nlohmann::ordered_json error_document(const Trouble& trouble,
                                      nlohmann::ordered_json known = nlohmann::ordered_json::object());

}  // namespace certmgr::answers
