// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace certmgr::platform {

/// Names this process so that another one can later tell whether it is still alive: host, boot,
/// process id namespace, process id and start time. Asked anew in every process, because a child of
/// fork() is another process. Contains no space.
std::string process_identity();

/// True only when it is certain: same host, and the machine was booted since, or (within the same
/// process id namespace) the process is gone or its id has gone to another one. A text this
/// program did not make is not certain.
bool process_is_dead(std::string_view identity);

/// "pid 4711", with the host when it is another one. For people.
std::string describe_process(std::string_view identity);

}  // namespace certmgr::platform
