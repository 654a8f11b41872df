// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "certmgr/domain/instant.h"

namespace certmgr {

/// What can be done about a trouble; everything that decides (retry, exit code) looks at this alone.
enum class TroubleKind {
  usage,          // the request itself cannot be carried out: ask differently
  configuration,  // the configuration or the environment it names must change first
  transient,      // may pass by itself (network, 5xx, rate limit, port busy): try again
  permanent,      // will fail again until somebody changes something
  waiting,        // nothing is wrong; something outside must happen first
  store,          // the store cannot be read or written
};

/// An expected failure, complete enough to be shown to a person. Immutable value, safe to copy
/// between threads. Never holds secrets.
struct Trouble {
  TroubleKind kind = TroubleKind::permanent;
  std::string code{};                 // stable word for scripts, for example "ca_unreachable"
  std::string what{};                 // what failed, and where: "cannot deploy to kamailio1"
  std::string why{};                  // the reason in one line
  std::string hint{};                 // what to do next
  std::string detail{};               // longer machine output: problem document, last output of a hook
  std::optional<Instant> retry_at{};  // the other side said: not before this moment
  std::string url{};    // a page where a person can see to it (`instance`, RFC 8555 section 6.7)
  bool unsent = false;  // the other side certainly got nothing of the request

  /// "what: why" in one line.
  [[nodiscard]] std::string message() const;
  bool operator==(const Trouble&) const = default;
};

template <class T>
using Result = tl::expected<T, Trouble>;

inline tl::unexpected<Trouble> fail(Trouble trouble) { return tl::unexpected<Trouble>(std::move(trouble)); }

/// A trouble no caller in between can do anything about (the store is full, the caller's request is
/// void). Thrown by stores and services; caught once per engine step and once in main.
class Failure : public std::exception {
 public:
  explicit Failure(Trouble trouble) : trouble_(std::move(trouble)), text_(trouble_.message()) {}
  [[nodiscard]] const Trouble& trouble() const noexcept { return trouble_; }
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  Trouble trouble_;
  std::string text_;
};

/// The value, or Failure with the trouble.
template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw Failure(std::move(result.error()));
  return std::move(*result);
}
inline void value_or_throw(Result<void> result) {
  if (!result) throw Failure(std::move(result.error()));
}

}  // namespace certmgr
