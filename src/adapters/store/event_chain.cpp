// SPDX-License-Identifier: MIT
#include "adapters/store/event_chain.h"

#include "adapters/store/meta.h"
#include "adapters/store/sql.h"
#include "crypto/encoding.h"

namespace certmgr::store {
namespace {

constexpr const char* kHead = "event_head";

struct Head {
  std::int64_t seq = 0;
  std::string hash;  // empty before the first event
};

/// Its length in eight octets (big endian) before each field makes the serialisation injective: no two
/// different events give the same octets.
void add_field(std::string& octets, std::string_view field) {
  const std::uint64_t size = field.size();
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    octets.push_back(static_cast<char>((size >> (shift - 8)) & 0xFFU));
  }
  octets += field;
}

std::optional<Head> parse_head(const std::string& text) {
  const std::size_t space = text.find(' ');
  if (space == std::string::npos || space == 0 || space > 18) return std::nullopt;
  if (text.find_first_not_of("0123456789") != space) return std::nullopt;
  return Head{std::stoll(text.substr(0, space)), text.substr(space + 1)};
}

Head head_of(SQLite::Database& connection) {
  const auto text = meta(connection, kHead);
  if (!text) return {};
  auto head = parse_head(*text);
  if (!head) throw Failure(corrupt_row("the head of the event log", "\"" + *text + "\" is no head"));
  return *head;
}

}  // namespace

std::string event_hash(const std::string& previous, const Event& event, const std::string& data) {
  std::string octets;
  add_field(octets, "certmgr event v1");
  add_field(octets, previous);
  add_field(octets, std::to_string(event.seq));
  add_field(octets, std::to_string(millis(event.at)));
  add_field(octets, event.draft.kind);
  add_field(octets, event.draft.subject);
  add_field(octets, data);
  return crypto::hex(crypto::sha256(crypto::as_bytes(octets)));
}

void append_event(SQLite::Database& connection, const EventDraft& draft, Instant at) {
  EventBatch batch(connection);
  batch.append(draft, at);
  batch.finish();
}

EventBatch::EventBatch(SQLite::Database& connection) : connection_(connection) {
  Head head = head_of(connection);
  seq_ = head.seq;
  hash_ = std::move(head.hash);
}

void EventBatch::append(const EventDraft& draft, Instant at) {
  const Event event{seq_ + 1, at, draft, {}};
  const std::string data = dump(json(draft.data));
  std::string hash = event_hash(hash_, event, data);
  execute(connection_, "INSERT INTO events (seq, at, kind, subject, data, hash) VALUES (?, ?, ?, ?, ?, ?)",
          event.seq, at, draft.kind, draft.subject, data, hash);
  seq_ = event.seq;
  hash_ = std::move(hash);
}

void EventBatch::finish() { set_meta(connection_, kHead, std::to_string(seq_) + " " + hash_); }

EventLogReport verify_chain(SQLite::Database& connection) {
  EventLogReport report;
  std::string previous;
  auto rows = query(connection, "SELECT seq, at, kind, subject, data, hash FROM events ORDER BY seq");
  while (rows.executeStep()) {
    const Event event{rows.getColumn(0).getInt64(), instant(rows.getColumn(1).getInt64()),
                      EventDraft{rows.getColumn(2).getString(), rows.getColumn(3).getString(), {}},
                      rows.getColumn(5).getString()};
    ++report.events;
    if (report.finding) continue;
    if (event.seq != report.events) {
      report.finding = "event log: line " + std::to_string(report.events) + " is missing";
    } else if (event_hash(previous, event, rows.getColumn(4).getString()) != event.hash) {
      report.finding = "event log: line " + std::to_string(event.seq) + " or the one before it was changed";
    }
    previous = event.hash;
  }
  report.head = previous;
  if (report.finding) return report;
  const auto text = meta(connection, kHead);
  const auto head = text ? parse_head(*text) : std::optional<Head>(Head{});
  if (!head) {
    report.finding = "event log: the recorded head cannot be read";
  } else if (head->seq > report.events) {
    report.finding =
        "event log: the last " + std::to_string(head->seq - report.events) + " lines are missing";
  } else if (head->seq < report.events || head->hash != previous) {
    report.finding = "event log: the last line is not the recorded head";
  }
  return report;
}

}  // namespace certmgr::store
