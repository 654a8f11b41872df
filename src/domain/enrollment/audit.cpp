// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/audit.h"

#include "domain/overloaded.h"

namespace certmgr::enrollment {
namespace {

void put(EventDraft& event, const char* key, const std::string& value) {
  if (!value.empty()) event.data[key] = value;
}

EventDraft about(const Enrollment& enrollment, std::string_view word, Digest sha256) {
  const Request& request = enrollment.request;
  return {"enrollment." + std::string(word),
          request.spec.label,
          {{"enrollment", std::to_string(enrollment.id)},
           {"ca", request.spec.ca},
           {"level", std::string(to_string(request.level))},
           {"organization", std::to_string(request.organization_id)},
           {"organization_version", std::to_string(request.organization_version)},
           {"revision", std::to_string(request.revision)},
           {"request_hash", sha256(canonical(request))}}};
}

std::string roles_of(const Actor& actor) {
  std::string text;
  for (const auto role : actor.roles) text += (text.empty() ? "" : " ") + std::string(to_string(role));
  return text;
}

/// What was said, or why it came so.
std::string reason_of(const Event& event) {
  return std::visit(
      [](const auto& e) -> std::string {
        if constexpr (requires { e.reason; })
          return e.reason;
        else if constexpr (requires { e.comment; })
          return e.comment;
        else
          return {};
      },
      event);
}

void put_trouble(EventDraft& event, const Trouble& trouble) {
  put(event, "code", trouble.code);
  put(event, "why", trouble.why);
  put(event, "detail", trouble.detail);  // the CA's problem document, as it came
}

void put_state(EventDraft& event, const State& state) {
  std::visit(overloaded{
                 [&](const BlockedOrg& s) { put_trouble(event, s.trouble); },
                 [&](const BlockedCa& s) { put_trouble(event, s.trouble); },
                 [&](const Ordered& s) {
                   if (s.placeholder_id != 0) put(event, "placeholder", std::to_string(s.placeholder_id));
                 },
                 [&](const ActionRequired& s) {
                   put_trouble(event, s.trouble);
                   put(event, "url", s.url);
                 },
                 [&](const Quarantined& s) {
                   put(event, "version", std::to_string(s.version_id));
                   if (s.verdict.faults.empty()) return;
                   put(event, "code", s.verdict.faults.front().code);
                   put(event, "why", s.verdict.faults.front().why);
                 },
                 [&](const Issued& s) {
                   put(event, "version", std::to_string(s.version_id));
                   if (s.level) put(event, "level_found", std::string(to_string(*s.level)));
                 },
                 [&](const Expired& s) { put_trouble(event, s.trouble); },
                 [&](const Failed& s) {
                   put_trouble(event, s.trouble);
                   if (s.revoke_version != 0) put(event, "revoke", std::to_string(s.revoke_version));
                 },
                 [](const auto&) {},
             },
             state);
}

void put_actor(EventDraft& event, const Event& cause) {
  put(event, "event", std::string(name_of(cause)));
  const auto* actor = actor_of(cause);
  if (actor == nullptr) return;
  put(event, "by", actor->person);
  put(event, "roles", roles_of(*actor));
}

}  // namespace

EventDraft opened_event(const Enrollment& enrollment, Digest sha256) {
  EventDraft event = about(enrollment, "opened", sha256);
  put(event, "by", enrollment.authors.empty() ? "" : enrollment.authors.front());
  return event;
}

EventDraft moved_event(const Enrollment& before, const Enrollment& after, const Event& event, Digest sha256) {
  EventDraft draft = about(after, name_of(after.state), sha256);
  put(draft, "from", std::string(name_of(before.state)));
  put_actor(draft, event);
  put_state(draft, after.state);
  put(draft, "reason", reason_of(event));
  return draft;
}

EventDraft timed_event(const Enrollment& before, const Enrollment& after, Digest sha256) {
  EventDraft draft = about(after, name_of(after.state), sha256);
  put(draft, "from", std::string(name_of(before.state)));
  put_state(draft, after.state);
  return draft;
}

EventDraft refused_event(const Enrollment& enrollment, const Event& event, const Trouble& trouble,
                         Digest sha256) {
  EventDraft draft = about(enrollment, "refused", sha256);
  put(draft, "state", std::string(name_of(enrollment.state)));
  put_actor(draft, event);
  put_trouble(draft, trouble);
  return draft;
}

}  // namespace certmgr::enrollment
