// SPDX-License-Identifier: MIT
#include "lab/strict_ca/desk_commands.h"

#include <functional>
#include <sstream>
#include <stdexcept>

#include "lab/strict_ca/strict_ca.h"

namespace certmgr::lab::strict {
namespace {

using nlohmann::json;

const char* word_of(Level level) {
  switch (level) {
    case Level::dv:
      return "dv";
    case Level::ov:
      return "ov";
    case Level::ev:
      return "ev";
  }
  return "";
}

std::string list(const StrictCa& ca) {
  json orders = json::array();
  for (const auto& order : ca.desk())
    orders.push_back({{"url", order.url},
                      {"status", order.status},
                      {"names", order.names},
                      {"level", word_of(order.level)}});
  return json{{"orders", orders}}.dump();
}

struct Line {
  std::string verb;
  std::string order;
  std::string text;  // the rest
};

Line parse(const std::string& line) {
  std::istringstream words(line);
  Line parsed;
  words >> parsed.verb >> parsed.order >> std::ws;
  std::getline(words, parsed.text);
  return parsed;
}

const std::string& demanded(const std::string& text, const std::string& what) {
  if (text.empty()) throw std::runtime_error("the desk needs " + what);
  return text;
}

using Deed = std::function<void(StrictCa&, const Line&)>;

const std::map<std::string, Deed>& deeds() {
  static const std::map<std::string, Deed> known{
      {"approve", [](StrictCa& ca, const Line& line) { ca.approve(line.order); }},
      {"downgrade", [](StrictCa& ca, const Line& line) { ca.downgrade(line.order); }},
      {"placeholder", [](StrictCa& ca, const Line& line) { ca.send_placeholder(line.order); }},
      {"ask", [](StrictCa& ca, const Line& line) { ca.ask(line.order, demanded(line.text, "a URL")); }},
      {"refuse",
       [](StrictCa& ca, const Line& line) {
         ca.turn_down(line.order,
                      {.type = "unauthorized", .status = 403, .detail = demanded(line.text, "a reason")});
       }},
  };
  return known;
}

}  // namespace

std::string obey(StrictCa& ca, const std::string& text) {
  const Line line = parse(text);
  if (line.verb == "list") return list(ca);
  const auto deed = deeds().find(line.verb);
  if (deed == deeds().end()) throw std::runtime_error("the desk cannot '" + line.verb + "'");
  demanded(line.order, "the URL of an order");
  deed->second(ca, line);
  return "done: " + line.verb + " " + line.order;
}

Reply answer_desk(StrictCa& ca, const Request& request) {
  Reply reply{.content_type = "text/plain"};
  if (request.method != "POST")
    return {.status = 405, .content_type = "text/plain", .body = "POST a line, such as: list\n"};
  try {
    reply.body = obey(ca, request.body) + "\n";
  } catch (const std::runtime_error& refused) {
    reply.status = 400;
    reply.body = std::string(refused.what()) + "\n";
  }
  return reply;
}

}  // namespace certmgr::lab::strict
