// SPDX-License-Identifier: MIT
#include "adapters/notify/command.h"

#include <cerrno>

#include "adapters/notify/notice_document.h"
#include "platform/child_process.h"
#include "platform/trusted_program.h"

namespace certmgr::notify {
namespace {

constexpr int kNotNow = 75;  // EX_TEMPFAIL of sysexits(3)

std::vector<std::string> environment(const std::string& channel, const Notice& notice) {
  const AlarmDraft& draft = notice.alarm.draft;
  const bool test = notice.message == Notice::Message::test;
  return {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "LANG=C.UTF-8",
          "CERTMGR_NOTIFY_API=1",
          "CERTMGR_NOTIFY_CHANNEL=" + channel,
          "CERTMGR_NOTIFY_MESSAGE=" + word_of(notice.message),
          "CERTMGR_NOTIFY_KIND=" + std::string(test ? "" : to_string(draft.kind)),
          "CERTMGR_NOTIFY_SUBJECT=" + draft.subject,
          "CERTMGR_NOTIFY_TEXT=" + draft.text,
          "CERTMGR_NOTIFY_HINT=" + draft.hint,
          "CERTMGR_NOTIFY_HEADLINE=" + headline(notice),
          "CERTMGR_NOTIFY_HOST=" + notice.host};
}

Result<void> check_program(const std::string& channel, const std::string& program) {
  const auto distrust = platform::distrust(program);
  if (!distrust) return {};
  return fail(channel_trouble(TroubleKind::configuration, "notify_command", channel, distrust->why,
                              distrust->cure + "; name an executable that only root can change: [notify." +
                                  channel + "] command = [\"/PATH\", ...]"));
}

Trouble not_started(const std::string& channel, const std::string& program,
                    const platform::ChildResult& result) {
  const bool passes = result.error == EAGAIN || result.error == ENOMEM || result.error == EMFILE ||
                      result.error == ENFILE || result.error == ETXTBSY;
  return channel_trouble(passes ? TroubleKind::transient : TroubleKind::configuration, "notify_command",
                         channel, program + " could not be started: " + result.why,
                         "it must be a program, or a script with a #! line");
}

Result<void> judge(const std::string& channel, const std::string& program, Duration limit,
                   const platform::ChildResult& result) {
  Trouble trouble;
  switch (result.end) {
    case platform::ChildEnd::not_started:
      return fail(not_started(channel, program, result));
    case platform::ChildEnd::exited:
      if (result.exit_code == 0) return {};
      trouble = channel_trouble(
          result.exit_code == kNotNow ? TroubleKind::transient : TroubleKind::permanent,
          "notify_command_failed", channel,
          program + " ended with status " + std::to_string(result.exit_code),
          result.exit_code == kNotNow ? "it asks to be tried again later" : "look at its output");
      break;
    case platform::ChildEnd::signalled:
      trouble = channel_trouble(TroubleKind::transient, "notify_command_failed", channel,
                                program + " was ended by " + platform::signal_name(result.signal),
                                "look at its output and at the system's log (out of memory?)");
      break;
    case platform::ChildEnd::timed_out:
      trouble = channel_trouble(TroubleKind::transient, "notify_no_answer", channel,
                                program + " did not end within " + humanize(limit) + " and was stopped",
                                "look at its output, or raise timeout in [notify." + channel + "]");
      break;
  }
  trouble.detail = result.output;
  return fail(trouble);
}

}  // namespace

Command::Command(std::string name, CommandChannel settings, Duration limit, const Clock& clock)
    : name_(std::move(name)), settings_(std::move(settings)), limit_(limit), clock_(clock) {}

Result<void> Command::send(const Notice& notice) {
  const std::string& program = settings_.command.front();
  if (auto safe = check_program(name_, program); !safe) return safe;
  platform::ChildCommand command;
  command.program = program;
  command.arguments.assign(settings_.command.begin() + 1, settings_.command.end());
  command.environment = environment(name_, notice);
  command.input = document(notice, clock_.now()) + "\n";
  command.limit = limit_;
  command.keep_output = 2048;
  return judge(name_, program, limit_, platform::run_child(command));
}

}  // namespace certmgr::notify
