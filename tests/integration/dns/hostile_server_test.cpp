// SPDX-License-Identifier: MIT
// What a name server may send to harm us, or somebody in its place.
#include "integration/dns/hostile_server.h"

#include "adapters/dns/exchange.h"
#include "adapters/dns/records.h"
#include "integration/dns/servers.h"

namespace certmgr::dns::testing {
namespace {

using ::testing::HasSubstr;

constexpr Duration kShort = std::chrono::milliseconds(200);
constexpr Duration kLong = std::chrono::seconds(20);
constexpr std::uint8_t kResponse = 0x80;   // QR, in the third octet
constexpr std::uint8_t kTruncated = 0x02;  // TC, likewise

std::vector<Message> nothing(const Message&) { return {}; }
Message silence(const Message&) { return {}; }

/// The question sent back as an answer without records.
Message empty_answer(Message question) {
  question[2] |= kResponse;
  return question;
}
Message framed(const Message& message) {
  Message all{static_cast<std::uint8_t>(message.size() >> 8U),
              static_cast<std::uint8_t>(message.size() & 0xFFU)};
  all.insert(all.end(), message.begin(), message.end());
  return all;
}
PacketPtr question() { return make_question("www.example.test", LDNS_RR_TYPE_TXT, {}); }

TEST(HostileServer, AnAnswerToAnotherQuestionIsNotTaken) {
  const HostileServer server(
      [](const Message& asked) {
        auto other_id = empty_answer(asked);
        other_id[0] ^= 0xFFU;
        auto other_name = empty_answer(asked);
        other_name[13] = 'x';
        return std::vector<Message>{{}, {1, 2, 3}, Message(600, 0xFF), asked, other_id, other_name};
      },
      silence);
  const auto reply = ask(server.at(), *question(), kShort);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error(), "no answer within 200 ms");
}

TEST(HostileServer, TheRightAnswerIsTakenBehindWrongOnes) {
  const HostileServer server(
      [](const Message& asked) {
        auto other_id = empty_answer(asked);
        other_id[0] ^= 0xFFU;
        return std::vector<Message>{Message(600, 0xFF), other_id, empty_answer(asked)};
      },
      silence);
  EXPECT_TRUE(ask(server.at(), *question(), kLong));
}

TEST(HostileServer, ALostDatagramIsSentAgain) {
  int count = 0;
  const HostileServer server(
      [&count](const Message& asked) {
        return ++count == 1 ? std::vector<Message>() : std::vector<Message>{empty_answer(asked)};
      },
      silence);
  EXPECT_TRUE(ask(server.at(), *question(), std::chrono::seconds(4)));
}

TEST(HostileServer, AStreamIsBounded) {
  const auto truncated = [](const Message& asked) {
    auto answer = empty_answer(asked);
    answer[2] |= kTruncated;
    return std::vector<Message>{answer};
  };
  struct Case {
    const char* name;
    HostileServer::OnStream on_stream;
    const char* said;
  };
  const std::vector<Case> cases = {
      {"nothing", silence, "no answer within"},
      {"half a length", [](const Message&) { return Message{0}; }, "no answer within"},
      {"less than promised",
       [](const Message&) {
         return Message{255, 255, 1, 2, 3};
       },
       "no answer within"},
      {"garbage", [](const Message&) { return framed(Message(64, 0xFF)); }, "cannot be read"},
      {"an empty message", [](const Message&) { return framed({}); }, "cannot be read"},
      {"another question",
       [](const Message& asked) {
         auto answer = empty_answer(asked);
         answer[13] = 'x';
         return framed(answer);
       },
       "another question"}};
  for (const auto& c : cases) {
    const HostileServer server(truncated, c.on_stream);
    const auto reply = ask(server.at(), *question(), kShort);
    ASSERT_FALSE(reply) << c.name;
    EXPECT_THAT(reply.error(), HasSubstr(c.said)) << c.name;
  }
}

TEST(HostileServer, AnUpdateThatIsConfirmedWithoutASignatureIsNotBelieved) {
  const lab::LabKey key;
  const TsigKey tsig{key.name, key.algorithm, platform::SecretText(key.secret)};
  const auto proof = record("www.example.test");
  const Update update{"example.test", UpdateKind::add, {&proof, 1}, 60};
  const auto strip = [](Message sent) {
    // The header says that nothing follows but the zone: no signature.
    sent[2] |= kResponse;
    for (const std::size_t count : {6U, 7U, 8U, 9U, 10U, 11U}) sent[count] = 0;
    return framed(sent);
  };
  // As it was sent: signed, but over the request.
  const auto reflect = [](Message sent) {
    sent[2] |= kResponse;
    return framed(sent);
  };
  for (const HostileServer::OnStream& lie :
       {HostileServer::OnStream(strip), HostileServer::OnStream(reflect)}) {
    const HostileServer server(nothing, lie);
    const auto done = send_update(server.at(), update, tsig, kLong, "cannot update");
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, "dns_update_unsigned");
  }
}

}  // namespace
}  // namespace certmgr::dns::testing
