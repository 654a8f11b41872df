// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "adapters/notify/channels.h"
#include "lab/temp_dir.h"

namespace certmgr::notify::testing {

class FixedClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return at; }
  [[nodiscard]] double jitter() override { return 0; }
  Instant at{std::chrono::milliseconds(1'800'000'000'123)};
};

/// One channel named "ch" behind the port, and files beside it.
class Bench : public ::testing::Test {
 protected:
  Result<void> send(const NotifyChannel& settings, const Notice& notice) {
    return Channels({settings}, clock_).send("ch", notice);
  }
  template <class Way>
  static NotifyChannel channel(const Way& way, std::chrono::seconds timeout = std::chrono::seconds(20)) {
    NotifyChannel settings;
    settings.name = "ch";
    settings.timeout = timeout;
    settings.way = way;
    return settings;
  }
  std::string secret_file(const std::string& name, const std::string& content) const {
    const auto path = dir_ / name;
    lab::write_file(path, content);
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
    return path.string();
  }
  static Notice notice(Notice::Message message = Notice::Message::raised) {
    Notice notice;
    notice.message = message;
    notice.host = "pbx1";
    notice.alarm.id = 7;
    notice.alarm.raised_at = Instant(std::chrono::milliseconds(1'799'999'000'000));
    notice.alarm.draft = {AlarmKind::renewal_failing, "sip.example.com", "the CA does not answer",
                          "look at the CA's status page", "HTTP 503\nservice unavailable"};
    if (message == Notice::Message::recovered)
      notice.alarm.cleared_at = Instant(std::chrono::milliseconds(1'799'999'900'000));
    return notice;
  }

  lab::TempDir dir_;
  FixedClock clock_;
};

/// The trouble, which says what failed, why and what to do; a failed expectation if there is none.
inline Trouble trouble_of(const Result<void>& sent) {
  if (sent) {
    ADD_FAILURE() << "was sent";
    return {};
  }
  const Trouble& trouble = sent.error();
  EXPECT_THAT(trouble.what, ::testing::HasSubstr("ch"));
  EXPECT_FALSE(trouble.code.empty() || trouble.why.empty() || trouble.hint.empty()) << trouble.message();
  return trouble;
}

}  // namespace certmgr::notify::testing
