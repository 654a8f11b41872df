// SPDX-License-Identifier: MIT
#include "integration/store/process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace certmgr::store::testing {

Child::Child(const std::function<void(int)>& work) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  pid_ = fork();
  if (pid_ == 0) {
    close(ends[0]);
    try {
      work(ends[1]);
    } catch (...) {
      _exit(99);
    }
    _exit(0);
  }
  close(ends[1]);
  reader_ = ends[0];
}

Child::~Child() {
  if (pid_ > 0) {
    kill();
    wait();
  }
  close(reader_);
}

char Child::wait_for_word() {
  char word = '\0';
  return read(reader_, &word, 1) == 1 ? word : '\0';
}

void Child::kill() { ::kill(pid_, SIGKILL); }

int Child::wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

void say(int descriptor, char word) {
  if (write(descriptor, &word, 1) != 1) _exit(98);
}

void sleep_for_ever() {
  for (;;) pause();
}

}  // namespace certmgr::store::testing
