// SPDX-License-Identifier: MIT
#include "lab/named.h"

#include <stdexcept>

#include "lab/ports.h"

namespace certmgr::lab {

std::string LabKey::file() const {
  return "key \"" + name + "\" {\n\talgorithm " + algorithm + ";\n\tsecret \"" + secret + "\";\n};\n";
}

std::string LabZone::file() const {
  return "$TTL 60\n@ IN SOA ns1." + name + ". hostmaster." + name + ". 1 86400 86400 864000 60\n" + records;
}

Named::Named(const NamedOptions& options) : options_(options) {
  if (options_.port == 0) options_.port = free_port();
  write_files();
  process_.emplace(
      ProcessOptions{.command = {find_program("named").string(), "-g", "-c", (dir_ / "named.conf").string()},
                     .environment = own_environment(),
                     .output = dir_ / "named.log"});
  if (!process_->wait_for_output(" running\n")) throw std::runtime_error("named did not start:\n" + log());
}

void Named::write_files() const {
  const auto dir = dir_.path().string();
  std::string text = "options {\n  directory \"" + dir + "\";\n  pid-file none;\n  session-keyfile \"" + dir +
                     "/session.key\";\n  listen-on port " + std::to_string(options_.port) + " { " +
                     options_.address + "; };\n  listen-on-v6 { none; };\n  notify no;\n" +
                     "  empty-zones-enable no;\n  allow-transfer { any; };\n" + options_.more_options +
                     "};\ncontrols { };\ninclude \"" + key_file().string() + "\";\n";
  write_file(key_file(), options_.key.file());
  std::filesystem::permissions(key_file(), std::filesystem::perms(0600));
  for (const auto& zone : options_.zones) {
    write_file(dir_ / (zone.name + ".zone"), zone.file());
    text += "zone \"" + zone.name + "\" {\n  type primary;\n  file \"" + zone.name +
            ".zone\";\n  update-policy { grant " + options_.key.name + " zonesub TXT; };\n};\n";
  }
  write_file(dir_ / "named.conf", text + options_.more);
}

}  // namespace certmgr::lab
