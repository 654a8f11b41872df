// SPDX-License-Identifier: MIT
#pragma once

namespace certmgr {

/// How the proofs of one order are to be handed to what publishes them.
enum class HandOver {
  each,            // as they come
  together,        // all that the order still needs at once, and back again at once
  one_at_a_place,  // the next only when the CA has seen the one before, and that one is withdrawn
};

}  // namespace certmgr
