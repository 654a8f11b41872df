// SPDX-License-Identifier: MIT
#include "adapters/dns_providers/hook_provider.h"

#include <algorithm>

namespace certmgr::dns_providers {
namespace {

Result<void> check_all(std::span<const TxtRecord> records) {
  for (const auto& record : records)
    if (auto good = check(record); !good) return good;
  return {};
}

std::string describe(const char* doing, std::span<const TxtRecord> some, const std::string& provider) {
  return std::string("cannot ") + doing + " the TXT record " + some.front().target +
         (some.size() > 1 ? " and " + std::to_string(some.size() - 1) + " more" : "") + " with [dns." +
         provider + "]";
}

/// "value A", "values A, B": what somebody has to look for who removes it by hand.
std::string values_of(std::span<const TxtRecord> some) {
  std::string text = some.size() > 1 ? "values " : "value ";
  for (const auto& record : some) text += (&record == some.data() ? "" : ", ") + record.value;
  return text;
}

/// One trouble of those that came of several, about all that is left.
Trouble of_all(Trouble first, std::span<const TxtRecord> left, const std::string& provider) {
  first.what = describe("remove", left, provider) + " (" + values_of(left) + ")";
  return first;
}

}  // namespace

HookProvider::HookProvider(HookSettings settings, std::unique_ptr<HookStyle> style, HookNotes notes)
    : settings_(std::move(settings)), style_(std::move(style)), notes_(std::move(notes)) {}

Result<HookEnd> HookProvider::carry_out(const HookRun& run) {
  std::unique_lock lock(alone_, std::defer_lock);
  if (style_->runs_alone()) lock.lock();
  return run_hook(settings_, run);
}

Result<void> HookProvider::present_some(std::span<const TxtRecord> some, std::span<const TxtRecord> all) {
  // Before the hook is called: whoever finds this knows that there may be something to clean up.
  for (const auto& record : some)
    if (auto noted = notes_.write(record, {}); !noted) return noted;
  HookRun run = style_->present(some, all);
  run.what = describe("add", some, settings_.provider);
  const auto end = carry_out(run);
  if (auto good = style_->judge_present(settings_, run, end); !good) {
    // Who declined has nothing to clean up, and would not expect to be asked to.
    if (good.error().code == kChallengeDeclined)
      for (const auto& record : some) static_cast<void>(notes_.remove(record));
    return good;
  }
  for (const auto& record : some)
    if (auto noted = notes_.write(record, {true, end->answer}); !noted) return noted;
  return {};
}

Result<void> HookProvider::present(std::span<const TxtRecord> records) {
  if (auto good = check_all(records); !good) return good;
  std::vector<TxtRecord> due;
  for (const auto& record : records) {
    const auto note = notes_.find(record);
    if (!note) return fail(note.error());
    const bool there = *note && (*note)->presented;
    if (!there && std::find(due.begin(), due.end(), record) == due.end()) due.push_back(record);
  }
  if (due.empty()) return {};
  if (style_->takes_several()) return present_some(due, records);
  for (const auto& record : due)
    if (auto done = present_some({&record, 1}, records); !done) return done;
  return {};
}

Result<void> HookProvider::withdraw_some(std::span<const TxtRecord> some, std::span<const TxtRecord> all,
                                         ChallengeOutcome outcome, const std::string& answer) {
  HookRun run = style_->withdraw(some, all, outcome, answer);
  if (!run.program.empty()) {
    run.what = describe("remove", some, settings_.provider) + " (" + values_of(some) + ")";
    if (auto good = expect_success(settings_, run, carry_out(run)); !good) return good;
  }
  for (const auto& record : some)
    if (auto removed = notes_.remove(record); !removed) return removed;
  return {};
}

Result<void> HookProvider::withdraw(std::span<const TxtRecord> records, ChallengeOutcome outcome) {
  if (auto good = check_all(records); !good) return good;
  std::vector<TxtRecord> due;
  std::vector<std::string> answers;
  for (const auto& record : records) {
    const auto note = notes_.find(record);
    if (!note) return fail(note.error());
    if (!*note || std::find(due.begin(), due.end(), record) != due.end()) continue;
    due.push_back(record);
    answers.push_back((*note)->answer);
  }
  if (due.empty()) return {};
  if (style_->takes_several()) return withdraw_some(due, records, outcome, {});
  // One that fails does not keep the others in the DNS. After one that hangs they wait for the next time.
  Result<void> result;
  std::vector<TxtRecord> left;
  bool hangs = false;
  for (std::size_t i = 0; i < due.size(); ++i) {
    auto done = hangs ? result : withdraw_some({&due[i], 1}, records, outcome, answers[i]);
    if (done) continue;
    left.push_back(due[i]);
    hangs = hangs || done.error().code == "dns_hook_timeout";
    if (result) result = std::move(done);
  }
  if (!result && left.size() > 1) return fail(of_all(std::move(result.error()), left, settings_.provider));
  return result;
}

}  // namespace certmgr::dns_providers
