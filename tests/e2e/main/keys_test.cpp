// SPDX-License-Identifier: MIT
// Which key a certificate has: a new one for each renewal, the same, or one that certmgr never sees.
#include <gmock/gmock.h>

#include <fstream>

#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Keys : public ::testing::Test {
 protected:
  std::string exported_key(const std::string& label) {
    EXPECT_EQ(world_.run({"export", label, "--out", world_.files.path().string()}).exit_code, 0);
    return content(world_.files / "privkey.pem");
  }
  /// A key and a request for the names, as another machine would make them.
  fs::path make_request(const std::string& sans, const std::string& algorithm = "ec") {
    const fs::path csr = world_.files / "request.csr";
    std::vector<std::string> command{"/usr/bin/openssl", "req", "-new", "-nodes", "-newkey"};
    if (algorithm == "ec")
      command.insert(command.end(), {"ec", "-pkeyopt", "ec_paramgen_curve:P-256"});
    else
      command.push_back(algorithm);
    command.insert(command.end(), {"-keyout", (world_.files / "elsewhere.pem").string(), "-out", csr.string(),
                                   "-subj", "/", "-addext", "subjectAltName=" + sans});
    lab::Process made({.command = command, .output = world_.files / "openssl.log"});
    EXPECT_EQ(made.wait(std::chrono::seconds(30)), 0) << made.output();
    return csr;
  }

  World world_;
};

TEST_F(Keys, ARenewalMakesANewOneUnlessTheOldOneIsToBeKept) {
  ASSERT_EQ(world_.run({"issue", "pbx.example.com"}).exit_code, 0);
  const auto first = exported_key("pbx.example.com");
  ASSERT_EQ(world_.run({"renew", "--force", "pbx.example.com"}).exit_code, 0);
  const auto second = exported_key("pbx.example.com");
  EXPECT_NE(first, second);

  const auto kept = world_.run_json({"issue", "pbx.example.com", "--reuse-key"});
  EXPECT_EQ(kept["certificate"]["reuse_key"], true);
  EXPECT_EQ(exported_key("pbx.example.com"), second) << "it is no reason to order";
  ASSERT_EQ(world_.run({"renew", "--force", "pbx.example.com"}).exit_code, 0);
  EXPECT_EQ(exported_key("pbx.example.com"), second);
  EXPECT_EQ(world_.run_json({"show", "pbx.example.com"})["certificate"]["versions"].size(), 3U);

  ASSERT_EQ(world_.run({"issue", "pbx.example.com", "--key-type", "rsa-2048"}).exit_code, 0);
  EXPECT_NE(exported_key("pbx.example.com"), second) << "a key of another type was asked for";
  ASSERT_EQ(world_.run({"issue", "pbx.example.com", "--new-key"}).exit_code, 0);
  const auto third = exported_key("pbx.example.com");
  ASSERT_EQ(world_.run({"renew", "--force", "pbx.example.com"}).exit_code, 0);
  EXPECT_NE(exported_key("pbx.example.com"), third);
  EXPECT_EQ(world_.run({"db", "check"}).exit_code, 0);
}

TEST_F(Keys, ARequestMadeElsewhereIsIssuedAndDeployedWithoutItsKey) {
  world_.start_nginx();
  const auto csr = make_request("DNS:pbx.example.com,DNS:sip.example.com");
  // Whoever made the key has put it where the server reads it.
  const fs::path key = world_.files / "nginx" / "key.pem";
  fs::copy_file(world_.files / "elsewhere.pem", key, fs::copy_options::overwrite_existing);
  const auto key_before = content(key);
  fs::remove(world_.files / "elsewhere.pem");

  const auto issued = world_.run_json({"issue", "--csr", csr.string(), "--server", "web"});
  EXPECT_EQ(issued["certificate"]["label"], "pbx.example.com");
  EXPECT_EQ(issued["certificate"]["key"], "csr");
  EXPECT_THAT(issued["certificate"]["identifiers"], ElementsAre("pbx.example.com", "sip.example.com"));
  EXPECT_EQ(world_.served_by_nginx(), world_.stored_fingerprint("pbx.example.com"));
  EXPECT_EQ(content(key), key_before);

  ASSERT_EQ(world_.run({"renew", "--force", "pbx.example.com"}).exit_code, 0);
  EXPECT_EQ(world_.served_by_nginx(), world_.stored_fingerprint("pbx.example.com"));
  EXPECT_EQ(content(key), key_before);
  EXPECT_THAT(world_.leftovers(), ElementsAre());
  EXPECT_EQ(world_.run({"db", "check"}).exit_code, 0);

  const auto exported = world_.run({"export", "pbx.example.com", "--out", world_.files.path().string()});
  EXPECT_EQ(exported.exit_code, 0) << exported.errors;
  EXPECT_THAT(exported.output, Not(HasSubstr("privkey.pem")));
}

