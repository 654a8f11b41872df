// SPDX-License-Identifier: MIT
#include "adapters/store/alarm_store.h"

#include <SQLiteCpp/Database.h>

#include <algorithm>

#include "adapters/store/alarm_rows.h"
#include "adapters/store/event_chain.h"
#include "adapters/store/sql.h"
#include "adapters/store/task_rows.h"

namespace certmgr::store {
namespace {

std::string alarm_name(AlarmKind kind, const std::string& subject) {
  return "the alarm " + std::string(to_string(kind)) + " of " + subject;
}

std::string delivery_name(std::int64_t id) { return "delivery " + std::to_string(id); }

EventDraft alarm_event(const std::string& kind, std::int64_t id, const AlarmDraft& draft) {
  return {kind,
          draft.subject,
          {{"alarm", std::string(to_string(draft.kind))}, {"id", std::to_string(id)}, {"text", draft.text}}};
}

struct DeliveryRow {
  std::int64_t alarm_id = 0;
  std::string channel;
  std::string message;
  std::string state;
  std::string kind;
  std::string subject;
  bool alarm_is_over = false;
};

std::optional<DeliveryRow> find_row(SQLite::Database& connection, std::int64_t id) {
  return first(query(connection,
                     "SELECT d.alarm_id, d.channel, d.message, d.state, a.kind, a.subject,"
                     " a.cleared_at IS NOT NULL FROM deliveries d JOIN alarms a ON a.id = d.alarm_id"
                     " WHERE d.id = ?",
                     id),
               [](SQLite::Statement& row) {
                 return DeliveryRow{row.getColumn(0).getInt64(),   row.getColumn(1).getString(),
                                    row.getColumn(2).getString(),  row.getColumn(3).getString(),
                                    row.getColumn(4).getString(),  row.getColumn(5).getString(),
                                    row.getColumn(6).getInt() != 0};
               });
}

EventDraft delivery_event(const std::string& kind, const DeliveryRow& row) {
  return {kind, row.subject, {{"channel", row.channel}, {"alarm", row.kind}, {"message", row.message}}};
}

/// A message that all is well again, if it still waits, must not overtake the news that it is not.
void drop_stale_recoveries(SQLite::Database& connection, const AlarmDraft& draft, Instant at) {
  const auto past =
      all(query(connection,
                "SELECT DISTINCT a.id FROM alarms a JOIN deliveries d ON d.alarm_id = a.id"
                " WHERE a.kind = ? AND a.subject = ? AND a.cleared_at IS NOT NULL AND d.state = 'waiting'",
                to_string(draft.kind), draft.subject),
          [](SQLite::Statement& row) { return row.getColumn(0).getInt64(); });
  for (const std::int64_t id : past) drop_waiting(connection, id, "the alarm was raised again", at);
}

void open_alarm(SQLite::Database& connection, const AlarmDraft& draft,
                const std::vector<std::string>& channels, Instant now) {
  drop_stale_recoveries(connection, draft, now);
  const std::int64_t id = insert_alarm(connection, draft, now);
  for (const auto& channel : channels) insert_delivery(connection, id, channel, Notice::Message::raised, now);
  append_event(connection, alarm_event("alarm.raised", id, draft), now);
}

}  // namespace

bool SqliteAlarmStore::raise(const AlarmDraft& draft, const std::vector<std::string>& channels) {
  return database_.write("raise " + alarm_name(draft.kind, draft.subject), [&](SQLite::Database& connection) {
    if (const auto open = find_open_alarm(connection, draft.kind, draft.subject)) {
      if (open->draft != draft) update_alarm(connection, open->id, draft);
      return false;
    }
    open_alarm(connection, draft, channels, clock_.now());
    return true;
  });
}

void SqliteAlarmStore::remind(const AlarmDraft& draft, const std::vector<std::string>& channels) {
  database_.write("remind of " + alarm_name(draft.kind, draft.subject), [&](SQLite::Database& connection) {
    const Instant now = clock_.now();
    const auto open = find_open_alarm(connection, draft.kind, draft.subject);
    if (!open) return open_alarm(connection, draft, channels, now);
    update_alarm(connection, open->id, draft);
    // What still waits goes out in the newer words.
    for (const auto& channel : channels)
      if (!news_waits(connection, open->id, channel))
        insert_delivery(connection, open->id, channel, Notice::Message::raised, now);
    append_event(connection, alarm_event("alarm.reminded", open->id, draft), now);
  });
}

bool SqliteAlarmStore::clear(AlarmKind kind, const std::string& subject) {
  // It is mostly asked when there is none, and a look costs less than a transaction that changes nothing.
  const bool any = database_.read("look for " + alarm_name(kind, subject), [&](SQLite::Database& connection) {
    return find_open_alarm(connection, kind, subject).has_value();
  });
  if (!any) return false;
  return database_.write("clear " + alarm_name(kind, subject), [&](SQLite::Database& connection) {
    const auto open = find_open_alarm(connection, kind, subject);
    if (!open) return false;
    const Instant now = clock_.now();
    end_alarm(connection, open->id, now);
    append_event(connection, alarm_event("alarm.cleared", open->id, open->draft), now);
    return true;
  });
}

std::vector<Alarm> SqliteAlarmStore::open_alarms() {
  return database_.read("list the open alarms",
                        [](SQLite::Database& connection) { return all_open_alarms(connection); });
}

std::optional<Delivery> SqliteAlarmStore::delivery(std::int64_t id) {
  return database_.read("read " + delivery_name(id),
                        [&](SQLite::Database& connection) { return find_waiting_delivery(connection, id); });
}

void SqliteAlarmStore::delivered(std::int64_t id) {
  database_.write("note that " + delivery_name(id) + " was sent", [&](SQLite::Database& connection) {
    const auto row = find_row(connection, id);
    if (!row || row->state == "sent") return;
    const Instant now = clock_.now();
    end_delivery(connection, id, "sent", "", now);
    append_event(connection, delivery_event("delivery.sent", *row), now);
    // It was on its way when the alarm was cleared, and so dropped: this channel knows of it all the same.
    if (row->alarm_is_over && row->message == "raised") reassure(connection, row->alarm_id, now);
  });
}

void SqliteAlarmStore::delivery_failed(std::int64_t id, const std::string& why, Instant again_at) {
  database_.write("note that " + delivery_name(id) + " failed", [&](SQLite::Database& connection) {
    if (execute(connection,
                "UPDATE deliveries SET attempts = attempts + 1, error = ? WHERE id = ? AND state = 'waiting'",
                why, id) == 1)
      move_task(connection, {TaskKind::delivery, id}, again_at);
  });
}

void SqliteAlarmStore::drop_delivery(std::int64_t id, const std::string& why) {
  database_.write("drop " + delivery_name(id), [&](SQLite::Database& connection) {
    const auto row = find_row(connection, id);
    if (!row || row->state != "waiting") return;
    const Instant now = clock_.now();
    end_delivery(connection, id, "dropped", why, now);
    EventDraft event = delivery_event("delivery.dropped", *row);
    event.data["why"] = why;
    append_event(connection, event, now);
  });
}

Pruned SqliteAlarmStore::prune(Instant now, Duration keep, int limit) {
  return database_.write("remove old alarms", [&](SQLite::Database& connection) {
    const auto old = past_alarms(connection, now - keep, limit);
    for (const std::int64_t id : old) remove_alarm(connection, id);
    Pruned pruned{static_cast<int>(old.size()), std::nullopt};
    if (const auto oldest = oldest_past_alarm(connection)) {
      pruned.again_at = pruned.removed == limit ? now : std::max(*oldest + keep, now + std::chrono::days(1));
      move_task(connection, kPruning, *pruned.again_at);
    } else {
      end_task(connection, kPruning);
    }
    return pruned;
  });
}

}  // namespace certmgr::store
