// SPDX-License-Identifier: MIT
#include "crypto/issuer_memory.h"

#include <gtest/gtest.h>

#include <thread>

#include "crypto/certificate_chain.h"
#include "unit/crypto/certificate_maker.h"

namespace certmgr::crypto {
namespace {

class Issuers : public ::testing::Test {
 protected:
  X509Ptr ask(const std::string& der) {
    return value_or_throw(memory_.certificate(as_bytes(der), [&]() -> Result<X509Ptr> {
      ++decoded_;
      const auto* octets = as_bytes(der).data();
      return X509Ptr(d2i_X509(nullptr, &octets, static_cast<long>(der.size())));
    }));
  }
  static std::string authority(const std::string& name) {
    return testing::der(testing::make_certificate({.subject_cn = name, .authority = true}));
  }

  IssuerMemory memory_;
  int decoded_ = 0;
};

TEST_F(Issuers, are_decoded_once) {
  const std::string one = authority("One");
  const std::string two = authority("Two");
  EXPECT_EQ(display_name(*ask(one)), "CN=One");
  EXPECT_EQ(display_name(*ask(two)), "CN=Two");
  EXPECT_EQ(display_name(*ask(one)), "CN=One");
  EXPECT_EQ(decoded_, 2);
}

TEST_F(Issuers, outlive_the_memory) {
  auto memory = std::make_unique<IssuerMemory>();
  const std::string der = authority("One");
  const auto again = [&] {
    return value_or_throw(memory->certificate(as_bytes(der), [&]() -> Result<X509Ptr> {
      const auto* octets = as_bytes(der).data();
      return X509Ptr(d2i_X509(nullptr, &octets, static_cast<long>(der.size())));
    }));
  };
  const X509Ptr first = again();
  const X509Ptr second = again();
  EXPECT_EQ(first.get(), second.get());
  memory.reset();
  EXPECT_EQ(display_name(*second), "CN=One");
}

TEST_F(Issuers, that_cannot_be_decoded_are_not_remembered) {
  const std::string der = "no certificate";
  const auto refuse = [&]() -> Result<X509Ptr> {
    ++decoded_;
    return fail(Trouble{});
  };
  EXPECT_FALSE(memory_.certificate(as_bytes(der), refuse));
  EXPECT_FALSE(memory_.certificate(as_bytes(der), refuse));
  EXPECT_EQ(decoded_, 2);
}

TEST_F(Issuers, do_not_pile_up) {
  const std::string first = authority("First");
  static_cast<void>(ask(first));
  for (int i = 0; i < 20; ++i) static_cast<void>(ask(authority("Other " + std::to_string(i))));
  decoded_ = 0;
  EXPECT_EQ(display_name(*ask(first)), "CN=First");
  EXPECT_EQ(decoded_, 1);
}

TEST(IssuersOfManyThreads, can_be_read_at_once) {
  const testing::Pair root = testing::make_certificate({.subject_cn = "Root", .authority = true});
  const testing::Pair leaf = testing::make_certificate({.alt_names = "DNS:a.example.com"}, &root);
  const std::string chain = testing::pem(leaf) + testing::pem(root);
  std::vector<std::jthread> threads;
  std::atomic<int> whole = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 20; ++turn) {
        const auto facts = read_chain(chain);
        whole += facts && !facts->broken_link && facts->chain_pem == chain ? 1 : 0;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(whole, 80);
}

}  // namespace
}  // namespace certmgr::crypto
