// SPDX-License-Identifier: MIT
#include "adapters/dns_providers/hook_notes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "crypto/encoding.h"
#include "platform/fd.h"

namespace certmgr::dns_providers {
namespace {

constexpr std::size_t kLargest = std::size_t{128} * 1024;
constexpr std::string_view kBegun = "begun\n";
constexpr std::string_view kPresented = "presented\n";

tl::unexpected<Trouble> note_trouble(const TxtRecord& record, const std::string& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  return fail({.kind = full ? TroubleKind::transient : TroubleKind::configuration,
               .code = full ? "disk_full" : "dns_notes_unusable",
               .what = "cannot keep a note of the TXT record " + record.target,
               .why = path + ": " + platform::errno_text(error),
               .hint = full ? "make room on that file system" : "let this user write there"});
}

/// 0 or an errno.
int make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(folder).parent_path(), error);
  if (error) return error.value();
  return ::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST ? 0 : errno;
}

/// 0 or an errno. Under another name first: half a note would say something else.
int write_durably(const std::string& path, const std::string& content) {
  const std::string temporary = path + ".new";
  ::unlink(temporary.c_str());
  const platform::Fd file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file || !platform::write_all(file.get(), content) || ::fsync(file.get()) != 0) return errno;
  if (::rename(temporary.c_str(), path.c_str()) != 0) return errno;
  const platform::Fd folder(
      ::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder && ::fsync(folder.get()) == 0 ? 0 : errno;
}

}  // namespace

HookNotes::HookNotes(std::string folder, std::string provider)
    : folder_(std::move(folder)), provider_(std::move(provider)) {}

std::string HookNotes::path(const TxtRecord& record) const {
  // A digest: names and values are longer than a file name may be.
  const auto digest = crypto::sha256(
      crypto::as_bytes(provider_ + "\n" + record.name + "\n" + record.target + "\n" + record.value));
  return folder_ + "/" + crypto::hex(digest);
}

Result<std::optional<HookNote>> HookNotes::find(const TxtRecord& record) const {
  const auto file_path = path(record);
  const platform::Fd file(::open(file_path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file && errno == ENOENT) return std::optional<HookNote>();
  std::string text;
  if (!file || !platform::read_all(file.get(), text, kLargest)) return note_trouble(record, file_path, errno);
  HookNote note;
  note.presented = text.starts_with(kPresented);
  if (note.presented) note.answer = text.substr(kPresented.size());
  return std::optional(std::move(note));
}

Result<void> HookNotes::write(const TxtRecord& record, const HookNote& note) const {
  if (const int error = make_folder(folder_); error != 0) return note_trouble(record, folder_, error);
  const std::string content = note.presented ? std::string(kPresented) + note.answer : std::string(kBegun);
  if (const int error = write_durably(path(record), content); error != 0)
    return note_trouble(record, path(record), error);
  return {};
}

Result<void> HookNotes::remove(const TxtRecord& record) const {
  const auto file_path = path(record);
  if (::unlink(file_path.c_str()) != 0 && errno != ENOENT) return note_trouble(record, file_path, errno);
  return {};
}

}  // namespace certmgr::dns_providers
