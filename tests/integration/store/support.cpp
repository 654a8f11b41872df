// SPDX-License-Identifier: MIT
#include "integration/store/support.h"

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace certmgr::store::testing {

TemporaryFolder::TemporaryFolder() {
  std::string name = std::filesystem::temp_directory_path() / "certmgr-store-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

Bench::Bench(const std::string& path, const std::string& key_source)
    : database(path), keyring(StoreKey::load(key_source, database)) {}

SealedKey Bench::make_key(const std::string& purpose) {
  return value_or_throw(keyring.generate(KeyType::ecdsa_p256, purpose));
}

Certificate Bench::make_certificate(const std::string& label) {
  return certificates.put(spec(label), event("certificate.wanted", label));
}

Server Bench::make_server(const std::string& name) {
  return servers.add_server(testing::server(name), event("server.added", name));
}

Order Bench::open_order(const Certificate& certificate) {
  Order order;
  order.certificate_id = certificate.id;
  order.spec = certificate.spec;
  order.reason = "issue";
  order.created_at = order.entered_at = order.wake_at = clock.now();
  return orders.open(order, event("order.approved", certificate.spec.label));
}

Version Bench::issue(const Certificate& certificate) {
  const std::string& label = certificate.spec.label;
  Order order = open_order(certificate);
  const SealedKey key = make_key();
  order.state = Ordering{key.id};
  order = orders.save({order, event("order.ordering", label), key, {}, {}});
  order.state = Issued{};
  order = orders.save({order, event("order.issued", label), {}, facts(key.spki_sha256), key.id});
  return certificates.version(std::get<Issued>(order.state).version_id).value();
}

EventDraft event(const std::string& kind, const std::string& subject) {
  return {kind, subject, {{"by", "test"}}};
}

CertificateSpec spec(const std::string& label) {
  CertificateSpec made;
  made.label = label;
  made.identifiers = {{IdentifierType::dns, "*.example.com"}, {IdentifierType::dns, "pbx.example.com"}};
  made.ca = "letsencrypt";
  made.challenge.webroot = "/var/www/html";
  return made;
}

Server server(const std::string& name) {
  Server made;
  made.name = name;
  made.type = "nginx";
  made.files.key = "/etc/ssl/" + name + ".key";
  made.files.fullchain = "/etc/ssl/" + name + ".pem";
  made.mode = 0640U;
  made.settings = {{"nginx_bin", "/usr/sbin/nginx"}};
  made.verify = {{"tls", "pbx.example.com", 5061, ""}, {"https", "2001:db8::1", 443, "sip.example.com"}};
  return made;
}

ChainFacts facts(const std::string& fingerprint) {
  ChainFacts made;
  made.chain_pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  made.serial = "0a0b";
  made.fingerprint = fingerprint;
  made.issuer = "Test CA";
  made.not_before = Instant(std::chrono::milliseconds(1'790'000'000'000));
  made.not_after = Instant(std::chrono::milliseconds(1'900'000'000'000));
  return made;
}

Trouble trouble(const std::string& code) {
  return {TroubleKind::transient,
          code,
          "what",
          "why",
          "hint",
          "{\"type\":\"x\"}",
          Instant(std::chrono::milliseconds(1'800'000'100'000))};
}

Deployment deployment(const Version& version, const Server& server) {
  Deployment made;
  made.version_id = version.id;
  made.server_id = server.id;
  made.reason = "issue";
  return made;
}

Trouble failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Failure& failure) {
    return failure.trouble();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

void sql(Database& database, const std::string& statement) {
  database.read("run a statement", [&](SQLite::Database& connection) { connection.exec(statement); });
}

std::string sql_value(Database& database, const std::string& query) {
  return database.read("run a query", [&](SQLite::Database& connection) {
    return connection.execAndGet(query.c_str()).getString();
  });
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

unsigned mode_of(const std::string& path) {
  struct stat found {};
  EXPECT_EQ(stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 07777U;
}

int in_child(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      _exit(work());
    } catch (...) {
      _exit(99);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace certmgr::store::testing
