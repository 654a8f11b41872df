// SPDX-License-Identifier: MIT
// What cannot be carried out is refused with a reason and a cure, and nothing is written or ordered.
#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

struct Refused {
  Arguments arguments;
  int code;
  std::string word;  // in the error's message, hint or code
};

void expect_refused(const World& world, const Refused& refused) {
  Arguments arguments = refused.arguments;
  arguments.emplace_back("--json");
  const auto outcome = world.run(arguments);
  EXPECT_EQ(outcome.exit_code, refused.code) << outcome.output << outcome.errors;
  const auto error = outcome.json()["error"];
  for (const char* key : {"code", "message", "hint", "detail"}) EXPECT_TRUE(error.contains(key)) << key;
  EXPECT_FALSE(error["hint"].get<std::string>().empty()) << refused.word;
  EXPECT_NE(error.dump().find(refused.word), std::string::npos)
      << error.dump(2) << "\nlacks " << refused.word;
}

TEST(BadInput, NamesAreRefusedBeforeAnyRequest) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  for (const std::string name :
       {"localhost", "10.0.0.256", "fe80::1%eth0", "a..example.com", "../../etc/passwd", "a b.example.com",
        "-a.example.com", "http://a.example.com", "a_b.example.com", "\xff\xfe.example.com"})
    expect_refused(world, {{"issue", "--", name}, 2, "bad_name"});
  expect_refused(world, {{"issue", "*.example.com"}, 2, "wildcard_needs_dns"});
  expect_refused(world, {{"issue", "a.example.com", "--label", "../x"}, 2, "bad_label"});
  EXPECT_EQ(proxy.count(), 0);
  EXPECT_EQ(world.run_json({"list"})["certificates"].size(), 0U);
}

TEST(BadInput, OptionsThatMakeNoSenseAreRefused) {
  World world;
  for (const Refused& refused : std::vector<Refused>{
           {{}, 2, "--help"},
           {{"isue", "a.example.com"}, 2, "did you mean 'issue'?"},
           {{"issue"}, 2, "NAME"},
           {{"issue", "a.example.com", "--ca", "tst"}, 2, "did you mean 'test'?"},
           {{"issue", "a.example.com", "--key-type", "dsa"}, 2, "ecdsa-p256"},
           {{"issue", "a.example.com", "--challenge", "dns-02"}, 2, "http-01"},
           {{"issue", "a.example.com", "--challenge", "dns-01"}, 2, "unknown_dns_provider"},
           {{"issue", "a.example.com", "--tls-listen", "[::]:443", "--dns", "x"}, 2, "two_solvers"},
           {{"issue", "a.example.com", "--webroot", "/x", "--http-listen", "[::]:80"}, 2, "exclude"},
           {{"issue", "a.example.com", "--server", "nowhere"}, 2, "unknown_server"},
           {{"issue", "a.example.com", "--timeout", "soon"}, 2, "timeout"},
           {{"issue", "a.example.com", "--http-listen", "localhost:80"}, 2, "localhost"},
           {{"issue", "a.example.com", "--webroot", "/nonexistent"}, 2, "/nonexistent"},
           {{"issue", "a.example.com", "--key", ""}, 2, "it is empty"},
           {{"issue", "--csr", ""}, 2, "it is empty"},
           {{"show", "nothing"}, 2, "unknown_certificate"},
           {{"renew", "nothing"}, 2, "unknown_certificate"},
           {{"renew", "--force"}, 2, "labels"},
           {{"deploy", "nothing"}, 2, "unknown_certificate"},
           {{"export", "nothing", "--out", "/tmp"}, 2, "unknown_certificate"},
           {{"server", "show", "nothing"}, 2, "unknown_server"},
           {{"server", "remove", "nothing"}, 2, "unknown_server"},
           {{"account", "show"}, 2, "no_account"},
       })
    expect_refused(world, refused);
}

