// SPDX-License-Identifier: MIT
#include "certmgr/domain/propagation.h"

#include <algorithm>
#include <set>

namespace certmgr {
namespace {

std::string place(const ServerAnswer& answer) {
  return answer.server == answer.address ? answer.address : answer.server + " (" + answer.address + ")";
}

bool has_all(const ServerAnswer& answer, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& value) {
    return std::find(answer.values.begin(), answer.values.end(), value) != answer.values.end();
  });
}

std::string what_it_has(const ServerAnswer& answer) {
  const auto count = answer.values.size();
  if (count == 0) return "has no TXT record there";
  return "has " + std::to_string(count) + (count == 1 ? " other value" : " values, and not all that are due");
}

}  // namespace

std::string Propagation::summary() const {
  if (spread == Spread::not_yet && lagging.empty() && silent.empty()) return "no name server was asked";
  std::string text;
  for (const auto* list : {&lagging, &silent})
    for (const auto& one : *list) text += (text.empty() ? "not yet at " : "; ") + one;
  return text;
}

Propagation judge_propagation(const TxtAnswers& answers, const std::vector<std::string>& wanted) {
  std::set<std::string> heard;
  for (const auto& answer : answers.servers)
    if (answer.answered) heard.insert(answer.server);

  Propagation result;
  for (const auto& answer : answers.servers) {
    if (answer.answered && !has_all(answer, wanted))
      result.lagging.push_back(place(answer) + " " + what_it_has(answer));
    else if (!answer.answered && !heard.contains(answer.server))
      result.silent.push_back(place(answer) + ": " + answer.said);
  }
  if (heard.empty() || !result.lagging.empty()) return result;
  result.spread = result.silent.empty() ? Spread::everywhere : Spread::where_answered;
  return result;
}

}  // namespace certmgr
