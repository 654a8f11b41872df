// SPDX-License-Identifier: MIT
#include "crypto/x509_text.h"

#include <algorithm>
#include <ctime>

#include "certmgr/domain/ip_address.h"
#include "crypto/encoding.h"

namespace certmgr::crypto {
namespace {

struct OpensslFree {
  void operator()(unsigned char* data) const noexcept { OPENSSL_free(data); }
};

void free_names(GENERAL_NAMES* names) { GENERAL_NAMES_free(names); }
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Deleter<free_names>>;

std::string_view text_of(const ASN1_STRING& text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&text)),
          static_cast<std::size_t>(std::max(0, ASN1_STRING_length(&text)))};
}

std::string written(const BioPtr& bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

bool looks_like_a_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '*';
  });
}

void add_dns(AltNames& names, std::string_view raw) {
  std::string name(raw);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (looks_like_a_name(name)) {
    names.names.push_back(Identifier{IdentifierType::dns, std::move(name)});
  } else {
    names.others.push_back("DNS:" + escaped(raw));
  }
}

/// iPAddress is 4 or 16 octets (RFC 5280 section 4.2.1.6).
bool add_ip(AltNames& names, std::string_view raw) {
  auto text = ip_text({raw.begin(), raw.end()});
  if (text) names.names.push_back(Identifier{IdentifierType::ip, std::move(*text)});
  return text.has_value();
}

}  // namespace

std::string escaped(std::string_view text, std::size_t most) {
  std::string result;
  for (const char c : text.substr(0, most)) {
    const auto octet = static_cast<std::uint8_t>(c);
    if (octet >= 0x20 && octet <= 0x7E && c != '\\') {
      result.push_back(c);
    } else {
      result += "\\x" + hex(ByteView(&octet, 1));
    }
  }
  if (text.size() > most) result += "...";
  return result;
}

std::string one_line(const X509_NAME& name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  // RFC 2253 escapes control characters and all that is not ASCII (ESC_CTRL, ESC_MSB) as \NN.
  if (!bio || X509_NAME_print_ex(bio.get(), &name, 0, XN_FLAG_RFC2253) < 0) {
    openssl_reason();
    return {};
  }
  std::string text = written(bio);
  constexpr std::size_t most = 512;
  if (text.size() > most) text = text.substr(0, most) + "...";
  return text;
}

std::string common_name(const X509_NAME& name) {
  const int at = X509_NAME_get_index_by_NID(&name, NID_commonName, -1);
  if (at < 0) return {};
  const ASN1_STRING* text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(&name, at));
  if (text == nullptr) return {};
  unsigned char* utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, text);
  const std::unique_ptr<unsigned char, OpensslFree> owner(utf8);
  if (length <= 0) {
    openssl_reason();
    return {};
  }
  return escaped({reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length)});
}

std::optional<Instant> to_instant(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    openssl_reason();
    return std::nullopt;
  }
  using namespace std::chrono;
  const year_month_day date(year(parts.tm_year + 1900), month(static_cast<unsigned>(parts.tm_mon + 1)),
                            day(static_cast<unsigned>(parts.tm_mday)));
  if (!date.ok()) return std::nullopt;
  return sys_days(date) + hours(parts.tm_hour) + minutes(parts.tm_min) + seconds(parts.tm_sec);
}

std::optional<AltNames> alt_names(const X509& certificate) {
  return alt_names(X509_get0_extensions(&certificate));
}

std::optional<AltNames> alt_names(const STACK_OF(X509_EXTENSION) * extensions) {
  int critical = 0;
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509V3_get_d2i(extensions, NID_subject_alt_name, &critical, nullptr)));
  if (!names) {
    openssl_reason();
    constexpr int absent = -1;
    return critical == absent ? std::optional<AltNames>(AltNames{}) : std::nullopt;
  }
  AltNames result;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(name, &type);
    if (type == GEN_DNS && value != nullptr) {
      add_dns(result, text_of(*static_cast<const ASN1_IA5STRING*>(value)));
      continue;
    }
    if (type == GEN_IPADD && value != nullptr &&
        add_ip(result, text_of(*static_cast<const ASN1_OCTET_STRING*>(value))))
      continue;
    const BioPtr bio(BIO_new(BIO_s_mem()));
    const bool printed = bio && GENERAL_NAME_print(bio.get(), name) == 1;
    if (!printed) openssl_reason();
    result.others.push_back(printed ? escaped(written(bio)) : "unreadable name");
  }
  return result;
}

}  // namespace certmgr::crypto
