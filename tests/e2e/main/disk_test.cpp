// SPDX-License-Identifier: MIT
// Disks that are full or read-only: it is said, nothing is lost, and the same command goes on later.
#include "e2e/world/small_disk.h"
#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

namespace fs = std::filesystem;

Arguments at(const fs::path& store, Arguments arguments) {
  arguments.insert(arguments.begin(), {"--store", store.string()});
  return arguments;
}

/// With nothing in it.
void make_store(const World& world, const fs::path& store) {
  const auto fleet = world.files / "fleet.toml";
  lab::write_file(fleet, "");
  ASSERT_EQ(world.run(at(store, {"apply", fleet.string(), "--yes"})).exit_code, 0);
}

int registrations(const lab::FaultProxy& proxy) {
  int count = 0;
  for (const auto& request : proxy.requests())
    count += request.path == lab::paths::kNewAccount && request.status == 201 ? 1 : 0;
  return count;
}

bool has_leftovers(const SmallDisk& disk) {
  for (const auto& entry : fs::directory_iterator(disk.path()))
    if (entry.path().filename().string().find(".certmgr-") != std::string::npos) return true;
  return false;
}

/// An nginx that reads its files from the small disk, registered as "web".
std::unique_ptr<lab::Nginx> nginx_on(const SmallDisk& disk, const World& world) {
  lab::write_pair(lab::self_signed({"placeholder.example.com"}), disk / "fullchain.pem", disk / "key.pem");
  auto nginx = std::make_unique<lab::Nginx>(
      lab::NginxOptions{.fullchain = disk / "fullchain.pem", .key = disk / "key.pem"});
  const auto added = world.run({"server", "add", "web", "--type", "nginx", "--key",
                                (disk / "key.pem").string(), "--fullchain", (disk / "fullchain.pem").string(),
                                "--set", "nginx_bin=" + nginx->program().string(), "--set",
                                "nginx_conf=" + nginx->config_file().string(), "--verify",
                                "https://127.0.0.1:" + std::to_string(nginx->port())});
  EXPECT_EQ(added.exit_code, 0) << added.errors;
  return nginx;
}

TEST(DiskFull, AFullStoreIsSaidBeforeTheCaIsAskedForAnything) {
  std::string why_not;
  const auto disk = SmallDisk::mount(std::size_t{4} << 20U, why_not);
  if (!disk) GTEST_SKIP() << why_not;
  World world;
  auto& proxy = world.put_proxy_before_ca();
  const auto store = *disk / "certmgr.db";
  ASSERT_NO_FATAL_FAILURE(make_store(world, store));
  disk->fill();
  const auto error = world.run_json(at(store, {"issue", "a.example.com"}), 1)["error"];
  EXPECT_EQ(error["code"], "disk_full") << error.dump(2);
  EXPECT_NE(error["message"].get<std::string>().find(store.string()), std::string::npos) << error.dump(2);
  EXPECT_NE(error["hint"].get<std::string>().find("room"), std::string::npos) << error.dump(2);
  EXPECT_EQ(proxy.count(), 0);
  disk->make_room();
  EXPECT_EQ(world.run(at(store, {"issue", "a.example.com"})).exit_code, 0);
  EXPECT_TRUE(world.run_json(at(store, {"db", "check"}))["ok"]);
}

TEST(DiskFull, AtWhicheverMomentTheStoreIsFullNothingIsLostAndNothingIsOrderedTwice) {
  std::string why_not;
  const auto disk = SmallDisk::mount(std::size_t{8} << 20U, why_not);
  if (!disk) GTEST_SKIP() << why_not;
  World world;
  auto& proxy = world.put_proxy_before_ca();
  const auto store = *disk / "certmgr.db";
  ASSERT_NO_FATAL_FAILURE(make_store(world, store));
  constexpr std::size_t kStep = std::size_t{16} << 10U;
  int full = 0;
  // Each run gets a little more room than the one before, and gets a little further.
  for (std::size_t room = 0; room < (std::size_t{2} << 20U); room += kStep) {
    disk->make_room();
    disk->fill(room);
    const auto outcome = world.run(at(store, {"issue", "a.example.com", "--json"}));
    if (outcome.exit_code == 0) break;
    ++full;
    ASSERT_EQ(outcome.exit_code, 1) << outcome.output << outcome.errors;
    ASSERT_EQ(outcome.json()["error"]["code"], "disk_full") << room << ": " << outcome.output;
  }
  EXPECT_GT(full, 3) << "it always had room: the test proves nothing";
  disk->make_room();
  ASSERT_EQ(world.run(at(store, {"issue", "a.example.com"})).exit_code, 0);
  auto shown = world.run_json(at(store, {"show", "a.example.com"}))["certificate"];
  EXPECT_EQ(shown["versions"].size(), 1U) << shown.dump(2);
  auto health = world.run_json(at(store, {"db", "check"}));
  EXPECT_TRUE(health["ok"]) << health.dump(2);
  EXPECT_EQ(health["keys"], 2) << "account and certificate";
  EXPECT_EQ(registrations(proxy), 1);
  EXPECT_EQ(proxy.count(lab::paths::kNewOrder), 1);
}

