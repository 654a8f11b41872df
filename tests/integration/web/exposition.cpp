// SPDX-License-Identifier: MIT
#include "exposition.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>
#include <sstream>
#include <stdexcept>

namespace certmgr::web {
namespace {

using Families = std::map<std::string, MetricFamilyText>;

[[noreturn]] void refuse(const std::string& why, const std::string& line) {
  throw std::runtime_error(why + ": " + line);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Cuts one line into its parts, from the left.
class Cutter {
 public:
  explicit Cutter(const std::string& line) : line_(line) {}

  std::string word(bool colons) {
    const std::size_t begin = at_;
    while (at_ < line_.size() &&
           (is_letter(line_[at_]) || (colons && line_[at_] == ':') || (at_ > begin && is_digit(line_[at_]))))
      ++at_;
    if (at_ == begin) refuse("a name is missing", line_);
    return line_.substr(begin, at_ - begin);
  }
  bool take(char c) {
    if (at_ >= line_.size() || line_[at_] != c) return false;
    ++at_;
    return true;
  }
  void need(char c) {
    if (!take(c)) refuse(std::string("no '") + c + "' where one must be", line_);
  }
  std::string quoted() {
    need('"');
    std::string value;
    while (at_ < line_.size() && line_[at_] != '"') {
      char c = line_[at_++];
      if (c == '\\') {
        if (at_ >= line_.size()) refuse("a text without an end", line_);
        const char escaped = line_[at_++];
        if (escaped != 'n' && escaped != '\\' && escaped != '"') refuse("an unknown escape", line_);
        c = escaped == 'n' ? '\n' : escaped;
      }
      value += c;
    }
    need('"');
    return value;
  }
  double number() {
    const std::string text = line_.substr(at_);
    if (text == "+Inf") return std::numeric_limits<double>::infinity();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || text.front() == ' ' || *end != '\0') refuse("no number", line_);
    return value;
  }

 private:
  const std::string& line_;
  std::size_t at_ = 0;
};

Sample parse_sample(const std::string& line) {
  Cutter cutter(line);
  Sample sample;
  sample.name = cutter.word(true);
  if (cutter.take('{')) {
    do {
      const auto label = cutter.word(false);
      cutter.need('=');
      if (!sample.labels.emplace(label, cutter.quoted()).second) refuse("a label twice", line);
    } while (cutter.take(','));
    cutter.need('}');
  }
  cutter.need(' ');
  sample.value = cutter.number();
  return sample;
}

/// Which family a sample of this name belongs to, given the family that was described last.
bool belongs(const Sample& sample, const std::string& family, const std::string& type) {
  if (type != "histogram") return sample.name == family;
  return sample.name == family + "_bucket" || sample.name == family + "_sum" ||
         sample.name == family + "_count";
}

void check_histogram(const std::string& name, const MetricFamilyText& family) {
  std::map<std::map<std::string, std::string>, double> last;
  for (const auto& sample : family.samples) {
    auto labels = sample.labels;
    labels.erase("le");
    if (sample.name == name + "_bucket" && sample.value < last[labels]) refuse("buckets shrink", name);
    if (sample.name == name + "_bucket") last[labels] = sample.value;
  }
  for (const auto& sample : family.samples)
    if (sample.name == name + "_count") {
      auto with_le = sample.labels;
      with_le["le"] = "+Inf";
      const Families one{{name, family}};
      if (value_of(one, name + "_bucket", with_le) != sample.value)
        refuse("the last bucket is not all", name);
    }
}

class Page {
 public:
  void comment(const std::string& line) {
    std::istringstream words(line);
    std::string hash;
    std::string keyword;
    std::string name;
    words >> hash >> keyword >> name;
    if (keyword != "HELP" && keyword != "TYPE") refuse("neither HELP nor TYPE", line);
    if (name != current_ && !families_.emplace(name, MetricFamilyText{}).second)
      refuse("a family in two places", line);
    current_ = name;
    std::string rest;
    std::getline(words >> std::ws, rest);
    auto& slot = keyword == "HELP" ? families_[name].help : families_[name].type;
    if (!slot.empty() || rest.empty() || !families_[name].samples.empty()) refuse("described badly", line);
    if (keyword == "TYPE" && rest != "counter" && rest != "gauge" && rest != "histogram")
      refuse("an unknown type", line);
    slot = rest;
  }
  void sample(const std::string& line) {
    auto sample = parse_sample(line);
    auto& family = families_[current_];
    if (family.type.empty() || !belongs(sample, current_, family.type)) refuse("not of this family", line);
    if (!seen_.insert(line.substr(0, line.rfind(' '))).second) refuse("a sample twice", line);
    family.samples.push_back(std::move(sample));
  }
  Families finish() {
    for (const auto& [name, family] : families_)
      if (family.type == "histogram") check_histogram(name, family);
    return std::move(families_);
  }

 private:
  Families families_;
  std::string current_;
  std::set<std::string> seen_;
};

}  // namespace

Families parse_exposition(const std::string& page) {
  if (page.empty() || page.back() != '\n') refuse("the last line has no end", page);
  Page parsed;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with('#'))
      parsed.comment(line);
    else
      parsed.sample(line);
  return parsed.finish();
}

double value_of(const Families& families, const std::string& name,
                const std::map<std::string, std::string>& labels) {
  for (const auto& [family, text] : families)
    for (const auto& sample : text.samples)
      if (sample.name == name && sample.labels == labels) return sample.value;
  throw std::runtime_error("no sample " + name);
}

}  // namespace certmgr::web
