// SPDX-License-Identifier: MIT
#include "adapters/store/sealed_keyring.h"

#include <gmock/gmock.h>

#include "crypto/public_key.h"
#include "integration/store/support.h"

namespace certmgr::store {
namespace {

using testing::Bench;
using testing::event;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

class TheKeyring : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder_;
  std::string path_ = folder_ / "s.db";
  Bench bench_{path_, "file:" + (folder_ / "store.key")};
};

std::string text(const crypto::Bytes& octets) { return {octets.begin(), octets.end()}; }

std::string private_der(EVP_PKEY& key) {
  unsigned char* data = nullptr;
  const int length = i2d_PrivateKey(&key, &data);
  std::string der(reinterpret_cast<const char*>(data), static_cast<std::size_t>(length));
  OPENSSL_free(data);
  return der;
}

/// The number that is the secret itself, as OpenSSL writes it into every encoding.
std::string private_number(EVP_PKEY& key) {
  BIGNUM* number = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(&key, "priv", &number), 1);
  const crypto::BignumPtr owner(number);
  std::string octets(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(octets.data()));
  return octets;
}

void expect_unreadable(const SealedKeyring& keyring, const SealedKey& key) {
  const auto opened = keyring.open(key);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "key_unreadable");
  EXPECT_THAT(opened.error().what, HasSubstr(key.id));
}

TEST_F(TheKeyring, makes_keys_that_open_again) {
  for (const KeyType type : {KeyType::ecdsa_p256, KeyType::ecdsa_p384, KeyType::rsa_2048}) {
    const SealedKey key = value_or_throw(bench_.keyring.generate(type, "certificate"));
    EXPECT_THAT(key.id, MatchesRegex("[0-9a-f]{32}"));
    EXPECT_EQ(key.type, type);
    EXPECT_EQ(key.purpose, "certificate");
    const auto opened = bench_.keyring.open(key);
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_EQ(value_or_throw(crypto::spki_sha256(**opened)), key.spki_sha256);
    EXPECT_THAT(value_or_throw(bench_.keyring.private_key_pem(key)),
                StartsWith("-----BEGIN PRIVATE KEY-----"));
    EXPECT_TRUE(bench_.keyring.certificate_request(key, testing::spec("pbx").identifiers, {}));
  }
}

TEST_F(TheKeyring, opens_a_key_after_the_store_was_closed) {
  const Version version = bench_.issue(bench_.make_certificate("pbx"));
  Bench again(path_, "file:" + (folder_ / "store.key"));
  EXPECT_TRUE(again.keyring.open(*again.certificates.key(version.key_id)));
}

TEST_F(TheKeyring, leaves_no_private_key_in_the_files_of_the_store) {
  std::vector<SealedKey> keys = {bench_.make_key("account"), bench_.make_key(),
                                 value_or_throw(bench_.keyring.generate(KeyType::rsa_2048, "certificate"))};
  Account account;
  account.directory_url = "https://ca.example/directory";
  bench_.accounts.add_account(account, keys[0], event("account.added", "ca"));
  for (const std::size_t i : {1U, 2U}) {
    Order order = bench_.open_order(bench_.make_certificate("pbx" + std::to_string(i)));
    order.state = Ordering{keys[i].id};
    bench_.orders.save({order, event("order.ordering", "pbx"), keys[i], {}, {}});
  }
  const auto scan = [&](const std::string& octets) {
    EXPECT_THAT(octets, Not(HasSubstr("PRIVATE KEY")));
    for (const SealedKey& key : keys) {
      const auto opened = value_or_throw(bench_.keyring.open(key));
      EXPECT_EQ(octets.find(private_der(*opened)), std::string::npos);
      if (key.type == KeyType::rsa_2048) continue;
      EXPECT_EQ(octets.find(private_number(*opened)), std::string::npos);
    }
  };
  const std::string log = testing::read_file(path_ + "-wal");
  EXPECT_THAT(log, HasSubstr(text(keys[1].sealed)));
  scan(log);
  testing::sql(bench_.database, "PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string file = testing::read_file(path_);
  EXPECT_THAT(file, HasSubstr(text(keys[1].sealed)));
  scan(file);
  EXPECT_EQ(file.find(testing::read_file(folder_ / "store.key").substr(0, 64)), std::string::npos);
}

TEST_F(TheKeyring, opens_a_key_only_in_its_own_row) {
  const SealedKey key = bench_.make_key();
  SealedKey moved = key;
  moved.id = bench_.make_key().id;
  expect_unreadable(bench_.keyring, moved);
  SealedKey promoted = key;
  promoted.purpose = "account";
  expect_unreadable(bench_.keyring, promoted);
  SealedKey retyped = key;
  retyped.type = KeyType::ecdsa_p384;
  expect_unreadable(bench_.keyring, retyped);
  SealedKey renamed = key;
  renamed.spki_sha256 = std::string(64, '0');
  expect_unreadable(bench_.keyring, renamed);
}

TEST_F(TheKeyring, opens_no_key_that_was_changed_or_cut) {
  const SealedKey key = bench_.make_key();
  for (std::size_t i = 0; i < key.sealed.size(); ++i) {
    SealedKey changed = key;
    changed.sealed[i] ^= 1U;
    EXPECT_FALSE(bench_.keyring.open(changed)) << i;
    SealedKey cut = key;
    cut.sealed.resize(i);
    EXPECT_FALSE(bench_.keyring.open(cut)) << i;
  }
}

TEST_F(TheKeyring, takes_no_plain_key_into_an_encrypted_store) {
  Bench plain(folder_ / "plain.db", "none");
  const SealedKey key = plain.make_key();
  EXPECT_THAT(text(key.sealed), HasSubstr("BEGIN PRIVATE KEY"));
  EXPECT_TRUE(plain.keyring.open(key));
  expect_unreadable(bench_.keyring, key);
  expect_unreadable(plain.keyring, bench_.make_key());
}

TEST_F(TheKeyring, never_seals_twice_with_the_same_octets) {
  const SealedKey one = bench_.make_key();
  const SealedKey other = bench_.make_key();
  EXPECT_NE(text(one.sealed).substr(1, 60), text(other.sealed).substr(1, 60));
}

TEST_F(TheKeyring, wipes_a_dropped_key_from_the_file) {
  const SealedKey key = bench_.make_key();
  Order order = bench_.open_order(bench_.make_certificate("pbx"));
  order.state = Ordering{key.id};
  order = bench_.orders.save({order, event("e", "pbx"), key, {}, {}});
  testing::sql(bench_.database, "PRAGMA wal_checkpoint(TRUNCATE)");
  ASSERT_THAT(testing::read_file(path_), HasSubstr(text(key.sealed)));
  order.state = Withdrawn{};
  bench_.orders.save({order, event("e", "pbx"), {}, {}, {}});
  testing::sql(bench_.database, "PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_THAT(testing::read_file(path_), Not(HasSubstr(text(key.sealed))));
  EXPECT_THAT(bench_.inspector.check().findings, IsEmpty());
}

}  // namespace
}  // namespace certmgr::store
