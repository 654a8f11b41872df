// SPDX-License-Identifier: MIT
// Changing a registered server.
#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

TEST(ServerSet, ClearsWhatIsNamed) {
  World world;
  const auto hook = write_hook(world.files / "hook", "exit 0\n");
  ASSERT_NO_FATAL_FAILURE(world.register_files(
      "box", {"--hook", hook.string(), "--mode", "0600", "--owner", "root:root", "--set", "speed=1", "--set",
              "size=2", "--cert", (world.files / "cert.pem").string(), "--verify", "tls://127.0.0.1:5061"}));
  auto server =
      world.run_json({"server", "set", "box", "--clear", "hook,mode", "--clear", "verify"})["server"];
  EXPECT_EQ(server["hook"], nullptr);
  EXPECT_EQ(server["mode"], nullptr);
  EXPECT_EQ(server["verify"], json::array());
  EXPECT_EQ(server["owner"], "root") << "what is not named stays";
  server = world.run_json(
      {"server", "set", "box", "--clear", "owner,group,cert,set", "--set", "size=3"})["server"];
  EXPECT_EQ(server["owner"], nullptr);
  EXPECT_EQ(server["group"], nullptr);
  EXPECT_EQ(server["files"]["cert"], nullptr);
  EXPECT_EQ(server["settings"], (json{{"size", "3"}})) << "what is given anew stays";
}

TEST(ServerSet, RefusesToClearWhatCannotBeMissingOrIsGivenToo) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.register_files("box"));
  const auto before = world.run_json({"server", "show", "box"});
  for (const Arguments& options :
       {Arguments{"--clear", "key"}, Arguments{"--clear", "name"}, Arguments{"--clear", "fullchain"},
        Arguments{"--clear", "mode", "--mode", "0600"},
        Arguments{"--clear", "hook", "--hook", "/bin/true"}}) {
    Arguments command{"server", "set", "box"};
    command.insert(command.end(), options.begin(), options.end());
    EXPECT_TRUE(world.run_json(command, 2).contains("error")) << options[1];
  }
  EXPECT_EQ(world.run_json({"server", "show", "box"}), before);
}

}  // namespace
}  // namespace certmgr::e2e
