// SPDX-License-Identifier: MIT
// Makes a store of N certificates that were issued at different times of the last sixty days and live for
// ninety, without asking a CA: for timings only. The sealed keys are random octets. Those of the second half
// are deployed to a server each.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <random>

#include "adapters/store/database.h"
#include "adapters/store/deployment_codec.h"
#include "adapters/store/domain_json.h"
#include "adapters/store/order_codec.h"
#include "certmgr/domain/renewal.h"
#include "platform/system_clock.h"

namespace certmgr::bench {
namespace {

constexpr Duration kLife = std::chrono::days(90);
/// About the size of a leaf and one intermediate.
constexpr std::size_t kChainSize = 3000;

std::int64_t ms(Instant at) { return at.time_since_epoch().count(); }

std::string hex_of(std::mt19937_64& chance, std::size_t digits) {
  std::string text;
  while (text.size() < digits) {
    char part[17];
    std::snprintf(part, sizeof(part), "%016llx", static_cast<unsigned long long>(chance()));
    text += part;
  }
  return text.substr(0, digits);
}

class Maker {
 public:
  explicit Maker(SQLite::Database& connection)
      : key_(connection, "INSERT INTO keys VALUES (?, 'ecdsa-p256', 'certificate', ?, CAST(? AS BLOB), ?)"),
        certificate_(connection, "INSERT INTO certificates VALUES (?, ?, ?, ?)"),
        version_(connection, "INSERT INTO versions VALUES (?, ?, 1, ?, ?, ?, ?, 'Bench CA', ?, ?, 0, ?)"),
        order_(connection,
               "INSERT INTO orders VALUES (?, ?, 'issued', ?, 'https://ca.invalid/o/' || ?, NULL, ?, ?, ?, "
               "9, ?)"),
        renewal_(connection, "INSERT INTO renewals VALUES (?, 'fresh', ?, ?, ?)"),
        task_(connection, "INSERT INTO tasks VALUES (?, ?, ?, ?, ?, NULL, NULL)"),
        server_(connection, "INSERT INTO servers VALUES (?, ?, ?, ?, NULL)"),
        attached_(connection, "INSERT INTO certificate_servers VALUES (?, ?)"),
        deployment_(connection, "INSERT INTO deployments VALUES (?, ?, ?, ?, 'verified', ?, ?, ?, 5, ?)"),
        watch_(connection, "INSERT INTO watches VALUES (?, 'good', ?, '{\"v\":1}')") {}

  void add(std::int64_t id, Instant now) {
    const Instant born = now - std::chrono::minutes(chance_() % (59UL * 24 * 60));
    CertificateSpec spec;
    char name[64];
    std::snprintf(name, sizeof(name), "customer-%07lld.example.com", static_cast<long long>(id));
    spec.label = name;
    spec.identifiers = {Identifier{IdentifierType::dns, name}};
    spec.ca = "bench";
    spec.challenge.listen = "[::]:80";
    const std::string key = hex_of(chance_, 32);
    run(key_, key, hex_of(chance_, 64), std::string(200, 'k'), ms(born));
    run(certificate_, id, spec.label, store::encode_spec(spec), ms(born));
    run(version_, id, id, key, std::string(kChainSize, 'c'), hex_of(chance_, 32), hex_of(chance_, 64),
        ms(born), ms(born + kLife), ms(born));
    Order order;
    order.spec = spec;
    order.reason = "issue";
    order.state = Issued{id};
    run(order_, id, id, ms(born), id, id, ms(born), ms(born), store::encode_order(order));
    const Instant due = renewal_time(born, born + kLife);
    const std::string payload = R"({"v":1,"wake_at":)" + std::to_string(ms(due)) +
                                R"(,"failures":0,"judged_order":)" + std::to_string(id) +
                                R"(,"trouble":null})";
    run(renewal_, id, ms(born + kLife), ms(due), payload);
    run(task_, "renewal", id, "renewal:" + std::to_string(id), "renewal", ms(due));
    run(task_, "revocation", id, "revocation:" + std::to_string(id), "revocation",
        ms(now + std::chrono::hours(12)));
    run(task_, "renewal_info", id, "renewal_info:" + std::to_string(id), "ca:bench",
        ms(now + std::chrono::hours(6)));
  }

  /// One server for the certificate of the same number, which presents it.
  void add_server(std::int64_t id, Instant now) {
    char name[64];
    std::snprintf(name, sizeof(name), "pbx-%07lld", static_cast<long long>(id));
    const std::string folder = std::string("/etc/pbx/") + name;
    Server server;
    server.type = "kamailio";
    server.files.key = folder + "/key.pem";
    server.files.fullchain = folder + "/fullchain.pem";
    server.verify = {{"sips", "127.0.0.1", 5061, ""}};
    run(server_, id, name, store::encode_server(server), ms(now));
    run(attached_, id, id);
    Deployment deployment;
    deployment.reason = "issue";
    deployment.state = Verified{now};
    deployment.after = {{"sips://127.0.0.1:5061", hex_of(chance_, 64), name, "Bench CA", now + kLife, ""}};
    run(deployment_, id, id, id, id, ms(now), ms(now), ms(now), store::encode_deployment(deployment));
    run(watch_, id, ms(now));
    run(task_, "watch", id, "watch:" + std::to_string(id), "watch", ms(now + std::chrono::hours(1)));
  }

 private:
  template <class... Values>
  static void run(SQLite::Statement& statement, const Values&... values) {
    statement.reset();
    int index = 0;
    (statement.bind(++index, values), ...);
    statement.exec();
  }

  std::mt19937_64 chance_{42};
  SQLite::Statement key_, certificate_, version_, order_, renewal_, task_, server_, attached_, deployment_,
      watch_;
};

void make(const std::string& path, std::int64_t count) {
  store::Database database(path);
  platform::SystemClock clock;
  database.write("make a synthetic store", [&](SQLite::Database& connection) {
    Maker maker(connection);
    for (std::int64_t id = 1; id <= count; ++id) {
      maker.add(id, clock.now());
      if (id > count / 2) maker.add_server(id, clock.now());
    }
    connection.exec("ANALYZE");
  });
}

}  // namespace
}  // namespace certmgr::bench

int main(int argc, char** argv) {
  std::int64_t count = 0;
  if (argc != 3 || std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), count).ec != std::errc()) {
    std::fprintf(stderr, "usage: certmgr_bench_store STORE COUNT\n");
    return 2;
  }
  try {
    certmgr::bench::make(argv[1], count);
  } catch (const certmgr::Failure& failure) {
    std::fprintf(stderr, "%s\n", failure.trouble().message().c_str());
    return 1;
  }
  return 0;
}
