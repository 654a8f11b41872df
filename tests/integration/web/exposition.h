// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

namespace certmgr::web {

struct Sample {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};

struct MetricFamilyText {
  std::string type;
  std::string help;
  std::vector<Sample> samples;
};

/// A page in the text format 0.0.4, by family. As strict as Prometheus' own parser and stricter: throws
/// std::runtime_error for a line that is not exact, a family in two places, samples without a TYPE, the
/// same sample twice, or a histogram whose buckets do not add up.
std::map<std::string, MetricFamilyText> parse_exposition(const std::string& page);

/// The one sample with these labels; throws when there is none.
double value_of(const std::map<std::string, MetricFamilyText>& families, const std::string& name,
                const std::map<std::string, std::string>& labels = {});

}  // namespace certmgr::web
