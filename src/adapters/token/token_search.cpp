// SPDX-License-Identifier: MIT
#include "adapters/token/token_search.h"

#include <string.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "adapters/token/pkcs11_module.h"

namespace certmgr::token {
namespace {

using cryptoki::Ulong;

constexpr Ulong kMostSlots = 256;

tl::unexpected<Trouble> refuse(std::string code, const TokenKey& key, std::string why, std::string hint) {
  return fail({.kind = TroubleKind::usage,
               .code = std::move(code),
               .what = "cannot use the key " + to_uri(key),
               .why = std::move(why),
               .hint = std::move(hint)});
}

tl::unexpected<Trouble> failed(const TokenKey& key, const std::string& doing, Ulong error) {
  return refuse("token_failed", key, doing + ": PKCS#11 error " + std::to_string(error),
                "try the token with 'pkcs11-tool --module MODULE --list-objects --login'");
}

/// A text of the token, which is padded with blanks.
template <std::size_t Size>
std::string_view text(const char (&padded)[Size]) {
  std::string_view view(padded, Size);
  const auto end = view.find_last_not_of(' ');
  return view.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

bool fits(std::string_view wanted, std::string_view found) { return wanted.empty() || wanted == found; }

struct Found {
  Ulong slot = 0;
  Ulong flags = 0;
};

Result<Found> find_token(const Pkcs11Module& module, const TokenKey& key) {
  std::vector<Ulong> slots(kMostSlots);
  Ulong count = kMostSlots;
  if (const auto answer = module->get_slot_list(1, slots.data(), &count); answer != cryptoki::kOk)
    return failed(key, "the module lists no slots", answer);
  slots.resize(std::min(count, kMostSlots));
  std::optional<Found> found;
  std::string others;
  for (const Ulong slot : slots) {
    cryptoki::TokenInfo info{};
    if (module->get_token_info(slot, &info) != cryptoki::kOk ||
        (info.flags & cryptoki::kTokenInitialized) == 0)
      continue;
    if (fits(key.token, text(info.label)) && fits(key.serial, text(info.serial)) &&
        fits(key.model, text(info.model)) && fits(key.manufacturer, text(info.manufacturer))) {
      if (found)
        return refuse("token_ambiguous", key, "two tokens fit", "name the token by its serial=, too");
      found = Found{slot, info.flags};
    }
    others += (others.empty() ? "" : ", ") + std::string(text(info.label));
  }
  if (found) return *found;
  return refuse("token_missing", key,
                others.empty() ? "the module shows no token to this user" : "the tokens there are: " + others,
                "see that the token is there and this user may use it; 'pkcs11-tool --module MODULE "
                "--list-token-slots' shows them");
}

class Session {
 public:
  Session(const Pkcs11Module& module, Ulong slot) : module_(module) {
    answer_ = module_->open_session(slot, cryptoki::kSerialSession, nullptr, nullptr, &handle_);
  }
  ~Session() {
    if (answer_ == cryptoki::kOk) module_->close_session(handle_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] Ulong answer() const { return answer_; }
  [[nodiscard]] Ulong handle() const { return handle_; }

 private:
  const Pkcs11Module& module_;
  Ulong handle_ = 0;
  Ulong answer_ = 0;
};

std::string why_refused(Ulong answer) {
  if (answer == cryptoki::kPinLocked) return "its PIN is locked after too many wrong ones";
  if (answer == cryptoki::kPinExpired) return "its PIN has expired";
  if (answer == cryptoki::kPinLength || answer == cryptoki::kPinInvalid)
    return "the PIN has a form the token does not take";
  return "the PIN is wrong";
}

/// Once: a token locks itself after a few wrong PINs.
Result<void> log_in(const Pkcs11Module& module, const Session& session, const Found& token,
                    const TokenKey& key, std::string pin) {
  if ((token.flags & cryptoki::kLoginRequired) == 0) return {};
  if (pin.empty())
    return refuse("pin_missing", key, "the token wants a PIN",
                  "put it into a file of mode 0600 and add ?pin-source=file:/PATH");
  if ((token.flags & (cryptoki::kPinFinalTry | cryptoki::kPinIsLocked)) != 0)
    return refuse("pin_refused", key, "one more wrong PIN would lock the token, or it is locked",
                  "log in to it by hand, with 'pkcs11-tool --login', which resets the count");
  const auto answer = module->login(session.handle(), cryptoki::kUser,
                                    reinterpret_cast<unsigned char*>(pin.data()), pin.size());
  explicit_bzero(pin.data(), pin.size());
  if (answer == cryptoki::kOk) return {};
  if (answer >= cryptoki::kPinIncorrect && answer <= cryptoki::kPinLocked)
    return refuse("pin_refused", key, why_refused(answer), "look at the file that pin-source names");
  return failed(key, "the token takes no login", answer);
}

Result<void> look_for_key(const Pkcs11Module& module, const Session& session, const TokenKey& key) {
  Ulong wanted_class = cryptoki::kPrivateKey;
  std::string label = key.object;
  std::string id = key.id;
  std::vector<cryptoki::Attribute> wanted{{cryptoki::kClass, &wanted_class, sizeof(wanted_class)}};
  if (!label.empty()) wanted.push_back({cryptoki::kLabel, label.data(), label.size()});
  if (!id.empty()) wanted.push_back({cryptoki::kId, id.data(), id.size()});
  if (const auto answer = module->find_objects_init(session.handle(), wanted.data(), wanted.size());
      answer != cryptoki::kOk)
    return failed(key, "the token cannot be searched", answer);
  Ulong objects[2] = {};
  Ulong count = 0;
  const auto answer = module->find_objects(session.handle(), objects, 2, &count);
  module->find_objects_final(session.handle());
  if (answer != cryptoki::kOk) return failed(key, "the token cannot be searched", answer);
  if (count == 1) return {};
  if (count == 0)
    return refuse("token_key_missing", key, "the token holds no such private key",
                  "'pkcs11-tool --module MODULE --list-objects --login' shows labels and ids");
  return refuse("token_key_ambiguous", key, "the token holds several private keys that fit",
                "name the key by its id=, too, each octet as %XX");
}

}  // namespace

Result<void> find_only(const std::string& module_path, const TokenKey& key, const std::string& pin) {
  const auto module = Pkcs11Module::load(module_path);
  if (!module) return fail(module.error());
  const auto token = find_token(*module, key);
  if (!token) return fail(token.error());
  const Session session(*module, token->slot);
  if (session.answer() != cryptoki::kOk) return failed(key, "the token opens no session", session.answer());
  if (auto logged_in = log_in(*module, session, *token, key, pin); !logged_in) return logged_in;
  return look_for_key(*module, session, key);
}

}  // namespace certmgr::token
