// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "certmgr/ports/resolver.h"

namespace certmgr::solvers {

/// One server that has what the test put there; a name may be an alias.
class FakeResolver final : public Resolver {
 public:
  std::map<std::string, std::vector<std::string>> texts;
  std::map<std::string, std::string> aliases;

  Result<TxtAnswers> txt_everywhere(const std::string& name) override {
    TxtAnswers answers;
    answers.name = name;
    answers.servers.push_back({});
    answers.servers.back().answered = true;
    if (const auto found = texts.find(name); found != texts.end())
      answers.servers.back().values = found->second;
    return answers;
  }
  Result<CnameChain> cname_chain(const std::string& name) override {
    CnameChain chain{{name}};
    if (const auto found = aliases.find(name); found != aliases.end()) chain.names.push_back(found->second);
    return chain;
  }
  Result<CaaSet> caa(const std::string&) override { return CaaSet{}; }
  Result<HostAddresses> addresses(const std::string&) override { return HostAddresses{}; }
  Result<DnssecState> dnssec(const std::string&) override { return DnssecState::insecure; }
};

}  // namespace certmgr::solvers
