// SPDX-License-Identifier: MIT
#include "secret_scan.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include <algorithm>
#include <stdexcept>

#include "lab/openssl_handles.h"
#include "lab/temp_dir.h"

namespace certmgr::e2e {
namespace fs = std::filesystem;

namespace {

std::string hex(const std::string& octets, const char* digits) {
  std::string text;
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    text += digits[octet >> 4U];
    text += digits[octet & 15U];
  }
  return text;
}

/// The part of the base64 that is the same whatever stands before and after: the octets from a multiple of
/// three on, without the last group.
std::string base64_core(const std::string& octets, std::size_t skip) {
  const std::size_t size = (octets.size() - skip) / 3 * 3;
  std::string text(4 * ((size + 2) / 3) + 1, '\0');
  const int written =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(octets.data() + skip), static_cast<int>(size));
  text.resize(static_cast<std::size_t>(written));
  return text;
}

void add_encodings(const std::string& octets, std::vector<std::string>& forms) {
  forms.push_back(octets);
  forms.push_back(hex(octets, "0123456789abcdef"));
  forms.push_back(hex(octets, "0123456789ABCDEF"));
  for (const std::size_t skip : {0U, 1U, 2U}) {
    std::string text = base64_core(octets, skip);
    forms.push_back(text);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    forms.push_back(text);
  }
}

std::vector<std::string> beginnings() {
  std::vector<std::string> all{"PRIVATE KEY"};
  // SEQUENCE, version 0, id-ecPublicKey, prime256v1 (RFC 5958 with RFC 5480) up to the OCTET STRING.
  add_encodings(
      std::string("\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03"
                  "\x01\x07\x04",
                  25),
      all);
  // SEQUENCE, version 1, OCTET STRING of 32 (RFC 5915); its base64 would be too short to tell from chance.
  all.emplace_back("\x30\x77\x02\x01\x01\x04\x20", 7);
  return all;
}

}  // namespace

bool holds_a_key(const std::string& text) {
  static const std::vector<std::string> kBeginnings = beginnings();
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](const std::string& form) { return text.find(form) != std::string::npos; });
}

std::vector<std::string> forms_of_key(const std::string& key_pem) {
  const lab::BioPtr input(BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())));
  const lab::PkeyPtr key(PEM_read_bio_PrivateKey(input.get(), nullptr, nullptr, nullptr));
  BIGNUM* number = nullptr;
  if (!key || EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1)
    throw std::runtime_error("no P-256 key");
  std::string octets(32, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(octets.data()), 32);
  BN_free(number);
  std::vector<std::string> forms;
  add_encodings(octets, forms);
  return forms;
}

std::vector<std::string> keys_in_folder(const fs::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_symlink() || !entry.is_regular_file()) continue;
    if (holds_a_key(lab::read_file(entry.path()))) found.push_back(entry.path().string());
  }
  return found;
}

std::string content_of_folder(const fs::path& folder) {
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (!entry.is_symlink() && entry.is_regular_file()) all += lab::read_file(entry.path());
  return all;
}

}  // namespace certmgr::e2e
