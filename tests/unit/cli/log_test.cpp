// SPDX-License-Identifier: MIT
#include "cli/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace certmgr::cli {
namespace {

const Instant kAt = Instant(Duration(1'791'878'400'123));  // 2026-10-13T08:00:00.123Z

TEST(LogEntry, ForTheJournalHasThePriorityAndNoTime) {
  EXPECT_EQ(log_entry(LogFormat::journal, LogLevel::info, kAt, "web: reloaded"), "<6>web: reloaded\n");
  EXPECT_EQ(log_entry(LogFormat::journal, LogLevel::warning, kAt, "x"), "<4>x\n");
  EXPECT_EQ(log_entry(LogFormat::journal, LogLevel::error, kAt, "x"), "<3>x\n");
  EXPECT_EQ(log_entry(LogFormat::journal, LogLevel::debug, kAt, "x"), "<7>x\n");
}

TEST(LogEntry, ElsewhereHasTheTimeInUtc) {
  EXPECT_EQ(log_entry(LogFormat::plain, LogLevel::info, kAt, "web: reloaded"),
            "2026-10-13T08:00:00.123Z info web: reloaded\n");
}

TEST(LogEntry, OfSeveralLinesKeepsItsPriorityOnEach) {
  EXPECT_EQ(log_entry(LogFormat::journal, LogLevel::error, kAt, "hook said:\n<0>fake\n"),
            "<3>hook said:\n<3>  <0>fake\n");
  EXPECT_EQ(log_entry(LogFormat::plain, LogLevel::error, kAt, "a\nb"),
            "2026-10-13T08:00:00.123Z error a\n  b\n");
}

TEST(LogEntry, LetsNoControlCharacterThrough) {
  const std::string entry = log_entry(LogFormat::terminal, LogLevel::info, kAt, "a\x1b[2Jb\rc");
  EXPECT_EQ(entry.find('\x1b'), std::string::npos);
  EXPECT_EQ(entry.find('\r'), std::string::npos);
}

TEST(TheJournal, IsWhereJournalStreamSays) {
  const int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
  struct stat found {};
  ASSERT_EQ(fstat(fd, &found), 0);
  const std::string right = std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino);
  EXPECT_TRUE(leads_to_journal(right.c_str(), fd));
  EXPECT_FALSE(leads_to_journal((right + "1").c_str(), fd));
  EXPECT_FALSE(leads_to_journal(nullptr, fd));
  close(fd);
}

TEST(TheFormat, CanBeNamed) {
  EXPECT_EQ(log_format("journal"), LogFormat::journal);
  EXPECT_EQ(log_format("plain"), LogFormat::plain);
  EXPECT_EQ(log_format("terminal"), LogFormat::terminal);
}

}  // namespace
}  // namespace certmgr::cli
