// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/ports/alarms.h"
#include "certmgr/ports/task_queue.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

std::optional<Alarm> find_open_alarm(SQLite::Database& connection, AlarmKind kind,
                                     const std::string& subject);
/// The longest open first.
std::vector<Alarm> all_open_alarms(SQLite::Database& connection);
std::int64_t insert_alarm(SQLite::Database& connection, const AlarmDraft& draft, Instant at);
/// The newer words about an open alarm.
void update_alarm(SQLite::Database& connection, std::int64_t id, const AlarmDraft& draft);
/// It is pruned some day.
void close_alarm(SQLite::Database& connection, std::int64_t id, Instant at);

/// A delivery that waits, with its task, due at once.
void insert_delivery(SQLite::Database& connection, std::int64_t alarm_id, const std::string& channel,
                     Notice::Message message, Instant at);
/// The channel is about to be told of the alarm.
bool news_waits(SQLite::Database& connection, std::int64_t alarm_id, const std::string& channel);
/// Only one that still waits.
std::optional<Delivery> find_waiting_delivery(SQLite::Database& connection, std::int64_t id);
/// Ends it and its task. `error` stays with it.
void end_delivery(SQLite::Database& connection, std::int64_t id, const std::string& state,
                  const std::string& error, Instant at);
/// Drops what still waits to be said about the alarm.
void drop_waiting(SQLite::Database& connection, std::int64_t alarm_id, const std::string& why, Instant at);
/// Channels that know of the alarm and have not been told, nor are about to be, that it is over.
std::vector<std::string> channels_to_reassure(SQLite::Database& connection, std::int64_t alarm_id);

/// Tells the channels that know of the alarm that it is over.
void reassure(SQLite::Database& connection, std::int64_t alarm_id, Instant at);
/// Closes the alarm, and tells whom it concerns.
void end_alarm(SQLite::Database& connection, std::int64_t id, Instant at);
/// What they were about is removed: there is nothing left to be alarmed about.
void end_alarms_of_server(SQLite::Database& connection, const std::string& name, Instant at);
void end_alarms_of_certificate(SQLite::Database& connection, const std::string& label, Instant at);

/// The task that removes past alarms. It is there while there are any.
inline constexpr TaskRef kPruning{TaskKind::pruning, 0};
/// Over since `before` or longer, and nothing about them waits to be sent; the oldest first.
std::vector<std::int64_t> past_alarms(SQLite::Database& connection, Instant before, int limit);
/// When the first of all past alarms was over.
std::optional<Instant> oldest_past_alarm(SQLite::Database& connection);
void remove_alarm(SQLite::Database& connection, std::int64_t id);

/// Reads every alarm; `report` is told what is wrong with the ones that cannot be read.
void check_alarms(SQLite::Database& connection, const std::function<void(const std::string&)>& report);

}  // namespace certmgr::store
