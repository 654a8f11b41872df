// SPDX-License-Identifier: MIT
#include "integration/deploy/support.h"

#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
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
  platform::read_all(reader.get(), said, 65536);
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

bool forbid(unsigned number, unsigned error, unsigned from) {
  std::array<sock_filter, 6> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, from, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

void write_script(const std::filesystem::path& path, const std::string& body) {
  lab::write_file(path, "#!/bin/sh\n" + body);
  std::filesystem::permissions(path, std::filesystem::perms(0755));
}

}  // namespace certmgr::deploy::testing
