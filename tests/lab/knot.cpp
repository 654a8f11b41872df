// SPDX-License-Identifier: MIT
#include "lab/knot.h"

#include <sstream>
#include <stdexcept>

#include "lab/ports.h"

namespace certmgr::lab {

Knot::Knot(const KnotOptions& options) : options_(options) {
  if (options_.port == 0) options_.port = free_port();
  write_files();
  process_.emplace(
      ProcessOptions{.command = {find_program("knotd").string(), "-c", (dir_ / "knot.conf").string()},
                     .environment = own_environment(),
                     .output = dir_ / "knot.log"});
  const bool up = wait_until([&] {
    return !process_->running() ||
           (port_accepts(options_.address, options_.port) && std::filesystem::exists(dir_ / "knot.sock"));
  });
  if (!up || !process_->running()) throw std::runtime_error("knotd did not start:\n" + log());
  // It accepts before it has its zones.
  for (const auto& [zone, from, is_signed] : options_.zones)
    if (from.empty() && !process_->wait_for_output("[" + zone.name + ".] loaded, serial"))
      throw std::runtime_error("knotd did not load " + zone.name + ":\n" + log());
}

void Knot::write_files() const {
  const auto dir = dir_.path().string();
  std::filesystem::create_directory(dir_ / "db");
  std::string text =
      "server:\n  listen: " + options_.address + "@" + std::to_string(options_.port) + "\n  rundir: " + dir +
      "\ndatabase:\n  storage: " + dir + "/db\ncontrol:\n  listen: " + dir +
      "/knot.sock\nlog:\n  - target: stderr\n    any: info\nkey:\n  - id: " + options_.key.name +
      "\n    algorithm: " + options_.key.algorithm + "\n    secret: " + options_.key.secret +
      "\nacl:\n  - id: update\n    key: " + options_.key.name + "\n    action: update\n";
  std::string remotes;
  std::string zones;
  for (const auto& [zone, from, is_signed] : options_.zones) {
    zones += "  - domain: " + zone.name + "\n    storage: " + dir + "\n";
    if (from.empty()) {
      write_file(dir_ / (zone.name + ".zone"), zone.file());
      zones += "    file: " + zone.name + ".zone\n    acl: update\n";
      if (is_signed) zones += "    dnssec-signing: on\n";
    } else {
      remotes += "  - id: of-" + zone.name + "\n    address: " + from + "\n";
      zones += "    master: of-" + zone.name + "\n";
    }
  }
  if (!remotes.empty()) text += "remote:\n" + remotes;
  write_file(dir_ / "knot.conf", text + "zone:\n" + zones);
}

std::string Knot::run(const std::string& program, const std::vector<std::string>& arguments) const {
  std::vector<std::string> command = {find_program(program).string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Process process(
      {.command = command, .environment = own_environment(), .output = dir_ / (program + ".out")});
  const auto status = process.wait(std::chrono::seconds(20));
  if (status != 0) throw std::runtime_error(program + " failed:\n" + process.output() + log());
  return process.output();
}

void Knot::refresh(const std::string& zone) {
  // -b: it answers when the transfer is done.
  run("knotc", {"-s", (dir_ / "knot.sock").string(), "-b", "zone-refresh", zone});
}

std::string Knot::ds(const std::string& zone) const {
  // "secure.test. DS 12345 13 2 ab12...", one line per digest type; the last word of a line is the digest.
  std::istringstream lines(run("keymgr", {"-c", (dir_ / "knot.conf").string(), zone, "ds"}));
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find(" DS ");
    if (at != std::string::npos && line.find(" 2 ", at) != std::string::npos) return line.substr(at + 4);
  }
  throw std::runtime_error("keymgr names no DS of " + zone);
}

}  // namespace certmgr::lab
