// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace certmgr {

/// What one address of one name server says about the TXT records at a name.
struct ServerAnswer {
  std::string server;   // "ns1.example.com", or the address if it has no name
  std::string address;  // "192.0.2.1:53"
  bool answered = false;
  std::vector<std::string> values;  // if it answered
  std::string said;                 // if not: "no answer within 3 s", "REFUSED"
};

struct TxtAnswers {
  std::string name;
  std::string zone;  // empty when configured resolvers were asked
  std::vector<ServerAnswer> servers;
};

enum class Spread {
  everywhere,      // every server has all the values
  where_answered,  // every server that answered has; some did not. A CA may meet them all the same
  not_yet,
};

struct Propagation {
  Spread spread = Spread::not_yet;
  std::vector<std::string> lagging;  // "ns2.example.com (192.0.2.2:53) has 1 other value"
  std::vector<std::string> silent;   // "ns3.example.com (192.0.2.3:53): no answer within 3 s"

  /// What to tell a person who waits: "not yet at ns2.example.com (...)". Empty when it is everywhere.
  [[nodiscard]] std::string summary() const;
};

/// A server with several addresses answers if one of them does: the others may be of a family this host
/// has not. But an address that answers without the values counts, as the CA may ask that one.
Propagation judge_propagation(const TxtAnswers& answers, const std::vector<std::string>& wanted);

}  // namespace certmgr
