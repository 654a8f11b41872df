// SPDX-License-Identifier: MIT
#include "adapters/store/store_key.h"

#include <openssl/crypto.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

#include "adapters/store/key_file.h"
#include "adapters/store/meta.h"
#include "adapters/store/store_trouble.h"
#include "crypto/seal.h"

namespace certmgr::store {
namespace {

constexpr const char* kCheckName = "key_check";
constexpr const char* kCheckText = "certmgr store key check v1";
constexpr const char* kUnencrypted = "none";
constexpr const char* kNeedsNone = "this store was made without encryption, but a key was given";

[[noreturn]] void wrong(const Database& database, const std::string& why) {
  throw Failure(store_trouble("store_key_wrong", "cannot open the private keys of " + database.path(), why,
                              "set [keys] encryption to what this store was made with"));
}

std::optional<std::string> recorded_check(Database& database) {
  return database.read("read the key check value",
                       [](SQLite::Database& connection) { return meta(connection, kCheckName); });
}

/// What systemd handed over under this name (LoadCredential=), if it did.
std::optional<crypto::Bytes> credential(const std::string& name) {
  // Read once at the start, before any thread that could change the environment.
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr) return std::nullopt;
  return read_key_file(std::string(folder) + "/" + name, KeyFileKind::credential);
}

crypto::Bytes from_file(const std::string& path, Database& database) {
  if (path.empty() || path.front() != '/') {
    throw Failure(bad_key_source("file:" + path, "the path of a key file is absolute"));
  }
  // Asked before the file is looked for: the process that makes the key records the value after the file, so
  // a recorded value with no file means that the file is gone, not that somebody is just making both.
  const auto recorded = recorded_check(database);
  if (recorded == kUnencrypted) wrong(database, kNeedsNone);
  // A service that may not read the file is handed the same key as a credential, named like the file.
  if (auto key = credential(std::filesystem::path(path).filename().string())) return *key;
  if (auto key = read_key_file(path, KeyFileKind::own)) return *key;
  // A new key would only hide that the old one is lost, and everything sealed with it too.
  if (recorded) {
    throw Failure(
        store_trouble("store_key_missing", "cannot open the private keys of " + database.path(),
                      "the key file " + path + " is missing",
                      "put the key file back from your backup; without it the stored private keys cannot "
                      "be read by anybody"));
  }
  return create_key_file(path);
}

crypto::Bytes from_credential(const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos || name == "." || name == "..") {
    throw Failure(bad_key_source("credential:" + name, "the name of a credential is a plain file name"));
  }
  const std::string hint =
      "start certmgr as a systemd service with LoadCredential=" + name + ":FILE or LoadCredentialEncrypted=";
  const std::string what = "cannot get the store key from credential " + name;
  if (std::getenv("CREDENTIALS_DIRECTORY") == nullptr) {
    throw Failure(store_trouble("store_key_missing", what, "CREDENTIALS_DIRECTORY is not set", hint));
  }
  auto key = credential(name);
  if (!key)
    throw Failure(store_trouble("store_key_missing", what, "systemd handed over no such credential", hint));
  return *key;
}

/// Records the check value, or compares with the recorded one.
void check(const crypto::Bytes& key, const std::string& source, Database& database) {
  const auto recorded = recorded_check(database);
  if (!recorded) {
    const std::string value =
        key.empty() ? kUnencrypted : crypto::hex(crypto::seal(key, crypto::as_bytes(kCheckText), kCheckText));
    database.write("record the key check value", [&](SQLite::Database& connection) {
      if (!meta(connection, kCheckName)) set_meta(connection, kCheckName, value);
    });
    // Another process may have been faster, with another source.
    return check(key, source, database);
  }
  if (*recorded == kUnencrypted) {
    if (!key.empty()) wrong(database, kNeedsNone);
    return;
  }
  if (key.empty()) wrong(database, "this store is encrypted, but no key was given (\"none\")");
  if (!crypto::open(key, crypto::from_hex(*recorded).value_or(crypto::Bytes{}), kCheckText)) {
    wrong(database, "the key from " + source + " is not the one this store was made with");
  }
}

}  // namespace

StoreKey StoreKey::load(const std::string& source, Database& database) {
  constexpr std::string_view file = "file:";
  constexpr std::string_view credential = "credential:";
  crypto::Bytes octets;
  if (source.starts_with(file)) {
    octets = from_file(source.substr(file.size()), database);
  } else if (source.starts_with(credential)) {
    octets = from_credential(source.substr(credential.size()));
  } else if (source != kUnencrypted) {
    throw Failure(bad_key_source(source, "it is none of file:PATH, credential:NAME and none"));
  }
  StoreKey key(std::move(octets));
  check(key.octets_, source, database);
  return key;
}

StoreKey::~StoreKey() { OPENSSL_cleanse(octets_.data(), octets_.size()); }

}  // namespace certmgr::store
