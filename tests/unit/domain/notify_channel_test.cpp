// SPDX-License-Identifier: MIT
#include "certmgr/domain/notify_channel.h"

#include <gtest/gtest.h>

#include <string>

namespace certmgr {
namespace {

TEST(MailAddress, IsOneAddressAndNothingElse) {
  for (const char* good : {"ops@example.com", "a.b+c@mx.example", "root@localhost", "x'y@example.com"})
    EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad :
       {"", "ops", "@example.com", "ops@", "a@b@c", "Ops <ops@example.com>", "ops@example.com,b@example.com",
        "ops@example.com\r\nBcc: all@example.com", "ops @example.com", "o\tps@example.com", "ops@ex\x01mple",
        "\xc3\xb6ps@example.com", "\"o ps\"@example.com", "-oX@example.com"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  EXPECT_FALSE(is_mail_address(std::string(251, 'a') + "@b.c"));
}

TEST(Webhook, GoesOverTheNetworkEncryptedOnly) {
  for (const char* good :
       {"https://hooks.example.com/x", "https://10.0.0.1:8443/?a=b", "http://127.0.0.1:8080/x",
        "http://[::1]:80/", "http://localhost/", "http://localhost:99", "http://127.0.0.1?x"})
    EXPECT_EQ(why_no_webhook(good), std::nullopt) << good;
  for (const char* bad :
       {"", "ftp://example.com/", "http://example.com/", "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/", "http://localhost:80@example.com/", "http://127.0.0.1:/x",
        "http://127.0.0.1:8x/", "https://", "https:///x", "https://user:pw@example.com/",
        "https://example.com/\r\nX: y", "https://example.com/a b", "HTTPS://example.com",
        "http://localhost\\@example.com/"})
    EXPECT_NE(why_no_webhook(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace certmgr
