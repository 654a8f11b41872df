// SPDX-License-Identifier: MIT
#include "integration/deploy/support.h"

#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "platform/fd.h"

namespace certmgr::deploy::testing {

Material material_of(const lab::Pair& pair) {
  Material material;
  material.key_pem = pair.key_pem;
  const auto blocks = lab::split_chain(pair.certificate_pem);
  material.leaf_pem = blocks.at(0);
  for (std::size_t i = 1; i < blocks.size(); ++i) material.chain_pem += blocks[i];
  return material;
}

Server server_in(const std::filesystem::path& folder) {
  Server server;
  server.id = 1;
  server.name = "pbx1";
  server.type = "generic";
  server.files.key = folder / "key.pem";
  server.files.fullchain = folder / "fullchain.pem";
  return server;
}

std::string mode_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return "none";
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", status.st_mode & 07777U);
  return text.data();
}

std::vector<std::string> leftovers(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name.find(".certmgr-") != std::string::npos) names.push_back(name);
  }
  return names;
}

std::string in_child(const std::function<std::string()>& body) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return "skip: no pipe";
  platform::Fd reader(ends[0]);
  platform::Fd writer(ends[1]);
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::string said;
    try {
      said = body();
    } catch (const std::exception& error) {
      said = error.what();
    }
    platform::write_all(writer.get(), said + "\n");
    ::_exit(0);
  }
  writer.reset();
  std::string said;
  platform::read_all(reader.get(), said, 64 * 1024);
  ::waitpid(pid, nullptr, 0);
  if (!said.ends_with('\n')) return "the child ended without a word";
  said.pop_back();
  return said;
}

bool drop_rights() {
  if (::geteuid() != 0) return true;
  constexpr unsigned nobody = 65534;
  return ::setgroups(0, nullptr) == 0 && ::setgid(nobody) == 0 && ::setuid(nobody) == 0;
}

void write_script(const std::filesystem::path& path, const std::string& body) {
  lab::write_file(path, "#!/bin/sh\n" + body);
  std::filesystem::permissions(path, std::filesystem::perms(0755));
}

}  // namespace certmgr::deploy::testing
