// SPDX-License-Identifier: MIT
#include "adapters/revocation/distribution.h"

#include <openssl/err.h>

#include <algorithm>
#include <string_view>

namespace certmgr::revocation {
namespace {

constexpr std::size_t kMostUrls = 8;
constexpr std::size_t kMostUrlOctets = 2000;

using PointsPtr = std::unique_ptr<CRL_DIST_POINTS, crypto::Deleter<CRL_DIST_POINTS_free>>;

/// Printable ASCII without blanks, in full: what is shown to people and handed to curl.
bool is_usable(std::string_view url) {
  if (url.size() > kMostUrlOctets) return false;
  if (!url.starts_with("http://") && !url.starts_with("https://")) return false;
  return std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

std::vector<std::string> urls_of(const DIST_POINT_NAME& name) {
  std::vector<std::string> urls;
  if (name.type != 0) return urls;  // relative to the issuer's name: for directories
  for (int i = 0; i < sk_GENERAL_NAME_num(name.name.fullname); ++i) {
    int kind = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(name.name.fullname, i), &kind);
    if (kind != GEN_URI || value == nullptr) continue;
    const auto* text = static_cast<const ASN1_STRING*>(value);
    std::string url(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                    static_cast<std::size_t>(ASN1_STRING_length(text)));
    if (is_usable(url)) urls.push_back(std::move(url));
  }
  return urls;
}

std::vector<std::string> list_urls(X509& certificate) {
  const PointsPtr points(static_cast<CRL_DIST_POINTS*>(
      X509_get_ext_d2i(&certificate, NID_crl_distribution_points, nullptr, nullptr)));
  if (!points) {
    ERR_clear_error();
    return {};
  }
  std::vector<std::string> urls;
  for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
    const DIST_POINT* point = sk_DIST_POINT_value(points.get(), i);
    if (point->distpoint == nullptr || point->reasons != nullptr || point->CRLissuer != nullptr) continue;
    for (auto& url : urls_of(*point->distpoint))
      if (urls.size() < kMostUrls) urls.push_back(std::move(url));
  }
  return urls;
}

}  // namespace certmgr::revocation
