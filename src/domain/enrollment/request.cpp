// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/request.h"

#include <algorithm>
#include <chrono>
#include <variant>

#include "certmgr/domain/csr_subject.h"
#include "certmgr/domain/organization_check.h"

namespace certmgr::enrollment {
namespace {

tl::unexpected<Trouble> refuse(const CertificateSpec& spec, std::string code, std::string why,
                               std::string hint) {
  return fail({.kind = TroubleKind::usage,
               .code = std::move(code),
               .what = "cannot request the certificate " + spec.label,
               .why = std::move(why),
               .hint = std::move(hint)});
}

/// Writes values behind their lengths: no value can look like the beginning of another one.
class Scope {
 public:
  explicit Scope(std::string_view title) : text_(std::string(title) + "\n") {}

  void put(std::string_view key, std::string_view value) {
    text_.append(key).append(" ").append(std::to_string(value.size())).append(":").append(value).append("\n");
  }
  void put(std::string_view key, std::int64_t value) { put(key, std::to_string(value)); }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string text_of(const std::optional<ValidityBound>& bound) {
  if (!bound) return "";
  if (const auto* moment = std::get_if<Instant>(&*bound))
    return "at " + std::to_string(moment->time_since_epoch().count());
  return "after " + std::to_string(std::get<Duration>(*bound).count());
}

void put_certificate(Scope& scope, const CertificateSpec& spec) {
  scope.put("label", spec.label);
  for (const auto& identifier : canonical(spec.identifiers))
    scope.put(to_string(identifier.type), identifier.value);
  scope.put("ca", spec.ca);
  scope.put("profile", spec.profile.name);
  scope.put("profile_required", spec.profile.required ? 1 : 0);
  scope.put("preferred_chain", spec.preferred_chain);
  scope.put("key_type", to_string(spec.key_type));
  scope.put("reuse_key", spec.reuse_key ? 1 : 0);
  scope.put("csr", std::string(spec.csr.begin(), spec.csr.end()));
  scope.put("not_before", text_of(spec.not_before));
  scope.put("not_after", text_of(spec.not_after));
}

void put_organization(Scope& scope, const Request& request) {
  scope.put("level", to_string(request.level));
  scope.put("organization", request.organization_id);
  for (const auto& attribute : request.subject) scope.put(attribute.oid, attribute.value);
}

}  // namespace

Result<Request> make_request(CertificateSpec spec, const Organization& organization, Day today) {
  const auto level = parse_organization_level(spec.level);
  if (!level)
    return refuse(spec, "bad_level", "the level '" + spec.level + "' vouches for no organization",
                  "use ov or ev");
  const auto& names = spec.identifiers;
  if (names.empty()) return refuse(spec, "bad_identifier", "it has no name", "give at least one name");
  if (*level == OrganizationLevel::ev)
    for (const auto& name : names) {
      if (name.type != IdentifierType::dns)
        return refuse(spec, "bad_identifier",
                      "no CA may put the address " + name.value + " into an EV certificate",
                      "name the host, or use ov");
      if (name.wildcard())
        return refuse(spec, "bad_identifier",
                      "no CA may put the wildcard " + name.value + " into an EV certificate",
                      "name each host, or use ov");
    }
  const auto findings = check_organization(organization.record, *level, today);
  if (!findings.sound())
    return fail(all_findings(
        "cannot request the certificate " + spec.label + " for the organization " + organization.record.name,
        findings.faults));
  if (auto writable = csr_subject(certificate_level(*level), organization.record); !writable)
    return fail(std::move(writable.error()));
  return Request{.spec = std::move(spec),
                 .level = *level,
                 .organization_id = organization.id,
                 .organization_version = organization.version,
                 .subject = subject_of(organization.record, *level)};
}

std::string canonical(const Request& request) {
  Scope scope("certmgr enrollment 1");
  scope.put("revision", request.revision);
  put_certificate(scope, request.spec);
  put_organization(scope, request);
  scope.put("organization_version", request.organization_version);
  return scope.take();
}

std::string renewal_scope(const Request& request) {
  Scope scope("certmgr renewals 1");
  put_certificate(scope, request.spec);
  put_organization(scope, request);
  return scope.take();
}

CertificateSpec ordered_spec(const Request& request) {
  auto spec = request.spec;
  spec.fallback_cas = std::vector<std::string>{};
  return spec;
}

}  // namespace certmgr::enrollment
