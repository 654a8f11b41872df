// SPDX-License-Identifier: MIT
#include "e2e/world/key_families.h"

#include <gtest/gtest.h>

#include "lab/authority.h"
#include "lab/process.h"
#include "lab/temp_dir.h"

namespace certmgr::e2e {

void write_both_families(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  lab::write_pair(lab::self_signed({"old.example.com"}), folder / "ecdsa.pem", folder / "ecdsa.key");
  lab::Process made(
      {.command = {"/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=old",
                   "-keyout", (folder / "rsa.key").string(), "-out", (folder / "rsa.pem").string()},
       .output = folder / "openssl.log"});
  EXPECT_EQ(made.wait(std::chrono::seconds(30)), 0) << made.output();
}

std::string served_to(const std::string& family, int port, const std::string& sni) {
  const lab::TempDir folder;
  // Whoever takes PSS takes PKCS#1 as well, and HAProxy knows an RSA client by the latter.
  const std::string signatures =
      family == "rsa" ? "rsa_pss_rsae_sha256:rsa_pkcs1_sha256" : "ecdsa_secp256r1_sha256";
  std::vector<std::string> command{"/usr/bin/openssl", "s_client",
                                   "-connect",         "127.0.0.1:" + std::to_string(port),
                                   "-sigalgs",         signatures};
  if (sni.empty())
    command.emplace_back("-noservername");
  else
    command.insert(command.end(), {"-servername", sni});
  lab::Process client({.command = command, .output = folder / "client.log"});
  client.wait(std::chrono::seconds(10));
  const auto said = client.output();
  return said.find("BEGIN CERTIFICATE") == std::string::npos ? std::string() : lab::fingerprint_of_pem(said);
}

}  // namespace certmgr::e2e
