// SPDX-License-Identifier: MIT
#include "certmgr/services/doctor.h"

#include <set>

namespace certmgr {
namespace {

/// Every certificate is looked at in the store; the DNS is asked for so many.
constexpr std::size_t kMostInDns = 200;
constexpr int kPage = 500;

/// Whose own proof would be tried by a listener.
const Identifier kNobody{IdentifierType::dns, "doctor.invalid"};

bool dns_is_silent(const std::vector<Finding>& findings) {
  for (const auto& finding : findings)
    if (finding.code == "dns_no_answer" || finding.code == "dns_no_resolver") return true;
  return false;
}

/// The names that are as they should be are one line.
void add_names(const std::string& label, std::vector<Finding> found, std::vector<Finding>& findings) {
  bool all_fine = true;
  for (auto& finding : found) {
    if (finding.severity == Severity::ok) continue;
    all_fine = false;
    findings.push_back(std::move(finding));
  }
  if (all_fine && !found.empty())
    findings.push_back(fine("names", label, "the DNS is in order for the names of " + label));
}

}  // namespace

std::vector<Finding> Doctor::examine(Progress& progress) {
  Findings findings;
  progress.step("doctor", "looking at the store");
  examine_store(findings);
  examine_files(findings);
  const auto certificates = all_certificates();
  progress.step("doctor", "asking the CAs");
  examine_cas(certificates, findings);
  progress.step("doctor", "trying the ways of proof");
  examine_ways(findings);
  examine_certificates(certificates, findings, progress);
  progress.step("doctor", "looking at the servers");
  examine_servers(findings);
  const UpkeepHealth upkeep{static_cast<std::int64_t>(certificates.size()),
                            parts_.daemons.serving(TaskKind::order),
                            parts_.daemons.serving(TaskKind::deployment), parts_.notifier.channels()};
  for (auto& finding : judge_upkeep(upkeep)) findings.push_back(std::move(finding));
  return findings;
}

void Doctor::examine_store(Findings& findings) {
  const StoreHealth health = parts_.inspector.check();
  for (const auto& damage : health.findings)
    findings.push_back({.severity = Severity::problem,
                        .check = "store",
                        .subject = "store",
                        .what = "the store is damaged",
                        .code = "store_corrupt",
                        .why = damage,
                        .hint = "restore it from a backup; 'certmgr db check' looks again"});
  if (health.findings.empty())
    findings.push_back(fine("store", "store",
                            "the store is sound: " + std::to_string(health.certificates) + " certificates, " +
                                std::to_string(health.keys) + " keys, " + std::to_string(health.events) +
                                " events"));
}

void Doctor::examine_files(Findings& findings) {
  const auto tell = [&](const DoctorSettings::File& file, const Result<void>& checked, const char* what) {
    if (checked)
      findings.push_back(fine(file.check, file.subject, file.path + what));
    else
      findings.push_back(finding_of(Severity::problem, file.check, file.subject, checked.error()));
  };
  for (const auto& file : settings_.secrets)
    tell(file, parts_.host.check_secret(file.path), " is there and private");
  for (const auto& file : settings_.programs) tell(file, parts_.host.check_program(file.path), " can be run");
}

void Doctor::examine_ways(Findings& findings) {
  const auto daemon = parts_.daemons.serving(TaskKind::order);
  for (const auto& way : settings_.ways) {
    const std::string type(to_string(way.type));
    const bool listens = !way.listen.empty();
    if (listens && daemon) {
      findings.push_back(fine("challenge", type, way.listen + " is left to the daemon (" + *daemon + ")"));
      continue;
    }
    // A webroot is not written to: where it leads depends on the name.
    ProofTrial::Trial trial;
    if (way.webroot.empty())
      trial = parts_.trial.try_out(kNobody, way, {});
    else if (const auto checked = parts_.trial.check(way); !checked)
      trial.unpublished = checked.error();
    Finding finding = judge_way({way, std::move(trial.unpublished)});
    if (finding.severity == Severity::warning) finding.severity = Severity::problem;
    findings.push_back(std::move(finding));
    for (const auto& fetched : trial.fetched)
      if (fetched.trouble)
        findings.push_back(finding_of(Severity::warning, "challenge", type, *fetched.trouble));
  }
}

CaHealth Doctor::health_of(const std::string& ca) {
  CaHealth health;
  health.facts.name = ca;
  health.terms_agreed = settings_.terms_agreed;
  const auto seen = parts_.scout.look(ca);
  if (!seen) {
    health.unreachable = seen.error();
    return health;
  }
  health.facts.caa_identities = seen->meta.caa_identities;
  health.facts.clock_ahead = seen->clock_ahead;
  health.terms_of_service = seen->meta.terms_of_service;
  health.external_account_required = seen->meta.external_account_required;
  health.external_account = seen->external_account;
  auto account = parts_.account_desk.registered(ca);
  if (!account) return health;
  health.account = std::move(*account);
  health.facts.account_url = health.account->url;
  if (const auto told = parts_.account_desk.look_up(ca))
    health.account_status = told->status;
  else
    health.account_trouble = told.error();
  return health;
}

void Doctor::examine_cas(const std::vector<Certificate>& certificates, Findings& findings) {
  std::set<std::string> names(settings_.cas.begin(), settings_.cas.end());
  for (const auto& certificate : certificates) names.insert(certificate.spec.ca);
  for (const auto& name : names) {
    const auto health = health_of(name);
    if (!health.unreachable) cas_[name] = health.facts;
    for (auto& finding : judge_ca(health)) findings.push_back(std::move(finding));
  }
}

void Doctor::examine_certificates(const std::vector<Certificate>& certificates, Findings& findings,
                                  Progress& progress) {
  bool ask_dns = true;
  std::size_t asked = 0;
  for (const auto& certificate : certificates) {
    findings.push_back(judge_certificate(
        {certificate, parts_.certificates.current(certificate.id), parts_.orders.last_order(certificate.id)},
        parts_.clock.now()));
    if (!ask_dns || asked == kMostInDns) continue;
    ++asked;
    progress.step(certificate.spec.label, "looking at CAA records and addresses");
    const auto ca = cas_.find(certificate.spec.ca);
    auto names = parts_.preflight.names_only(
        certificate.spec, ca == cas_.end() ? std::nullopt : std::optional<CaFacts>(ca->second));
    ask_dns = !dns_is_silent(names);
    add_names(certificate.spec.label, std::move(names), findings);
  }
  if (asked < certificates.size() && ask_dns)
    findings.push_back(fine("names", "dns",
                            "the DNS was asked for the names of the first " + std::to_string(asked) + " of " +
                                std::to_string(certificates.size()) + " certificates"));
}

void Doctor::examine_servers(Findings& findings) {
  for (const auto& server : parts_.servers.list()) {
    const ServerTest test = parts_.servers.test(server.name);
    ServerHealth health{server, test.places, {}, test.check, test.served, test.expected};
    for (const auto& path : {server.files.key, server.files.combined}) {
      if (path.empty() || health.key_file) continue;
      if (const auto checked = parts_.host.check_key_in_place(path); !checked)
        health.key_file = checked.error();
    }
    for (auto& finding : judge_server(health)) findings.push_back(std::move(finding));
  }
}

std::vector<Certificate> Doctor::all_certificates() {
  std::vector<Certificate> all;
  while (true) {
    auto page = parts_.certificates.list(all.empty() ? "" : all.back().spec.label, kPage);
    if (page.empty()) return all;
    all.insert(all.end(), std::make_move_iterator(page.begin()), std::make_move_iterator(page.end()));
  }
}

}  // namespace certmgr
