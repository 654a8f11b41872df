// SPDX-License-Identifier: MIT
#include "adapters/dns/everywhere.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

namespace certmgr::dns {
namespace {

constexpr std::size_t kAtOnce = 8;

void judge(ServerAnswer& answer, const Reply& reply, const std::string& name, bool recursive) {
  const auto& packet = *reply.packet;
  const auto code = ldns_pkt_get_rcode(&packet);
  if (code != LDNS_RCODE_NOERROR && code != LDNS_RCODE_NXDOMAIN) {
    answer.said = rcode_text(packet);
  } else if (!recursive && !ldns_pkt_aa(&packet)) {
    answer.said = "it does not serve the zone (lame delegation)";
  } else {
    answer.answered = true;
    answer.values = txt_values(packet, recursive ? "" : name);
  }
}

ServerAnswer ask_one(const ZoneServer& server, const std::string& name, bool recursive, Duration limit) {
  ServerAnswer answer;
  answer.server = server.name;
  answer.address = server.at.text();
  const auto question = make_question(name, LDNS_RR_TYPE_TXT, {.recursion = recursive});
  if (!question) {
    answer.said = "the name cannot be asked for";
    return answer;
  }
  const auto reply = ask(server.at, *question, limit);
  if (reply)
    judge(answer, *reply, name, recursive);
  else
    answer.said = reply.error();
  return answer;
}

}  // namespace

std::vector<ServerAnswer> ask_everywhere(const std::vector<ZoneServer>& servers, const std::string& name,
                                         bool recursive, Duration limit) {
  std::vector<ServerAnswer> answers(servers.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < servers.size(); i = next++) {
      try {
        answers[i] = ask_one(servers[i], name, recursive, limit);
      } catch (const std::exception& error) {
        answers[i].server = servers[i].name;
        answers[i].said = error.what();
      }
    }
  };
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < std::min(servers.size(), kAtOnce); ++i) helpers.emplace_back(work);
  work();
  helpers.clear();
  return answers;
}

}  // namespace certmgr::dns
