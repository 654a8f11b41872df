// SPDX-License-Identifier: MIT
#include "adapters/store/keyed_server_seal.h"

#include <openssl/crypto.h>

#include <string_view>

#include "adapters/store/key_file.h"
#include "crypto/mac.h"

namespace certmgr::store {
namespace {

constexpr std::string_view kFile = "file:";
constexpr std::string_view kMethod = "v1:";  // in front of every seal: another method gets another word

/// Each part with its length in front: no two definitions give the same text.
class Text {
 public:
  Text& add(std::string_view part) {
    text_ += std::to_string(part.size());
    text_.push_back(':');
    text_ += part;
    return *this;
  }
  Text& add(std::size_t number) { return add(std::to_string(number)); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Everything that decides what is done on the host. Not the id: the name is what a person registers.
std::string definition(const Server& server) {
  Text text;
  text.add("certmgr server v1").add(server.name).add(server.type);
  for (const auto* path : {&server.files.key, &server.files.cert, &server.files.chain,
                           &server.files.fullchain, &server.files.combined})
    text.add(*path);
  text.add(server.owner)
      .add(server.group)
      .add(server.mode ? std::to_string(*server.mode) : "")
      .add(server.hook);
  text.add(server.settings.size());
  for (const auto& [name, value] : server.settings) text.add(name).add(value);
  text.add(server.verify.size());
  for (const auto& target : server.verify) text.add(to_string(target));
  // Only where they are used: seals of older definitions hold.
  if (server.only) text.add("only").add(std::string(to_string(*server.only)));
  if (!server.beside.empty()) text.add("beside").add(server.beside);
  return text.text();
}

std::string seal_of(const Server& server, const crypto::Bytes& key) {
  return std::string(kMethod) + crypto::hex(crypto::hmac_sha256(key, crypto::as_bytes(definition(server))));
}

Trouble not_sealed(const Server& server, std::string why) {
  return {.kind = TroubleKind::permanent,
          .code = "server_not_sealed",
          .what = "will not touch server '" + server.name + "'",
          .why = std::move(why),
          .hint = "look at it with 'certmgr server show " + server.name +
                  "'; if it is as you want it, run 'certmgr server set " + server.name +
                  "' as root to seal it, then deploy again"};
}

struct Wiped {
  crypto::Bytes octets;
  ~Wiped() { OPENSSL_cleanse(octets.data(), octets.size()); }
};

}  // namespace

KeyedServerSeal::KeyedServerSeal(const std::string& source)
    : path_(source.starts_with(kFile) ? source.substr(kFile.size()) : source) {}

KeyedServerSeal::~KeyedServerSeal() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::optional<crypto::Bytes> KeyedServerSeal::key(Missing missing) const {
  const std::lock_guard lock(mutex_);
  if (key_.empty()) {
    auto read = read_key_file(path_, KeyFileKind::own);
    if (!read && missing == Missing::make) read = create_key_file(path_);
    if (!read) return std::nullopt;
    key_ = std::move(*read);
  }
  return key_;
}

Result<Server> KeyedServerSeal::sealed(Server server) const {
  try {
    const Wiped key{this->key(Missing::make).value()};
    server.seal = seal_of(server, key.octets);
    return server;
  } catch (const Failure& failure) {
    return fail({.kind = TroubleKind::configuration,
                 .code = "cannot_seal",
                 .what = "cannot seal the definition of server '" + server.name + "'",
                 .why = failure.trouble().message(),
                 .hint = "with [deploy] seal only who may read that key, usually root, decides about "
                         "servers: run the command as root"});
  }
}

Result<void> KeyedServerSeal::check(const Server& server) const {
  if (server.seal.empty()) return fail(not_sealed(server, "its definition in the store has no seal"));
  try {
    const auto found = key(Missing::leave);
    if (!found)
      return fail(not_sealed(server, "the key " + path_ + ", which could vouch for it, is missing"));
    const Wiped key{*found};
    const std::string wanted = seal_of(server, key.octets);
    if (crypto::same_secret(crypto::as_bytes(wanted), crypto::as_bytes(server.seal))) return {};
    return fail(not_sealed(server, "its definition in the store is not the one that was sealed"));
  } catch (const Failure& failure) {
    return fail(not_sealed(server, failure.trouble().message()));
  }
}

}  // namespace certmgr::store
