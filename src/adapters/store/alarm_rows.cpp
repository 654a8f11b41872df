// SPDX-License-Identifier: MIT
#include "adapters/store/alarm_rows.h"

#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"

namespace certmgr::store {
namespace {

constexpr int kVersion = 1;
constexpr const char* kSelectAlarm =
    "SELECT id, kind, subject, raised_at, cleared_at, payload FROM alarms a ";
constexpr const char* kSelectDelivery =
    "SELECT a.id, a.kind, a.subject, a.raised_at, a.cleared_at, a.payload, d.id, d.channel, d.message,"
    " d.attempts FROM deliveries d JOIN alarms a ON a.id = d.alarm_id ";

std::string encode(const AlarmDraft& draft) {
  return dump({{"v", kVersion}, {"text", draft.text}, {"hint", draft.hint}, {"detail", draft.detail}});
}

std::string_view word_of_message(Notice::Message message) {
  switch (message) {
    case Notice::Message::raised:
      return "raised";
    case Notice::Message::recovered:
      return "recovered";
    case Notice::Message::test:
      break;
  }
  throw Failure(misuse("cannot store a message", "a test is sent at once and not stored"));
}

Alarm read_alarm(SQLite::Statement& row) {
  Alarm alarm;
  alarm.id = row.getColumn(0).getInt64();
  alarm.draft.subject = row.getColumn(2).getString();
  alarm.raised_at = instant(row.getColumn(3).getInt64());
  if (!row.getColumn(4).isNull()) alarm.cleared_at = instant(row.getColumn(4).getInt64());
  decode_row("alarm " + std::to_string(alarm.id), [&] {
    const std::string word = row.getColumn(1).getString();
    const auto kind = parse_alarm_kind(word);
    if (!kind) throw BadPayload("unknown kind \"" + word + "\"");
    alarm.draft.kind = *kind;
    const json value = parse_payload(row.getColumn(5).getString(), kVersion);
    alarm.draft.text = value.at("text");
    alarm.draft.hint = value.at("hint");
    alarm.draft.detail = value.at("detail");
  });
  return alarm;
}

Delivery read_delivery(SQLite::Statement& row) {
  Delivery delivery;
  delivery.alarm = read_alarm(row);
  delivery.id = row.getColumn(6).getInt64();
  delivery.channel = row.getColumn(7).getString();
  delivery.message = row.getColumn(8).getString() == word_of_message(Notice::Message::recovered)
                         ? Notice::Message::recovered
                         : Notice::Message::raised;
  delivery.attempts = row.getColumn(9).getInt();
  return delivery;
}

constexpr const char* kOverBefore = "the alarm was over before it could be sent";

void end_alarms(SQLite::Database& connection, std::initializer_list<AlarmKind> kinds,
                const std::string& subject, Instant at) {
  for (const auto kind : kinds)
    if (const auto open = find_open_alarm(connection, kind, subject)) end_alarm(connection, open->id, at);
}

}  // namespace

std::optional<Alarm> find_open_alarm(SQLite::Database& connection, AlarmKind kind,
                                     const std::string& subject) {
  return first(
      query(connection, std::string(kSelectAlarm) + "WHERE kind = ? AND subject = ? AND cleared_at IS NULL",
            to_string(kind), subject),
      read_alarm);
}

std::vector<Alarm> all_open_alarms(SQLite::Database& connection) {
  return all(query(connection, std::string(kSelectAlarm) + "WHERE cleared_at IS NULL ORDER BY raised_at, id"),
             read_alarm);
}

std::int64_t insert_alarm(SQLite::Database& connection, const AlarmDraft& draft, Instant at) {
  execute(connection, "INSERT INTO alarms (kind, subject, raised_at, payload) VALUES (?, ?, ?, ?)",
          to_string(draft.kind), draft.subject, at, encode(draft));
  return connection.getLastInsertRowid();
}

void update_alarm(SQLite::Database& connection, std::int64_t id, const AlarmDraft& draft) {
  execute(connection, "UPDATE alarms SET payload = ? WHERE id = ?", encode(draft), id);
}

void close_alarm(SQLite::Database& connection, std::int64_t id, Instant at) {
  execute(connection, "UPDATE alarms SET cleared_at = ? WHERE id = ?", at, id);
  wake_task(connection, kPruning, lane_of("pruning", kPruning.subject_id), "pruning",
            at + std::chrono::days(1));
}

void insert_delivery(SQLite::Database& connection, std::int64_t alarm_id, const std::string& channel,
                     Notice::Message message, Instant at) {
  execute(connection,
          "INSERT INTO deliveries (alarm_id, channel, message, state, attempts, created_at)"
          " VALUES (?, ?, ?, 'waiting', 0, ?)",
          alarm_id, channel, word_of_message(message), at);
  const std::int64_t id = connection.getLastInsertRowid();
  add_task(connection, {TaskKind::delivery, id}, lane_of("delivery", id), "notify:" + channel, at);
}

bool news_waits(SQLite::Database& connection, std::int64_t alarm_id, const std::string& channel) {
  return query(connection,
               "SELECT 1 FROM deliveries WHERE alarm_id = ? AND channel = ? AND message = 'raised'"
               " AND state = 'waiting'",
               alarm_id, channel)
      .executeStep();
}

std::optional<Delivery> find_waiting_delivery(SQLite::Database& connection, std::int64_t id) {
  return first(query(connection, std::string(kSelectDelivery) + "WHERE d.id = ? AND d.state = 'waiting'", id),
               read_delivery);
}

void end_delivery(SQLite::Database& connection, std::int64_t id, const std::string& state,
                  const std::string& error, Instant at) {
  execute(connection, "UPDATE deliveries SET state = ?, error = ?, ended_at = ? WHERE id = ?", state, error,
          at, id);
  end_task(connection, {TaskKind::delivery, id});
}

void drop_waiting(SQLite::Database& connection, std::int64_t alarm_id, const std::string& why, Instant at) {
  const auto waiting =
      all(query(connection, "SELECT id FROM deliveries WHERE alarm_id = ? AND state = 'waiting'", alarm_id),
          [](SQLite::Statement& row) { return row.getColumn(0).getInt64(); });
  for (const std::int64_t id : waiting) end_delivery(connection, id, "dropped", why, at);
}

std::vector<std::string> channels_to_reassure(SQLite::Database& connection, std::int64_t alarm_id) {
  return all(query(connection,
                   "SELECT channel FROM deliveries told WHERE alarm_id = ? AND message = 'raised'"
                   " AND state = 'sent' AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE"
                   " d.alarm_id = told.alarm_id AND d.channel = told.channel AND d.message = 'recovered')"
                   " GROUP BY channel ORDER BY min(id)",
                   alarm_id),
             [](SQLite::Statement& row) { return row.getColumn(0).getString(); });
}

void reassure(SQLite::Database& connection, std::int64_t alarm_id, Instant at) {
  for (const auto& channel : channels_to_reassure(connection, alarm_id))
    insert_delivery(connection, alarm_id, channel, Notice::Message::recovered, at);
}

void end_alarm(SQLite::Database& connection, std::int64_t id, Instant at) {
  close_alarm(connection, id, at);
  drop_waiting(connection, id, kOverBefore, at);
  reassure(connection, id, at);
}

void end_alarms_of_server(SQLite::Database& connection, const std::string& name, Instant at) {
  end_alarms(connection, {AlarmKind::deployment_failed, AlarmKind::listener_wrong, AlarmKind::listener_down},
             name, at);
}

void end_alarms_of_certificate(SQLite::Database& connection, const std::string& label, Instant at) {
  end_alarms(
      connection,
      {AlarmKind::renewal_failing, AlarmKind::expiry_near, AlarmKind::enrollment_waiting, AlarmKind::revoked},
      label, at);
}

std::vector<std::int64_t> past_alarms(SQLite::Database& connection, Instant before, int limit) {
  return all(query(connection,
                   "SELECT id FROM alarms WHERE cleared_at <= ? AND NOT EXISTS (SELECT 1 FROM deliveries d"
                   " WHERE d.alarm_id = alarms.id AND d.state = 'waiting') ORDER BY cleared_at LIMIT ?",
                   before, limit),
             [](SQLite::Statement& row) { return row.getColumn(0).getInt64(); });
}

std::optional<Instant> oldest_past_alarm(SQLite::Database& connection) {
  auto oldest = query(connection, "SELECT min(cleared_at) FROM alarms WHERE cleared_at IS NOT NULL");
  oldest.executeStep();
  if (oldest.getColumn(0).isNull()) return std::nullopt;
  return instant(oldest.getColumn(0).getInt64());
}

void remove_alarm(SQLite::Database& connection, std::int64_t id) {
  execute(connection, "DELETE FROM deliveries WHERE alarm_id = ?", id);
  execute(connection, "DELETE FROM alarms WHERE id = ?", id);
}

void check_alarms(SQLite::Database& connection, const std::function<void(const std::string&)>& report) {
  check_rows(query(connection, std::string(kSelectAlarm) + "ORDER BY id"), read_alarm, report);
}

}  // namespace certmgr::store
