// SPDX-License-Identifier: MIT
#include "lab/step_ca.h"

#include <httplib.h>
#include <openssl/pem.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "lab/openssl_handles.h"
#include "lab/ports.h"
#include "lab/strict_ca/hierarchy.h"

namespace certmgr::lab {
namespace {

using nlohmann::json;

// Templates are JSON with Go's placeholders. What the CA trusts is .SANs, the names that were proven;
// .Insecure is what the client wrote, which a real CA would compare with its records.
constexpr std::string_view kUsages =
    R"("sans": {{ toJson .SANs }}, "keyUsage": ["digitalSignature"], "extKeyUsage": ["serverAuth"],
       "policyIdentifiers": {{ toJson .policies }})";
constexpr std::string_view kNobody = R"("subject": {})";
constexpr std::string_view kAsRequested = R"("subject": {{ toJson .Insecure.CR.Subject }})";
constexpr std::string_view kSomebodyElse = R"("subject": {
  "country": {{ toJson .Insecure.CR.Subject.Country }}, "province": {{ toJson .Insecure.CR.Subject.Province }},
  "locality": {{ toJson .Insecure.CR.Subject.Locality }}, "organization": {{ toJson .organization }}})";

json provisioner(const char* name, bool external_account) {
  return {{"type", "ACME"}, {"name", name}, {"requireEAB", external_account}};
}

json provisioner(const char* name, std::string_view subject, const std::vector<std::string>& policies) {
  json entry = provisioner(name, true);
  entry["options"]["x509"] = {
      {"template", "{" + std::string(subject) + "," + std::string(kUsages) + "}"},
      {"templateData", {{"policies", policies}, {"organization", StepCa::kOtherOrganization}}}};
  return entry;
}

json provisioners() {
  constexpr const char* dv = "2.23.140.1.2.1";
  constexpr const char* ov = "2.23.140.1.2.2";
  constexpr const char* ev = "2.23.140.1.1";
  return {provisioner(StepCa::kPlain, false),
          provisioner(StepCa::kDv, true),
          provisioner(StepCa::kDvPolicy, kNobody, {dv}),
          provisioner(StepCa::kOv, kAsRequested, {ov}),
          provisioner(StepCa::kEv, kAsRequested, {ev}),
          provisioner(StepCa::kPrivate, kAsRequested, {}),
          provisioner(StepCa::kElsewhere, kSomebodyElse, {ov})};
}

std::string pem_of(EVP_PKEY& key) {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PrivateKey(memory.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    throw std::runtime_error("cannot write a key");
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string first_line(const std::filesystem::path& file) {
  const auto text = read_file(file);
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::string StepCa::why_not() {
  if (std::filesystem::exists(CERTMGR_STEP_CA_PROGRAM)) return {};
  return "step-ca was not built: it needs the packages golang-go and "
         "golang-github-smallstep-certificates-dev "
         "(scripts/install-packages test)";
}

StepCa::StepCa() : port_(free_port()) {
  write_files();
  process_.emplace(ProcessOptions{.command = {CERTMGR_STEP_CA_PROGRAM, (dir_ / "ca.json").string(),
                                              (dir_ / "keys").string(), std::to_string(kAccounts)},
                                  .environment = own_environment(),
                                  .output = dir_ / "step-ca.log"});
  const bool up = wait_until([&] { return !process_->running() || answers(); });
  if (!up || !process_->running()) throw std::runtime_error("step-ca did not start:\n" + log());
}

void StepCa::write_files() const {
  const strict::Hierarchy hierarchy(0);
  write_file(ca_file(), hierarchy.root_pem());
  write_file(dir_ / "intermediate.pem", hierarchy.chain_pem(0));
  write_file(dir_ / "intermediate.key", pem_of(hierarchy.issuer_key()));
  std::filesystem::create_directory(dir_ / "keys");
  const json config{
      {"root", ca_file().string()},
      {"crt", (dir_ / "intermediate.pem").string()},
      {"key", (dir_ / "intermediate.key").string()},
      {"address", "127.0.0.1:" + std::to_string(port_)},
      {"dnsNames", {kHost}},
      {"db", {{"type", "bbolt"}, {"dataSource", (dir_ / "db").string()}}},
      {"logger", {{"format", "text"}}},
      {"authority",
       {{"claims", {{"defaultTLSCertDuration", "2160h"}, {"maxTLSCertDuration", "4800h"}}},
        {"provisioners", provisioners()}}},
  };
  write_file(dir_ / "ca.json", config.dump(2));
}

bool StepCa::answers() const {
  httplib::SSLClient client(kHost, port_);
  client.set_ca_cert_path(ca_file().c_str());
  client.enable_server_certificate_verification(true);
  const auto reply = client.Get("/health");
  return reply && reply->status == 200;
}

std::string StepCa::directory_url(const std::string& provisioner) const {
  return std::string("https://") + kHost + ":" + std::to_string(port_) + "/acme/" + provisioner +
         "/directory";
}

std::string StepCa::kid(const std::string& provisioner, int number) const {
  return first_line(dir_ / "keys" / (provisioner + "-" + std::to_string(number) + ".kid"));
}

std::filesystem::path StepCa::hmac_file(const std::string& provisioner, int number) const {
  return dir_ / "keys" / (provisioner + "-" + std::to_string(number) + ".hmac");
}

}  // namespace certmgr::lab
