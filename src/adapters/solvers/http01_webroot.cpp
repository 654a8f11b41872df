// SPDX-License-Identifier: MIT
#include "adapters/solvers/http01_webroot.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "adapters/solvers/token.h"
#include "platform/fd.h"

namespace certmgr::solvers {
namespace {

constexpr mode_t kFolderMode = 0755;  // the web server is somebody else
constexpr mode_t kFileMode = 0644;

Trouble trouble_at(const std::string& path, const Proof& proof, int error) {
  Trouble trouble{.kind = TroubleKind::configuration,
                  .code = "webroot_unusable",
                  .what = "cannot publish the http-01 proof for " + proof.identifier.value,
                  .why = path + ": " + platform::errno_text(error),
                  .hint = "set the webroot to the folder the web server shows as \"/\" for that name",
                  .detail = {},
                  .retry_at = {}};
  if (error == EACCES || error == EPERM || error == EROFS) {
    trouble.code = "webroot_not_writable";
    trouble.hint = "let this user write there, or run as root";
  } else if (error == ENOSPC || error == EDQUOT) {
    trouble.kind = TroubleKind::transient;
    trouble.code = "disk_full";
    trouble.hint = "make room on that file system";
  } else if (error == ELOOP) {
    trouble.why = path + " is a symbolic link";
    trouble.hint = "make it a folder: links below the webroot are not followed";
  }
  return trouble;
}

/// Opens a folder in a folder, without following a link.
platform::Fd open_folder(int parent, const char* name) {
  platform::Fd fd(openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat found {};
  const bool link = !fd && fstatat(parent, name, &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(found.st_mode);
  if (link) errno = ELOOP;  // ENOTDIR so far, which would hide the cause
  return fd;
}

/// The same, made if it is missing.
platform::Fd make_folder(int parent, const char* name) {
  const bool made = mkdirat(parent, name, kFolderMode) == 0;
  if (!made && errno != EEXIST) return {};
  auto fd = open_folder(parent, name);
  if (made && fd) fchmod(fd.get(), kFolderMode);  // whatever the umask was
  return fd;
}

/// The folder of the tokens; `make` says whether missing folders are made.
Result<platform::Fd> challenge_folder(const std::string& webroot, const Proof& proof, bool make) {
  platform::Fd folder(open(webroot.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::string path = webroot;
  if (!folder) return fail(trouble_at(path, proof, errno));
  for (const char* name : {".well-known", "acme-challenge"}) {
    path.append("/").append(name);
    auto next = make ? make_folder(folder.get(), name) : open_folder(folder.get(), name);
    if (!next) return fail(trouble_at(path, proof, errno));
    folder = std::move(next);
  }
  return folder;
}

/// Beside the final name, so that the web server never shows half a proof.
std::string temporary_name(const Proof& proof) { return ".new-" + proof.token.substr(0, 200); }

bool write_file(int folder, const std::string& name, const std::string& content) {
  unlinkat(folder, name.c_str(), 0);  // left by a run that was killed, or put there by somebody
  const platform::Fd fd(
      openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode));
  return fd && platform::write_all(fd.get(), content) && fchmod(fd.get(), kFileMode) == 0;
}

}  // namespace

Result<void> Http01Webroot::check(const ChallengeSettings& settings) {
  const platform::Fd folder(open(settings.webroot.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) return {};
  return fail({.kind = TroubleKind::configuration,
               .code = "webroot_unusable",
               .what = "cannot use the webroot " + settings.webroot,
               .why = platform::errno_text(errno),
               .hint = "set the webroot to the folder the web server shows as \"/\" for that name"});
}

Result<Publication> Http01Webroot::publish(const Proof& proof, const ChallengeSettings& settings) {
  if (auto good = check_token(proof); !good) return fail(std::move(good.error()));
  const auto folder = challenge_folder(settings.webroot, proof, true);
  if (!folder) return fail(folder.error());
  const auto temporary = temporary_name(proof);
  if (!write_file(folder->get(), temporary, proof.key_authorization) ||
      renameat(folder->get(), temporary.c_str(), folder->get(), proof.token.c_str()) != 0) {
    const int error = errno;
    unlinkat(folder->get(), temporary.c_str(), 0);
    return fail(trouble_at(settings.webroot + std::string(kWellKnown) + proof.token, proof, error));
  }
  return Publication{};
}

Result<void> Http01Webroot::withdraw(const Proof& proof, const ChallengeSettings& settings,
                                     ChallengeOutcome) {
  if (auto good = check_token(proof); !good) return good;
  const auto folder = challenge_folder(settings.webroot, proof, false);
  if (!folder) return {};  // then the proof is not there either
  unlinkat(folder->get(), temporary_name(proof).c_str(), 0);
  if (unlinkat(folder->get(), proof.token.c_str(), 0) != 0 && errno != ENOENT) {
    auto trouble = trouble_at(settings.webroot + std::string(kWellKnown) + proof.token, proof, errno);
    trouble.what = "cannot remove the http-01 proof for " + proof.identifier.value;
    return fail(std::move(trouble));
  }
  return {};
}

}  // namespace certmgr::solvers
