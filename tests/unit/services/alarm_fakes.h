// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "certmgr/ports/alarms.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/notifier.h"
#include "certmgr/ports/progress.h"

namespace certmgr::testing {

class SetClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return at; }
  [[nodiscard]] double jitter() override { return 0.5; }
  Instant at{std::chrono::hours(480'000)};
};

class SilentProgress final : public Progress {
 public:
  void step(const std::string&, const std::string&) override {}
  void warn(const std::string&, const std::string& text) override { warnings.push_back(text); }
  std::vector<std::string> warnings;
};

/// Channels that want what they are told to want, and answer what they are told to answer.
class ScriptedNotifier final : public Notifier {
 public:
  [[nodiscard]] std::vector<std::string> channels() const override {
    std::vector<std::string> names;
    for (const auto& [name, kinds] : wanted) names.push_back(name);
    return names;
  }
  [[nodiscard]] bool wants(const std::string& channel, AlarmKind kind) const override {
    return wanted.at(channel).contains(kind);
  }
  Result<void> send(const std::string& channel, const Notice& notice) override {
    sent.emplace_back(channel, notice);
    return answer;
  }
  std::map<std::string, std::set<AlarmKind>> wanted;
  Result<void> answer;
  std::vector<std::pair<std::string, Notice>> sent;
};

/// Notes what is asked of it.
class NotedAlarms final : public AlarmStore {
 public:
  bool raise(const AlarmDraft& draft, const std::vector<std::string>& channels) override {
    raised.emplace_back(draft, channels);
    return true;
  }
  void remind(const AlarmDraft& draft, const std::vector<std::string>& channels) override {
    reminded.emplace_back(draft, channels);
  }
  bool clear(AlarmKind kind, const std::string& subject) override {
    cleared.emplace_back(kind, subject);
    return true;
  }
  std::vector<Alarm> open_alarms() override { return {}; }
  std::optional<Delivery> delivery(std::int64_t) override { return waiting; }
  void delivered(std::int64_t id) override { notes.push_back("delivered " + std::to_string(id)); }
  void delivery_failed(std::int64_t, const std::string& why, Instant at) override {
    notes.push_back("failed: " + why);
    again_at = at;
  }
  void drop_delivery(std::int64_t, const std::string& why) override { notes.push_back("dropped: " + why); }
  Pruned prune(Instant now, Duration keep, int limit) override {
    notes.push_back("pruned " + std::to_string(limit) + " from before " + to_rfc3339(now - keep));
    return pruned;
  }

  std::vector<std::pair<AlarmDraft, std::vector<std::string>>> raised;
  std::vector<std::pair<AlarmDraft, std::vector<std::string>>> reminded;
  std::vector<std::pair<AlarmKind, std::string>> cleared;
  std::optional<Delivery> waiting;
  std::vector<std::string> notes;
  Instant again_at;
  Pruned pruned;
};

}  // namespace certmgr::testing
