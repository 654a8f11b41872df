// SPDX-License-Identifier: MIT
#include "adapters/store/open_file.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <string_view>
#include <thread>

#include "adapters/store/store_trouble.h"
#include "platform/fd.h"

namespace certmgr::store {
namespace {

constexpr const char* kOpening = "cannot open the store";

void create_folders(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.empty() || std::filesystem::is_directory(folder, error)) return;
  create_folders(folder.parent_path());
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    throw Failure(file_trouble(errno, "cannot make the folder of the store", folder.string()));
  }
}

/// Root's first command must not lock out the service whose folder it is (StateDirectory= of its unit).
void belongs_to_folder_owner(const platform::Fd& made, const std::string& path) {
  struct stat folder {};
  if (geteuid() != 0 || stat(std::filesystem::absolute(path).parent_path().c_str(), &folder) != 0) return;
  if (folder.st_uid == 0) return;
  if (fchown(made.get(), folder.st_uid, folder.st_gid) != 0)
    throw Failure(file_trouble(errno, "cannot give the store to the owner of its folder", path));
}

void refuse_other_kinds(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) throw Failure(file_trouble(errno, kOpening, path));
  if (S_ISREG(found.st_mode)) return;
  throw Failure(store_trouble("store_unwritable", kOpening,
                              path + (S_ISDIR(found.st_mode) ? " is a folder" : " is no regular file"),
                              "name the store's file with --store or [store] path, for example " + path +
                                  (S_ISDIR(found.st_mode) ? "/certmgr.db" : ".db")));
}

[[noreturn]] void refuse_foreign(const std::string& path, const std::string& why) {
  throw Failure(store_trouble("store_foreign", kOpening, path + " " + why,
                              "it was not touched; name another file with --store or [store] path"));
}

int big_endian(const std::uint8_t* octets) {
  return static_cast<int>(static_cast<unsigned>(octets[0]) << 24U | static_cast<unsigned>(octets[1]) << 16U |
                          static_cast<unsigned>(octets[2]) << 8U | octets[3]);
}

/// Reads the header of the file through SQLite's own handle: no lock is taken, nothing is recovered or
/// written, and (other than with open and close) no lock of another connection in this process is lost.
void refuse_foreign_file(SQLite::Database& connection) {
  constexpr std::size_t kHeaderSize = 100;
  constexpr std::size_t kApplicationIdAt = 68;
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  const std::string& path = connection.getFilename();
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(connection.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
      file == nullptr || file->pMethods == nullptr) {
    throw SQLite::Exception(connection.getHandle());
  }
  sqlite3_int64 size = 0;
  if (file->pMethods->xFileSize(file, &size) != SQLITE_OK)
    throw SQLite::Exception("cannot read its size", SQLITE_IOERR);
  if (size == 0) return;
  std::array<std::uint8_t, kHeaderSize> header{};
  const int read = file->pMethods->xRead(file, header.data(), kHeaderSize, 0);
  if (read != SQLITE_OK && read != SQLITE_IOERR_SHORT_READ)
    throw SQLite::Exception("cannot read its header", read);
  if (std::string_view(reinterpret_cast<const char*>(header.data()), kMagic.size()) != kMagic) {
    refuse_foreign(path, "is not a certmgr store");
  }
  if (big_endian(header.data() + kApplicationIdAt) != kApplicationId) {
    refuse_foreign(path, "is a database of another program");
  }
}

/// The mark is written before the file switches to WAL, so that it is in the file itself from the start
/// and refuse_foreign_file() sees it even when the log was never merged.
void mark_new_store(SQLite::Database& connection) {
  if (connection.execAndGet("PRAGMA application_id").getInt() == kApplicationId) return;
  SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
  const bool marked = connection.execAndGet("PRAGMA application_id").getInt() == kApplicationId;
  const bool empty = connection.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
  if (!marked && !empty) refuse_foreign(connection.getFilename(), "is a database of another program");
  if (!marked) connection.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  transaction.commit();
}

/// Switching the mode needs the file for itself and does not wait for it as other statements do.
void switch_to_wal(SQLite::Database& connection) {
  constexpr int kTries = 1000;
  for (int i = 0; i < kTries; ++i) {
    const int result = connection.tryExec("PRAGMA journal_mode = WAL");
    if (result == SQLITE_OK) break;
    if (result != SQLITE_BUSY) throw SQLite::Exception(connection.getHandle(), result);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const std::string mode = connection.execAndGet("PRAGMA journal_mode").getString();
  if (mode == "wal") return;
  throw Failure(store_trouble(
      "store_unwritable", kOpening,
      connection.getFilename() + " cannot be switched to write-ahead logging (mode " + mode + ")",
      "keep the store on a local file system, not on a network share"));
}

}  // namespace

void prepare_library() {
  static std::once_flag once;
  // SQLite takes twenty pages, 87 KB, at once for every table that it makes for the time of one statement,
  // and most of those need one page. It counts its memory under a lock, and nobody asks for the sum. Both
  // fail, without harm, where somebody has used SQLite before.
  std::call_once(once, [] {
    sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  });
}

void create_file(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  create_folders(absolute.parent_path());
  // SQLite would make the file with the caller's umask; its log files take the mode of this one.
  const platform::Fd made(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (made) return belongs_to_folder_owner(made, path);
  if (errno != EEXIST) throw Failure(file_trouble(errno, kOpening, path));
  refuse_other_kinds(path);
}

void prepare_connection(SQLite::Database& connection) {
  if (sqlite3_db_readonly(connection.getHandle(), "main") != 0) {
    throw Failure(file_trouble(EACCES, "cannot write to the store", connection.getFilename()));
  }
  refuse_foreign_file(connection);
  mark_new_store(connection);
  switch_to_wal(connection);
  // A deleted key must not stay readable in free pages.
  connection.exec(
      "PRAGMA synchronous = FULL;"
      "PRAGMA foreign_keys = ON;"
      // 16 MiB: a burst of orders does not copy the same pages back again and again.
      "PRAGMA wal_autocheckpoint = 4000;"
      "PRAGMA secure_delete = ON;"
      // Savepoints would write their journals to /var/tmp otherwise.
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA trusted_schema = OFF;");
}

}  // namespace certmgr::store
