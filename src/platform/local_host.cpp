// SPDX-License-Identifier: MIT
#include "platform/local_host.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "certmgr/domain/ip_address.h"
#include "platform/fd.h"
#include "platform/trusted_program.h"

namespace certmgr::platform {
namespace {

struct IfaddrsFree {
  void operator()(ifaddrs* list) const noexcept { freeifaddrs(list); }
};

std::optional<std::string> text_of(const sockaddr& address) {
  std::vector<std::uint8_t> octets;
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    octets.resize(4);
    std::memcpy(octets.data(), &v4.sin_addr, 4);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    octets.resize(16);
    std::memcpy(octets.data(), &v6.sin6_addr, 16);
  }
  return ip_text(octets);
}

Trouble unusable(std::string code, std::string what, std::string why, std::string hint) {
  return {.kind = TroubleKind::configuration,
          .code = std::move(code),
          .what = std::move(what),
          .why = std::move(why),
          .hint = std::move(hint)};
}

}  // namespace

std::vector<std::string> LocalHost::addresses() const {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, IfaddrsFree> list(first);
  std::vector<std::string> found;
  for (const auto* at = first; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr) continue;
    if (auto text = text_of(*at->ifa_addr)) found.push_back(std::move(*text));
  }
  return found;
}

Result<void> LocalHost::check_secret(const std::string& path) const {
  const std::string what = "cannot use the secret in " + path;
  struct stat found {};
  if (stat(path.c_str(), &found) != 0)
    return fail(unusable("secret_file", what, errno_text(errno), "put the secret there, with mode 0600"));
  if (!S_ISREG(found.st_mode))
    return fail(
        unusable("secret_file", what, "it is no regular file", "name the file that holds the secret"));
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(unusable("secret_file", what, "other users may read it", "chmod 0600 " + path));
  if (found.st_uid != 0 && found.st_uid != geteuid())
    return fail(unusable("secret_file", what, "it belongs to user " + std::to_string(found.st_uid),
                         "chown root " + path));
  if (access(path.c_str(), R_OK) != 0)
    return fail(
        unusable("secret_file", what, errno_text(errno), "run as the user whose file it is, or as root"));
  return {};
}

Result<void> LocalHost::check_key_in_place(const std::string& path) const {
  const std::string what = "the server's private key is not in place as " + path;
  struct stat found {};
  if (stat(path.c_str(), &found) != 0)
    return fail(unusable("file_missing", what, errno_text(errno), "deploy a certificate to the server"));
  if ((found.st_mode & S_IRWXO) != 0)
    return fail(unusable("key_exposed", "the private key in " + path + " is not private",
                         "every user of this host may use it", "chmod o-rwx " + path));
  return {};
}

Result<void> LocalHost::check_program(const std::string& path) const {
  const std::string what = "cannot run " + path;
  if (const auto against = distrust(path))
    return fail(unusable("program_unusable", what, against->why, against->cure));
  if (access(path.c_str(), X_OK) != 0)
    return fail(unusable("program_unusable", what, errno_text(errno), "chmod +x " + path));
  return {};
}

}  // namespace certmgr::platform