TEST_F(Keys, AFailedDeploymentOfARequestsCertificateLeavesTheKeyAlone) {
  world_.start_nginx();
  // nginx still has the placeholder's key: its check refuses the new certificate.
  const auto csr = make_request("DNS:pbx.example.com", "rsa:2048");
  const fs::path key = world_.files / "nginx" / "key.pem";
  const auto key_before = content(key);
  const auto served_before = world_.served_by_nginx();
  const auto outcome = world_.run({"issue", "--csr", csr.string(), "--server", "web"});
  EXPECT_EQ(outcome.exit_code, 3) << outcome.errors;
  EXPECT_EQ(content(key), key_before);
  EXPECT_EQ(world_.served_by_nginx(), served_before);
  EXPECT_THAT(world_.leftovers(), ElementsAre());
}

TEST_F(Keys, ARequestThatDoesNotFitIsRefusedBeforeAnythingIsOrdered) {
  const auto csr = make_request("DNS:pbx.example.com").string();
  EXPECT_EQ(world_.run_json({"issue", "other.example.com", "--csr", csr}, 2)["error"]["code"], "csr_differs");
  EXPECT_EQ(world_.run_json({"issue", "--csr", csr, "--key-type", "rsa-2048"}, 2)["error"]["code"],
            "two_keys");
  EXPECT_EQ(world_.run_json({"issue", "--csr", csr, "--reuse-key"}, 2)["error"]["code"], "two_keys");
  EXPECT_EQ(world_.run_json({"issue", "--csr", "/nowhere"}, 2)["error"]["code"], "csr_unreadable");
  EXPECT_EQ(world_.run_json({"issue", "--csr", "/etc/passwd"}, 2)["error"]["code"], "bad_csr");
  EXPECT_EQ(world_.run_json({"issue"}, 2)["error"]["code"], "no_names");
  world_.register_files("all", {"--combined", (world_.files / "all.pem").string()});
  EXPECT_EQ(world_.run_json({"issue", "--csr", csr, "--server", "all"}, 2)["error"]["code"],
            "combined_needs_key");
  EXPECT_EQ(world_.run_json({"list"})["certificates"].size(), 0U);
}

TEST_F(Keys, ACertificateOfARequestKeepsItUntilAnOwnKeyIsAskedFor) {
  const auto csr = make_request("DNS:pbx.example.com").string();
  ASSERT_EQ(world_.run({"issue", "--csr", csr}).exit_code, 0);
  const auto first = world_.stored_fingerprint("pbx.example.com");
  EXPECT_EQ(world_.run_json({"issue", "pbx.example.com"})["certificate"]["key"], "csr");
  EXPECT_EQ(world_.stored_fingerprint("pbx.example.com"), first);
  EXPECT_EQ(world_.run_json({"issue", "pbx.example.com", "sip.example.com"}, 2)["error"]["code"],
            "csr_differs");
  const auto own = world_.run_json({"issue", "pbx.example.com", "--key-type", "ecdsa-p256"});
  EXPECT_EQ(own["certificate"]["key"], "own");
  EXPECT_NE(world_.stored_fingerprint("pbx.example.com"), first);
  EXPECT_EQ(world_.run({"db", "check"}).exit_code, 0);
}

}  // namespace
}  // namespace certmgr::e2e
