// SPDX-License-Identifier: MIT
#include "adapters/notify/secret_file.h"

#include "adapters/notify/channel.h"
#include "platform/private_file.h"

namespace certmgr::notify {
namespace {

constexpr std::size_t kMost = 4096;

}  // namespace

Result<platform::SecretText> read_secret(const std::string& channel, const std::string& key,
                                         const std::string& path) {
  const auto refuse = [&](std::string why, std::string hint) {
    return fail(channel_trouble(TroubleKind::configuration, "notify_secret", channel, std::move(why),
                                std::move(hint)));
  };
  auto content = platform::read_private_file(path, channel, key, kMost);
  if (!content) return refuse(std::move(content.error().why), std::move(content.error().hint));
  const auto end = content->text().find_first_of("\r\n");
  platform::SecretText secret(content->text().substr(0, end));
  if (secret.text().empty() || secret.text().find('\0') != std::string::npos)
    return refuse("its " + key + " " + path + " holds no secret in its first line",
                  "write it there, as one line");
  return secret;
}

}  // namespace certmgr::notify