TEST(DiskFull, ADeploymentWithoutRoomLeavesTheOldFilesAndTheOldCertificate) {
  std::string why_not;
  const auto disk = SmallDisk::mount(std::size_t{1} << 20U, why_not);
  if (!disk) GTEST_SKIP() << why_not;
  World world;
  const auto nginx = nginx_on(*disk, world);
  const Arguments issue{"issue", "a.example.com", "--server", "web"};
  ASSERT_EQ(world.run(issue).exit_code, 0);
  const std::string old_key = lab::read_file(*disk / "key.pem");
  const std::string old_chain = lab::read_file(*disk / "fullchain.pem");
  const std::string old = lab::tls_fingerprint("127.0.0.1", nginx->port());
  // No room at all, and room for one file of the two.
  for (const std::size_t room : {0U, 4096U}) {
    disk->make_room();
    disk->fill(room);
    auto document = world.run_json(
        room == 0 ? Arguments{"renew", "--force", "a.example.com"} : Arguments{"deploy", "a.example.com"}, 3);
    EXPECT_EQ(document["error"]["code"], "disk_full") << document["error"].dump(2);
    EXPECT_EQ(document["deployments"][0]["state"], "rolled_back");
    EXPECT_EQ(lab::read_file(*disk / "key.pem"), old_key) << room;
    EXPECT_EQ(lab::read_file(*disk / "fullchain.pem"), old_chain) << room;
    EXPECT_EQ(lab::tls_fingerprint("127.0.0.1", nginx->port()), old) << room;
    EXPECT_FALSE(has_leftovers(*disk)) << room;
  }
  disk->make_room();
  auto document = world.run_json(issue);
  EXPECT_EQ(document["issued"], false) << "the certificate was there, it is only deployed";
  EXPECT_EQ(lab::tls_fingerprint("127.0.0.1", nginx->port()), world.stored_fingerprint("a.example.com"));
  EXPECT_NE(lab::tls_fingerprint("127.0.0.1", nginx->port()), old);
}

TEST(ReadOnlyDisk, AServerWhoseFilesCannotBeWrittenIsNotRegistered) {
  std::string why_not;
  const auto disk = SmallDisk::mount(std::size_t{1} << 20U, why_not);
  if (!disk) GTEST_SKIP() << why_not;
  World world;
  disk->set_read_only(true);
  const auto error =
      world.run_json({"server", "add", "s", "--type", "generic", "--key", (*disk / "key.pem").string(),
                      "--fullchain", (*disk / "fullchain.pem").string()},
                     2)["error"];
  EXPECT_EQ(error["code"], "not_writable") << error.dump(2);
  EXPECT_NE(error["message"].get<std::string>().find(disk->path().string()), std::string::npos);
  EXPECT_EQ(world.run_json({"server", "list"})["servers"].size(), 0U);
  EXPECT_TRUE(fs::is_empty(disk->path()));
}

TEST(ReadOnlyDisk, ADeploymentThatCannotWriteLeavesTheOldCertificate) {
  std::string why_not;
  const auto disk = SmallDisk::mount(std::size_t{1} << 20U, why_not);
  if (!disk) GTEST_SKIP() << why_not;
  World world;
  const auto nginx = nginx_on(*disk, world);
  const std::string old = lab::tls_fingerprint("127.0.0.1", nginx->port());
  disk->set_read_only(true);
  const Arguments issue{"issue", "a.example.com", "--server", "web"};
  auto document = world.run_json(issue, 3);
  EXPECT_EQ(document["error"]["code"], "not_writable") << document["error"].dump(2);
  EXPECT_EQ(lab::tls_fingerprint("127.0.0.1", nginx->port()), old);
  disk->set_read_only(false);
  EXPECT_EQ(world.run(issue).exit_code, 0);
  EXPECT_EQ(lab::tls_fingerprint("127.0.0.1", nginx->port()), world.stored_fingerprint("a.example.com"));
}

TEST(ReadOnlyDisk, AStoreThatCannotBeWrittenIsRefusedAndNothingIsOrdered) {
  std::string why_not;
  const auto disk = SmallDisk::mount(std::size_t{4} << 20U, why_not);
  if (!disk) GTEST_SKIP() << why_not;
  World world;
  auto& proxy = world.put_proxy_before_ca();
  ASSERT_NO_FATAL_FAILURE(make_store(world, *disk / "old.db"));
  disk->set_read_only(true);
  for (const char* name : {"old.db", "new.db"}) {
    const auto error = world.run_json(at(*disk / name, {"issue", "a.example.com"}), 1)["error"];
    EXPECT_EQ(error["code"], "store_unwritable") << error.dump(2);
    EXPECT_NE(error["message"].get<std::string>().find(name), std::string::npos) << error.dump(2);
  }
  EXPECT_EQ(proxy.count(), 0);
  EXPECT_FALSE(fs::exists(*disk / "new.db"));
}

}  // namespace
}  // namespace certmgr::e2e
