// SPDX-License-Identifier: MIT
#include "machine.h"

#include <csignal>
#include <sstream>

namespace certmgr::e2e {
namespace fs = std::filesystem;

namespace {

constexpr int kNotPossible = 77;
constexpr auto kBootTime = std::chrono::seconds(30);

/// Nothing but what systemd needs for itself; the test starts the rest.
constexpr const char* kTarget =
    "[Unit]\nDescription=what certmgr's tests need\nRequires=sysinit.target\nAfter=sysinit.target\n"
    "AllowIsolate=yes\n";

std::string first_line(const fs::path& file) {
  if (!fs::exists(file)) return {};
  std::istringstream text(lab::read_file(file));
  std::string line;
  std::getline(text, line);
  return line;
}

void remove_cgroup(const fs::path& group) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(group, error))
    if (entry.is_directory(error)) remove_cgroup(entry.path());
  fs::remove(group, error);
}

}  // namespace

Machine::Machine() { put("/etc/systemd/system/lab.target", kTarget); }

Machine::~Machine() {
  if (!boot_) return;
  const fs::path group = cgroup();
  boot_->signal(SIGKILL);  // it does not listen to SIGTERM, and takes process 1 along
  boot_->end();
  if (group.empty()) return;
  const auto emptied = [&] { return first_line(group / "cgroup.events") == "populated 0"; };
  lab::wait_until(emptied, std::chrono::seconds(5));
  remove_cgroup(group);
}

fs::path Machine::over(const fs::path& path) const {
  fs::path target = lab_ / "root" / path.relative_path();
  fs::create_directories(target.parent_path());
  return target;
}

void Machine::put(const fs::path& path, const std::string& content) const {
  lab::write_file(over(path), content);
}

void Machine::copy(const fs::path& from, const fs::path& path) const {
  fs::copy(from, over(path), fs::copy_options::recursive);
}

fs::path Machine::cgroup() const { return first_line(lab_ / "cgroup"); }

std::string Machine::process_1() const {
  const auto group = cgroup();
  return group.empty() ? std::string() : first_line(group / "init.scope" / "cgroup.procs");
}

bool Machine::boot(std::string& why_not) {
  const fs::path script = fs::path(CERTMGR_TEST_SOURCE_DIR) / "tests/e2e/systemd/boot";
  boot_.emplace(lab::ProcessOptions{.command = {script.string(), lab_.path().string()},
                                    .environment = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}},
                                    .output = lab_ / "boot.log",
                                    .death_signal = SIGKILL});
  const bool up = lab::wait_until(
      [&] {
        if (!boot_->running()) return true;
        return !process_1().empty() && run({"systemctl", "is-active", "lab.target"}).code == 0;
      },
      kBootTime);
  if (up && boot_->running()) return true;
  const auto code = boot_->wait(std::chrono::milliseconds(0));
  why_not = (code == kNotPossible ? "skip: " : "systemd does not boot: ") + boot_->output();
  return false;
}

Machine::Ran Machine::run(const std::vector<std::string>& command) const {
  std::vector<std::string> whole{lab::find_program("nsenter"),
                                 "--target",
                                 process_1(),
                                 "--mount",
                                 "--pid",
                                 "--uts",
                                 "--ipc",
                                 "--cgroup",
                                 "--"};
  whole.insert(whole.end(), command.begin(), command.end());
  const lab::TempDir dir;
  lab::Process process({.command = whole,
                        .environment = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"LANG", "C.UTF-8"}},
                        .output = dir / "output"});
  const auto code = process.wait(std::chrono::seconds(60));
  return {code.value_or(-1), process.output()};
}

std::string Machine::property(const std::string& unit, const std::string& name) const {
  std::string text = run({"systemctl", "show", "--value", "--property=" + name, unit}).output;
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string Machine::journal(const std::string& unit) const {
  return run({"journalctl", "--no-pager", "--unit=" + unit}).output;
}

}  // namespace certmgr::e2e
