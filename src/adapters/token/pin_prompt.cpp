// SPDX-License-Identifier: MIT
#include "adapters/token/pin_prompt.h"

namespace certmgr::token {
namespace {

int answer(char* buffer, int size, int /*rwflag*/, void* data) {
  const auto* pin = static_cast<const std::string*>(data);
  if (pin == nullptr || pin->empty() || pin->size() >= static_cast<std::size_t>(size)) return -1;
  pin->copy(buffer, pin->size());
  buffer[pin->size()] = '\0';
  return static_cast<int>(pin->size());
}

}  // namespace

UiMethodPtr answer_with_pin() { return UiMethodPtr(UI_UTIL_wrap_read_pem_callback(answer, 0)); }

}  // namespace certmgr::token
