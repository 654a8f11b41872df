// SPDX-License-Identifier: MIT
#include "adapters/token/own_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>

#include "platform/fd.h"

namespace certmgr::token {
namespace {

using Steady = std::chrono::steady_clock;

// A request, or a trouble: its kind, and its texts with a zero octet behind each.
constexpr char kRequest = 'R';
constexpr char kTrouble = 'T';

Trouble broken(std::string why) {
  return {.kind = TroubleKind::permanent,
          .code = "token_failed",
          .what = "cannot use the key in the token",
          .why = std::move(why),
          .hint = "try the token with 'pkcs11-tool --module MODULE --list-objects --login'"};
}

std::string written(const Result<Octets>& outcome) {
  if (outcome) return kRequest + std::string(outcome->begin(), outcome->end());
  const Trouble& trouble = outcome.error();
  std::string text{kTrouble, static_cast<char>(trouble.kind)};
  for (const auto* part : {&trouble.code, &trouble.what, &trouble.why, &trouble.hint, &trouble.detail})
    text.append(*part, 0, part->find('\0')).push_back('\0');
  return text;
}

std::optional<Result<Octets>> read_back(std::string_view text) {
  if (text.size() > 1 && text.front() == kRequest) return Octets(text.begin() + 1, text.end());
  if (text.size() < 2 || text.front() != kTrouble) return std::nullopt;
  Trouble trouble{.kind = static_cast<TroubleKind>(text[1])};
  text.remove_prefix(2);
  for (auto* part : {&trouble.code, &trouble.what, &trouble.why, &trouble.hint, &trouble.detail}) {
    const auto end = text.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    *part = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  return fail(std::move(trouble));
}

/// Does not return, and runs nothing of what is done when a process ends: that is ours, not the child's.
[[noreturn]] void be_the_child(const std::function<Result<Octets>()>& work, int writer, pid_t parent) {
  // It must not outlive us with a PIN in its memory.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  // Modules crash, and a core file would hold the PIN.
  ::prctl(PR_SET_DUMPABLE, 0);
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) ::dup2(nowhere, fd);
  bool told = false;
  try {
    told = platform::write_all(writer, written(work()));
  } catch (const std::exception& error) {
    told = platform::write_all(writer, written(fail(broken(error.what()))));
  }
  ::_exit(told ? 0 : 1);
}

/// False: it is still silent at the end of the time.
bool listen(int reader, Steady::time_point end, std::string& heard) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now()).count();
    pollfd wait{reader, POLLIN, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(std::max<long long>(left, 0)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    std::array<char, 4096> some{};
    const auto size = ::read(reader, some.data(), some.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return true;
    heard.append(some.data(), static_cast<std::size_t>(size));
  }
}

int end_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

Result<Octets> in_own_process(const std::function<Result<Octets>()>& work, std::chrono::milliseconds limit) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(broken("no pipe: " + platform::errno_text(errno)));
  const platform::Fd reader(ends[0]);
  platform::Fd writer(::fcntl(ends[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  ::close(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return fail(broken("no process: " + platform::errno_text(errno)));
  if (child == 0) be_the_child(work, writer.get(), parent);
  writer.reset();
  std::string heard;
  const bool in_time = listen(reader.get(), Steady::now() + limit, heard);
  if (!in_time) ::kill(child, SIGKILL);
  const int status = end_of(child);
  if (!in_time) return fail(broken("it gave no answer in " + std::to_string(limit.count()) + " ms"));
  if (auto outcome = read_back(heard)) return std::move(*outcome);
  return fail(broken(WIFSIGNALED(status)
                         ? "the module or the engine crashed: signal " + std::to_string(WTERMSIG(status))
                         : "the module or the engine ended its process"));
}

}  // namespace certmgr::token
