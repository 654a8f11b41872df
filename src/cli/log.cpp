// SPDX-License-Identifier: MIT
#include "cli/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace certmgr::cli {
namespace {

int priority_of(LogLevel level) {  // as in syslog(3)
  switch (level) {
    case LogLevel::debug:
      return 7;
    case LogLevel::info:
      return 6;
    case LogLevel::warning:
      return 4;
    case LogLevel::error:
      return 3;
  }
  return 6;
}

const char* word_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "info";
}

LogLevel level_of(spdlog::level::level_enum level) {
  if (level <= spdlog::level::debug) return LogLevel::debug;
  if (level == spdlog::level::info) return LogLevel::info;
  return level == spdlog::level::warn ? LogLevel::warning : LogLevel::error;
}

std::string time_text(Instant at, bool local) {
  const auto milliseconds = at.time_since_epoch().count();
  const time_t seconds = static_cast<time_t>(milliseconds / 1000);
  tm parts{};
  if (local)
    localtime_r(&seconds, &parts);
  else
    gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t size =
      strftime(text.data(), text.size(), local ? "%H:%M:%S" : "%Y-%m-%dT%H:%M:%S", &parts);
  const std::string thousandths = std::to_string(1000 + milliseconds % 1000).substr(1);
  return std::string(text.data(), size) + "." + thousandths + (local ? "" : "Z");
}

std::string start_of(LogFormat format, LogLevel level, Instant at) {
  if (format == LogFormat::journal) return "<" + std::to_string(priority_of(level)) + ">";
  const std::string word = word_of(level);
  if (format == LogFormat::plain) return time_text(at, false) + " " + word + " ";
  const bool loud = level == LogLevel::warning || level == LogLevel::error;
  return time_text(at, true) + " " + (loud ? word + ": " : "");
}

class Formatter final : public spdlog::formatter {
 public:
  explicit Formatter(LogFormat format) : format_(format) {}
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& into) override {
    const auto at = std::chrono::time_point_cast<Duration>(message.time);
    const std::string entry = log_entry(format_, level_of(message.level), at,
                                        std::string(message.payload.data(), message.payload.size()));
    into.append(entry.data(), entry.data() + entry.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<Formatter>(format_);
  }

 private:
  LogFormat format_;
};

}  // namespace

bool leads_to_journal(const char* journal_stream, int fd) {
  struct stat found {};
  if (journal_stream == nullptr || fstat(fd, &found) != 0) return false;
  return std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino) == journal_stream;
}

LogFormat log_format(std::string_view word) {
  if (word == "journal") return LogFormat::journal;
  if (word == "terminal") return LogFormat::terminal;
  if (word == "plain") return LogFormat::plain;
  if (leads_to_journal(std::getenv("JOURNAL_STREAM"), STDERR_FILENO)) return LogFormat::journal;
  return isatty(STDERR_FILENO) == 1 ? LogFormat::terminal : LogFormat::plain;
}

std::string log_entry(LogFormat format, LogLevel level, Instant at, const std::string& text) {
  const std::string start = start_of(format, level, at);
  // The journal makes an entry of every line: each needs the priority.
  const std::string next = format == LogFormat::journal ? start + "  " : "  ";
  std::string entry = start;
  std::string clean = printable(text);
  while (clean.ends_with('\n')) clean.pop_back();
  for (const char c : clean) {
    entry.push_back(c);
    if (c == '\n') entry += next;
  }
  entry.push_back('\n');
  return entry;
}

void set_up_log(const GlobalOptions& options) {
  auto logger =
      std::make_shared<spdlog::logger>("certmgr", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(std::make_unique<Formatter>(log_format(options.log_format)));
  logger->set_level(options.verbose ? spdlog::level::debug : spdlog::level::off);
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

void log_as_service() {
  if (spdlog::get_level() > spdlog::level::info) spdlog::set_level(spdlog::level::info);
}

void log_trouble(const std::string& subject, const Trouble& trouble) {
  std::string text = subject + ": " + trouble.message();
  if (!trouble.hint.empty()) text += "; try: " + trouble.hint;
  text += " code=" + trouble.code;
  if (trouble.retry_at) text += " retry_at=" + to_rfc3339(*trouble.retry_at);
  const bool passes = trouble.kind == TroubleKind::transient || trouble.kind == TroubleKind::waiting;
  spdlog::log(passes ? spdlog::level::warn : spdlog::level::err, "{}", text);
}

}  // namespace certmgr::cli