TEST(BadInput, ServersThatCannotWorkAreNotRegistered) {
  World world;
  const std::string dir = world.files.path().string();
  const std::string key = dir + "/key.pem";
  const std::string chain = dir + "/fullchain.pem";
  lab::write_file(world.files / "plain", "not a folder");
  lab::write_file(world.files / "hook", "#!/bin/sh\n");
  const auto add = [&](const Arguments& more) {
    Arguments all{"server", "add", "s"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  for (const Refused& refused : std::vector<Refused>{
           {add({"--type", "apache", "--key", key, "--fullchain", chain}), 2, "unknown_server_type"},
           {add({"--type", "nginx", "--key", key}), 2, "--fullchain"},
           {add({"--type", "nginx", "--key", "key.pem", "--fullchain", chain}), 2, "absolute"},
           {add({"--type", "nginx", "--key", dir + "/no/key.pem", "--fullchain", chain}), 2,
            "does not exist"},
           {add({"--type", "nginx", "--key", dir + "/plain/key.pem", "--fullchain", chain}), 2, "plain"},
           {add({"--type", "nginx", "--key", key, "--fullchain", chain, "--mode", "0644"}), 2, "every user"},
           {add({"--type", "nginx", "--key", key, "--fullchain", chain, "--mode", "rw"}), 2, "octal"},
           {add({"--type", "nginx", "--key", key, "--fullchain", chain, "--owner", "nobody-here:x"}), 2,
            "nobody-here"},
           {add({"--type", "nginx", "--key", key, "--fullchain", chain, "--verify", "http://a:80"}), 2,
            "bad_verify_url"},
           {add({"--type", "nginx", "--key", key, "--fullchain", chain, "--set", "PATH=/x"}), 2, "PATH"},
           {add({"--type", "nginx", "--key", key, "--fullchain", chain, "--hook", dir + "/hook"}), 2,
            "executable"},
           {add({"--type", "nginx", "--key", key, "--fullchain", chain, "--hook", dir + "/none"}), 2, "none"},
       })
    expect_refused(world, refused);
  EXPECT_EQ(world.run_json({"server", "list"})["servers"].size(), 0U);
  ASSERT_EQ(world.run(add({"--type", "generic", "--key", key, "--fullchain", chain})).exit_code, 0);
  expect_refused(world, {{"server", "add", "t", "--type", "generic", "--combined", key}, 2, "path_taken"});
  expect_refused(world, {add({"--type", "generic", "--combined", dir + "/other.pem"}), 2, "server_exists"});
}

TEST(BadInput, ConfigurationsAreRefusedWithTheirPlace) {
  World world;
  const auto file = world.certmgr.config_file();
  const std::string good = lab::read_file(file);
  lab::write_file(file, good + "[defualts]\n");
  expect_refused(world, {{"list"}, 2, "did you mean 'defaults'?"});
  lab::write_file(file, "[store\n");
  expect_refused(world, {{"list"}, 2, "certmgr.toml:1:"});
  expect_refused(world, {{"list", "--config", "/nonexistent.toml"}, 2, "/nonexistent.toml"});
}

TEST(BadInput, TheTermsOfServiceMustBeAgreedTo) {
  World world;
  const auto file = world.certmgr.config_file();
  std::string text = lab::read_file(file);
  text.replace(text.find("agree_tos = true"), 16, "agree_tos = false");
  lab::write_file(file, text);
  expect_refused(world, {{"issue", "a.example.com"}, 2, "--agree-tos"});
  EXPECT_EQ(world.run({"issue", "a.example.com", "--agree-tos"}).exit_code, 0);
}

TEST(BadInput, StoresThatCannotBeUsedAreLeftAlone) {
  World world;
  lab::write_file(world.files / "text", "this is no store, but somebody's file\n");
  expect_refused(world, {{"list", "--store", (world.files / "text").string()}, 1, "store_foreign"});
  EXPECT_EQ(lab::read_file(world.files / "text"), "this is no store, but somebody's file\n");
  expect_refused(world, {{"issue", "a.example.com", "--store", "/proc/certmgr.db"}, 1, "store_unwritable"});
  expect_refused(world, {{"list", "--store", world.files.path().string()}, 1, "store_"});
}

TEST(BadInput, AStoreThatIsNamedAndNotThereIsMadeOnlyByWhatPutsSomethingIntoIt) {
  World world;
  const auto folder = world.files / "no-folder";
  const auto store = folder / "certmgr.db";
  lab::write_file(world.files / "fleet.toml", "");
  for (const Arguments& command :
       {Arguments{"list"}, Arguments{"show", "a.example.com"}, Arguments{"status"}, Arguments{"history"},
        Arguments{"db", "check"}, Arguments{"server", "list"}, Arguments{"renew"},
        Arguments{"apply", (world.files / "fleet.toml").string(), "--dry-run"}}) {
    Arguments arguments = command;
    arguments.insert(arguments.begin(), {"--store", store.string()});
    expect_refused(world, {arguments, 2, "no_store"});
    EXPECT_FALSE(std::filesystem::exists(folder)) << command.front();
    EXPECT_FALSE(std::filesystem::exists(world.certmgr.key_file())) << command.front();
  }
  EXPECT_EQ(world.run({"--store", store.string(), "issue", "a.example.com"}).exit_code, 0);
  EXPECT_EQ(world.run({"--store", store.string(), "list"}).exit_code, 0);
}

TEST(BadInput, AStoreWhoseKeyFileIsGoneGetsNoNewOne) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  std::filesystem::rename(world.certmgr.key_file(), world.files / "store.key");
  expect_refused(world, {{"issue", "b.example.com"}, 1, "store_key_missing"});
  EXPECT_FALSE(std::filesystem::exists(world.certmgr.key_file()));
  std::filesystem::rename(world.files / "store.key", world.certmgr.key_file());
  EXPECT_EQ(world.run({"issue", "b.example.com"}).exit_code, 0);
}

}  // namespace
}  // namespace certmgr::e2e
