// SPDX-License-Identifier: MIT
#pragma once

namespace certmgr::token::cryptoki {

// The part of the interface of PKCS#11 modules (OASIS PKCS #11 version 2.40) that finds a key. OpenSSL's
// engine does not tell whether a key was the only one that fits, and Debian has the standard's header in
// packages of programs only.

using Ulong = unsigned long;
using Unused = void (*)();

struct Version {
  unsigned char major, minor;
};

/// CK_TOKEN_INFO; texts are padded with blanks.
struct TokenInfo {
  char label[32];
  char manufacturer[32];
  char model[16];
  char serial[16];
  Ulong flags;
  Ulong sizes[10];  // sessions, length of PINs, memory
  Version hardware, firmware;
  char utc_time[16];
};

/// CK_ATTRIBUTE
struct Attribute {
  Ulong type;
  void* value;
  Ulong length;
};

/// CK_FUNCTION_LIST up to the last function that is called; the order is the standard's.
struct FunctionList {
  Version version;
  Ulong (*initialize)(void* arguments);
  Ulong (*finalize)(void* reserved);
  Unused get_info, get_function_list;
  Ulong (*get_slot_list)(unsigned char with_token, Ulong* slots, Ulong* count);
  Unused get_slot_info;
  Ulong (*get_token_info)(Ulong slot, TokenInfo* info);
  Unused get_mechanism_list, get_mechanism_info, init_token, init_pin, set_pin;
  Ulong (*open_session)(Ulong slot, Ulong flags, void* application, void* notify, Ulong* session);
  Ulong (*close_session)(Ulong session);
  Unused close_all_sessions, get_session_info, get_operation_state, set_operation_state;
  Ulong (*login)(Ulong session, Ulong user, unsigned char* pin, Ulong length);
  Unused logout, create_object, copy_object, destroy_object, get_object_size, get_attribute_value,
      set_attribute_value;
  Ulong (*find_objects_init)(Ulong session, Attribute* wanted, Ulong count);
  Ulong (*find_objects)(Ulong session, Ulong* objects, Ulong most, Ulong* count);
  Ulong (*find_objects_final)(Ulong session);
};

using GetFunctionList = Ulong (*)(FunctionList** list);

inline constexpr Ulong kOk = 0;
inline constexpr Ulong kPinIncorrect = 0xA0, kPinInvalid = 0xA1, kPinLength = 0xA2, kPinExpired = 0xA3,
                       kPinLocked = 0xA4, kAlreadyInitialized = 0x191;

inline constexpr Ulong kLoginRequired = 0x4, kTokenInitialized = 0x400, kPinCountLow = 0x10000,
                       kPinFinalTry = 0x20000, kPinIsLocked = 0x40000;  // TokenInfo::flags
inline constexpr Ulong kOsLocking = 0x2;                                // for initialize
inline constexpr Ulong kSerialSession = 0x4;                            // for open_session
inline constexpr Ulong kUser = 1;                                       // for login
inline constexpr Ulong kClass = 0x0, kLabel = 0x3, kId = 0x102;         // Attribute::type
inline constexpr Ulong kPrivateKey = 3;                                 // value of kClass

}  // namespace certmgr::token::cryptoki
