// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "platform/acceptor.h"

namespace certmgr::solvers {

class TokenAnswers;

/// Serves the pending tokens on a listening socket, and 404 for all else. It is open to the whole internet: a
/// connection may live for five seconds and send 16 KiB, whatever it does.
class Responder {
 public:
  explicit Responder(platform::Fd listening);
  ~Responder();
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;

  void add(const std::string& token, const std::string& key_authorization);
  void remove(const std::string& token);
  [[nodiscard]] bool empty() const;

 private:
  std::unique_ptr<TokenAnswers> answers_;
  platform::Acceptor acceptor_;  // ends first: its threads use the answers
};

}  // namespace certmgr::solvers
