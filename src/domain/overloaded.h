// SPDX-License-Identifier: MIT
#pragma once

namespace certmgr {

/// Builds a visitor for std::visit from one lambda per alternative.
template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

}  // namespace certmgr
