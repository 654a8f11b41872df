// SPDX-License-Identifier: MIT
#include "adapters/deploy/file_plan.h"

#include <initializer_list>
#include <string_view>

#include "crypto/certificate_chain.h"
#include "crypto/private_key.h"

namespace certmgr::deploy {
namespace {

platform::SecretText joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = parts.size();
  for (const auto& part : parts) size += part.size();
  platform::SecretText result;
  result.text().reserve(size);
  for (const auto& part : parts) {
    result.text().append(part);
    // A PEM block whose last line is not ended would swallow the first line of the next one.
    if (!part.empty() && part.back() != '\n') result.text().push_back('\n');
  }
  return result;
}

void add(std::vector<PlannedFile>& plan, const std::string& path, bool secret,
         std::initializer_list<std::string_view> parts) {
  if (!path.empty()) plan.push_back({path, joined(parts), secret});
}

Trouble broken(std::string code, std::string why) {
  Trouble trouble;
  trouble.code = std::move(code);
  trouble.why = std::move(why);
  trouble.hint = "nothing was touched; issue the certificate again with 'certmgr renew --force'";
  return trouble;
}

}  // namespace

std::vector<PlannedFile> plan_files(const ServerFiles& files, const Material& material) {
  std::vector<PlannedFile> plan;
  add(plan, files.key, true, {material.key_pem});
  add(plan, files.combined, true, {material.key_pem, material.leaf_pem, material.chain_pem});
  add(plan, files.chain, false, {material.chain_pem});
  add(plan, files.cert, false, {material.leaf_pem});
  add(plan, files.fullchain, false, {material.leaf_pem, material.chain_pem});
  return plan;
}

std::vector<PlannedFile> plan_paths(const ServerFiles& files) { return plan_files(files, Material{}); }

Result<void> check_pair(const Material& material) {
  if (material.key_pem.empty()) {
    auto leaf = crypto::parse_chain(material.leaf_pem, 1);
    if (!leaf) return fail(broken("material_broken", "the certificate cannot be read: " + leaf.error().why));
    return {};
  }
  auto key = crypto::key_from_pem(material.key_pem);
  if (!key) return fail(broken("material_broken", "the private key cannot be read: " + key.error().why));
  auto leaf = crypto::parse_chain(material.leaf_pem, 1);
  if (!leaf) return fail(broken("material_broken", "the certificate cannot be read: " + leaf.error().why));
  if (X509_check_private_key(leaf->front().get(), key->get()) != 1) {
    crypto::openssl_reason();  // leaves the error queue as it was found: empty
    return fail(broken("key_mismatch", "the private key does not belong to the certificate of " +
                                           crypto::display_name(*leaf->front())));
  }
  return {};
}

}  // namespace certmgr::deploy
