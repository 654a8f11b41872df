// SPDX-License-Identifier: MIT
#include "answers/enrollment_answers.h"

#include <map>

#include "answers/enrollment_views.h"
#include "certmgr/domain/order_wish.h"

namespace certmgr::answers {

using nlohmann::ordered_json;

namespace {

/// Who asks what, of which application.
struct Matter {
  Application& app;
  const enrollment::Actor& by;
  const EnrollmentAsk& ask;
  Progress& progress;
};

/// "2027-01-31T12:00:00Z", or "30d" from now on. Empty: nothing.
std::optional<Instant> moment_of(const std::string& text, Instant now) {
  if (text.empty()) return std::nullopt;
  const auto bound = parse_validity_bound(text);
  if (!bound)
    throw Failure({.kind = TroubleKind::usage,
                   .code = "bad_time",
                   .what = "cannot read the time '" + text + "'",
                   .why = "it is neither a moment nor a length of time",
                   .hint = "write 2027-01-31T12:00:00Z, or 2h or 30d for so long from now"});
  if (const auto* at = std::get_if<Instant>(&*bound)) return *at;
  return now + std::get<Duration>(*bound);
}

void must_be_short(const std::string& text) {
  if (text.size() <= kLongestText) return;
  throw Failure(
      {.kind = TroubleKind::usage,
       .code = "bad_reason",
       .what = "cannot keep what was written",
       .why = "it has " + std::to_string(text.size()) + " octets, more than " + std::to_string(kLongestText),
       .hint = "say it shorter, or name the document that says it"});
}

void must_see(const Matter& matter) { value_or_throw(enrollment::permit(matter.by, enrollment::Deed::see)); }

Answer told(const Matter& matter, const EnrollmentSight& sight) {
  return answers::told(matter.app.enrollments(), sight);
}

Answer list(const Matter& matter) {
  if (matter.ask.limit < 1 || matter.ask.limit > kMostListed)
    throw Failure({.kind = TroubleKind::usage,
                   .code = "bad_limit",
                   .what = "cannot list enrollments",
                   .why = "the limit is not between 1 and " + std::to_string(kMostListed),
                   .hint = "ask for 100"});
  const auto sights = matter.app.enrollments().list(matter.by, !matter.ask.all, 0, matter.ask.limit);
  auto views = ordered_json::array();
  for (const auto& sight : sights) views.push_back(enrollment_view(sight));
  const std::string none = matter.ask.all ? "no enrollments yet" : "no enrollment is open";
  return {
      {{"enrollments", std::move(views)}},
      sights.empty() ? none + "; request one with 'certmgr issue --level ov'\n" : enrollment_table(sights)};
}

Answer show(const Matter& matter) {
  must_see(matter);
  auto& desk = matter.app.enrollments();
  const auto sight = desk.show(matter.ask.id);
  const auto context = desk.context(sight.enrollment);
  const auto grants = desk.grants(matter.ask.id);
  // A script that waits for the end asks for this.
  Answer answer{{{"enrollment", enrollment_details(sight, context, grants)}},
                enrollment_text(sight, context, grants),
                !enrollment::is_final(sight.enrollment.state)};
  // Not what is approved, and yet what comes of it.
  auto servers = ordered_json::array();
  std::string words;
  for (const auto& server : matter.app.certificate_store().servers_of(sight.enrollment.certificate_id)) {
    servers.push_back(server.name);
    words += " " + server.name;
  }
  answer.document["enrollment"]["servers"] = std::move(servers);
  answer.text += words.empty() ? "  it goes to no server by itself\n" : "  it goes to:" + words + "\n";
  return answer;
}

Answer history(const Matter& matter) {
  must_see(matter);
  const auto sight = matter.app.enrollments().show(matter.ask.id);
  const auto events = matter.app.events().events(sight.enrollment.request.spec.label, 10'000);
  const std::string id = std::to_string(matter.ask.id);
  std::vector<Event> own;
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    const auto named = event->draft.data.find("enrollment");
    if (event->draft.kind.starts_with("enrollment.") && named != event->draft.data.end() &&
        named->second == id)
      own.push_back(*event);
  }
  return {{{"events", enrollment_events(own)}}, enrollment_events_text(own)};
}

Answer approve(const Matter& matter) {
  const auto& ask = matter.ask;
  const Instant now = matter.app.clock().now();
  enrollment::Approve event{matter.by,
                            ask.request_hash,
                            ask.comment,
                            {moment_of(ask.not_before, now), moment_of(ask.not_after, now)}};
  return told(matter, matter.app.enrollments().act(ask.id, std::move(event)));
}

/// Deny, Accept, Await, Withdraw: a reason belongs to them.
template <class Event>
Answer decide(const Matter& matter) {
  return told(matter, matter.app.enrollments().act(matter.ask.id, Event{matter.by, matter.ask.reason}));
}

/// What is at the CA goes its way there (RFC 8555 has no way to take an order back).
Answer withdraw(const Matter& matter) {
  const auto before = matter.app.enrollments().show(matter.ask.id);
  const bool sent =
      before.order && !is_final(before.order->state) && !order_url_of(before.order->state).empty();
  Answer answer = decide<enrollment::Withdraw>(matter);
  if (!sent) return answer;
  const std::string note = "the CA " + before.enrollment.request.spec.ca +
                           " has the order and may still issue; what it issues is not fetched: tell its desk";
  answer.document["note"] = note;
  answer.text += "  note: " + note + "\n";
  return answer;
}

Answer resume(const Matter& matter) {
  return told(matter, matter.app.enrollments().act(matter.ask.id, enrollment::Resume{matter.by}));
}

Answer reject(const Matter& matter) {
  auto& app = matter.app;
  const auto sight = app.enrollments().act(
      matter.ask.id, enrollment::Reject{matter.by, matter.ask.reason, matter.ask.revoke});
  Answer answer = told(matter, sight);
  const auto* failed = std::get_if<enrollment::Failed>(&sight.enrollment.state);
  const auto version = failed != nullptr && failed->revoke_version != 0
                           ? app.certificate_store().version(failed->revoke_version)
                           : std::nullopt;
  if (!version) return answer;
  RevocationOrder order;
  order.label = sight.enrollment.request.spec.label;
  order.version = version->number;
  order.reason = RevocationReason::superseded;
  order.renew = false;
  const auto report = app.revocation_desk().revoke(order, matter.progress);
  if (!report.trouble) return answer;
  answer.trouble = report.trouble;
  answer.trouble->hint = "it is rejected all the same; to have it revoked: certmgr revoke " + order.label +
                         " --version " + std::to_string(version->number) + " --reason superseded";
  return answer;
}

Answer grant(const Matter& matter) {
  auto& desk = matter.app.enrollments();
  const auto until = moment_of(matter.ask.until, matter.app.clock().now());
  if (!until)
    throw Failure({.kind = TroubleKind::usage,
                   .code = "bad_time",
                   .what = "cannot grant renewals",
                   .why = "no end is given",
                   .hint = "--until 300d"});
  const auto given = desk.grant(matter.ask.id, matter.by, *until);
  const auto sight = desk.show(matter.ask.id);
  const auto persons = static_cast<int>(given.words.size());
  return {{{"grant",
            {{"id", given.id},
             {"persons", persons},
             {"wanted", sight.quorum},
             {"until", to_rfc3339(given.until)}}}},
          "grant " + std::to_string(given.id) + " for renewals of " + sight.enrollment.request.spec.label +
              " until " + to_rfc3339(given.until) + ", given by " + std::to_string(persons) + " of " +
              std::to_string(sight.quorum) + "\n",
          persons < sight.quorum};
}

Answer revoke_grant(const Matter& matter) {
  const auto ended = matter.app.enrollments().revoke_grant(matter.ask.id, matter.by);
  return {{{"grant", {{"id", ended.id}, {"revoked_by", ended.revoked_by}}}},
          "grant " + std::to_string(ended.id) + " is revoked\n"};
}

using Run = Answer (*)(const Matter&);

const std::map<std::string_view, Run>& runs() {
  static const std::map<std::string_view, Run> all{{"list", list},
                                                   {"show", show},
                                                   {"history", history},
                                                   {"approve", approve},
                                                   {"deny", decide<enrollment::Deny>},
                                                   {"withdraw", withdraw},
                                                   {"resume", resume},
                                                   {"accept", decide<enrollment::Accept>},
                                                   {"reject", reject},
                                                   {"await", decide<enrollment::Await>},
                                                   {"grant", grant},
                                                   {"revoke-grant", revoke_grant}};
  return all;
}

}  // namespace

Answer carry_out(Application& app, const enrollment::Actor& by, const EnrollmentAsk& ask,
                 Progress& progress) {
  return answered([&] {
    must_be_short(ask.reason);
    must_be_short(ask.comment);
    return runs().at(ask.verb)({app, by, ask, progress});
  });
}

}  // namespace certmgr::answers
