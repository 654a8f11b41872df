// SPDX-License-Identifier: MIT
#include "cli/log_progress.h"

#include <spdlog/spdlog.h>

#include "cli/log.h"

namespace certmgr::cli {
namespace {

/// A service lives for months: it does not remember the last word about everything it ever touched.
constexpr std::size_t kMostRemembered = 1000;

}  // namespace

bool LogProgress::is_news(const std::string& subject, const std::string& text) {
  const std::scoped_lock lock(mutex_);
  if (last_.size() > kMostRemembered) last_.clear();
  auto& last = last_[subject];
  if (last == text) return false;
  last = text;
  return true;
}

void LogProgress::step(const std::string& subject, const std::string& text) {
  if (is_news(subject, text)) spdlog::info("{}: {}", subject, text);
}

void LogProgress::warn(const std::string& subject, const std::string& text) {
  if (is_news(subject, text)) spdlog::warn("{}: {}", subject, text);
}

void LogProgress::trouble(const std::string& subject, const Trouble& trouble) {
  if (is_news(subject, trouble.message())) log_trouble(subject, trouble);
}

}  // namespace certmgr::cli
