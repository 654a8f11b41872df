// SPDX-License-Identifier: MIT
#include "certmgr/domain/request_body.h"

#include <gtest/gtest.h>

namespace certmgr {
namespace {

using Octets = std::vector<std::uint8_t>;

/// SEQUENCE { SEQUENCE body, signature }
Octets request(std::uint8_t body, std::uint8_t signature) {
  return {0x30, 0x06, 0x30, 0x01, body, 0x03, 0x01, signature};
}

TEST(RequestBody, IsTheSameWithAnotherSignature) {
  EXPECT_TRUE(ask_for_the_same(request(7, 1), request(7, 2)));
  EXPECT_FALSE(ask_for_the_same(request(7, 1), request(8, 1)));
}

TEST(RequestBody, IsReadWithLongLengths) {
  Octets body(0x81, 5);
  body.insert(body.begin(), {0x30, 0x81, 0x81});
  Octets one{0x30, 0x82, 0x00, static_cast<std::uint8_t>(body.size() + 3)};
  one.insert(one.end(), body.begin(), body.end());
  Octets other = one;
  one.insert(one.end(), {0x03, 0x01, 0x01});
  other.insert(other.end(), {0x03, 0x01, 0x02});
  EXPECT_TRUE(ask_for_the_same(one, other));
  other[20] = 6;
  EXPECT_FALSE(ask_for_the_same(one, other));
}

TEST(RequestBody, WhatIsNoneIsLikeNothing) {
  for (const Octets& none : {Octets{}, Octets{0x30}, Octets{0x30, 0x05, 0x30}, Octets{0x31, 0x02, 0x30, 0x00},
                             Octets{0x30, 0x80, 0x30, 0x00}, Octets{0x30, 0x85, 1, 1, 1, 1, 1, 0x30, 0x00},
                             Octets{0x30, 0x02, 0x30, 0x7F}, Octets{0x30, 0x00}})
    EXPECT_FALSE(ask_for_the_same(none, none));
}

}  // namespace
}  // namespace certmgr
