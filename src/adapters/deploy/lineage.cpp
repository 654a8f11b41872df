// SPDX-License-Identifier: MIT
#include "adapters/deploy/lineage.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <optional>
#include <string_view>

#include "adapters/deploy/file_trouble.h"
#include "certmgr/domain/identifier.h"
#include "crypto/certificate_chain.h"
#include "platform/fd.h"
#include "platform/secret_text.h"

namespace certmgr::deploy {
namespace {

constexpr std::size_t kLargestPem = std::size_t{256} * 1024;
constexpr const char* kInTheMaking = ".certmgr-new";

/// The CERTIFICATE blocks of a file, nothing else of it: a combined file holds the key as well.
std::string certificates_in(const std::string& path) {
  constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
  constexpr std::string_view end = "-----END CERTIFICATE-----";
  platform::Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  platform::SecretText content;
  if (!file || !platform::read_all(file.get(), content.text(), kLargestPem)) return {};
  const std::string_view text = content.text();
  std::string result;
  for (auto at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at)) {
    const auto last = text.find(end, at);
    if (last == std::string_view::npos) break;
    result.append(text.substr(at, last + end.size() - at)).push_back('\n');
    at = last;
  }
  return result;
}

std::optional<crypto::SplitChain> public_part(const ServerFiles& files) {
  std::string pem;
  for (const auto* path : {&files.fullchain, &files.combined}) {
    if (pem.empty() && !path->empty()) pem = certificates_in(*path);
  }
  if (pem.empty() && !files.cert.empty()) {
    pem = certificates_in(files.cert);
    if (!pem.empty() && !files.chain.empty()) pem += certificates_in(files.chain);
  }
  if (pem.empty()) return std::nullopt;
  const auto facts = crypto::read_chain(pem);
  if (!facts) return std::nullopt;
  return crypto::split_chain(facts->chain_pem);
}

class LineageFolder {
 public:
  static Result<LineageFolder> open(const std::string& path) {
    const std::string parent = folder_of(path);
    for (const auto& folder : {parent, path})
      if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) return fail(file_trouble(folder, errno));
    platform::Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd || ::fchmod(fd.get(), S_IRWXU) != 0) return fail(file_trouble(path, errno));
    return LineageFolder(path, std::move(fd));
  }

  Result<void> link(const char* name, const std::string& target) {
    std::array<char, PATH_MAX> present{};
    const ssize_t size = ::readlinkat(folder_.get(), name, present.data(), present.size());
    if (size >= 0 && target == std::string_view(present.data(), static_cast<std::size_t>(size))) return {};
    if (auto gone = remove(kInTheMaking); !gone) return gone;
    if (::symlinkat(target.c_str(), folder_.get(), kInTheMaking) != 0) return fail(trouble());
    return rename_to(name);
  }

  Result<void> write(const char* name, const std::string& content) {
    if (auto gone = remove(kInTheMaking); !gone) return gone;
    platform::Fd file(::openat(folder_.get(), kInTheMaking,
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                               S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH));
    if (!file || !platform::write_all(file.get(), content)) return fail(trouble());
    return rename_to(name);
  }

  Result<void> remove(const char* name) {
    if (::unlinkat(folder_.get(), name, 0) != 0 && errno != ENOENT) return fail(trouble());
    return {};
  }

 private:
  LineageFolder(std::string path, platform::Fd folder) : path_(std::move(path)), folder_(std::move(folder)) {}
  [[nodiscard]] Trouble trouble() const { return file_trouble(path_ + "/", errno); }
  Result<void> rename_to(const char* name) {
    if (::renameat(folder_.get(), kInTheMaking, folder_.get(), name) != 0) return fail(trouble());
    return {};
  }

  std::string path_;
  platform::Fd folder_;
};

Result<void> fill(LineageFolder& folder, const ServerFiles& files) {
  const std::string& key = files.key.empty() ? files.combined : files.key;
  if (auto linked = key.empty() ? folder.remove("privkey.pem") : folder.link("privkey.pem", key); !linked)
    return linked;
  const auto parts = public_part(files);
  struct Part {
    const char* name;
    const std::string& own_file;
    std::string content;
  };
  const std::array<Part, 3> wanted{{
      {"cert.pem", files.cert, parts ? parts->leaf_pem : ""},
      {"chain.pem", files.chain, parts ? parts->chain_pem : ""},
      {"fullchain.pem", files.fullchain, parts ? parts->leaf_pem + parts->chain_pem : ""},
  }};
  for (const auto& part : wanted) {
    Result<void> done = !part.own_file.empty() ? folder.link(part.name, part.own_file)
                        : parts                ? folder.write(part.name, part.content)
                                               : folder.remove(part.name);
    if (!done) return done;
  }
  return {};
}

}  // namespace

std::string lineage_folder(const std::string& state_folder, const Server& server) {
  return state_folder + "/lineage/" + server.name;
}

Result<void> prepare_lineage(const std::string& state_folder, const Server& server) {
  // The name becomes part of a path.
  if (auto name = parse_label(server.name, "server name"); !name) return fail(name.error());
  auto folder = LineageFolder::open(lineage_folder(state_folder, server));
  Result<void> filled = folder ? fill(*folder, server.files) : fail(folder.error());
  if (!filled) {
    filled.error().what = "cannot prepare the files a hook of " + server.name + " is shown";
    filled.error().code = filled.error().code == "disk_full" ? "disk_full" : "lineage_failed";
  }
  return filled;
}

}  // namespace certmgr::deploy
