// SPDX-License-Identifier: MIT
// `server test` looks at listeners as a deployment does.
#include "certmgr/services/server_registry.h"
#include "upkeep_world.h"

namespace certmgr::test {
namespace {

class ServerTesting : public UpkeepWorld {
 protected:
  ServerRegistry registry_{servers_, certificates_, deployments_, pbx_, pbx_, eyes_, seal_};
};

TEST_F(ServerTesting, AsksForTheNameThatADeploymentAsksFor) {
  CertificateSpec spec = certificate_.spec;
  spec.identifiers.insert(spec.identifiers.begin(), {IdentifierType::ip, "192.0.2.1"});
  certificate_ = certificates_.put(spec, {"certificate.changed", spec.label, {}});
  deploy(issue());
  pass(std::chrono::seconds(1));
  const std::string asked_by_deployment = eyes_.asked;
  EXPECT_EQ(asked_by_deployment, "pbx.example") << "an address is never asked for";
  eyes_.asked.clear();
  EXPECT_TRUE(registry_.test("pbx").passed());
  EXPECT_EQ(eyes_.asked, asked_by_deployment);
}

}  // namespace
}  // namespace certmgr::test
