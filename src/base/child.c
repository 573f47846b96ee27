/* Starting programs: see child.h. */
#include "quarry/child.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <unistd.h>

static int set_streams(posix_spawn_file_actions_t *actions, const int stream[3])
{
  int code = 0;
  for (int i = 0; i < 3 && code == 0; i++)
    code = stream[i] < 0 ? posix_spawn_file_actions_addopen(actions, i, "/dev/null", i ? O_WRONLY : O_RDONLY, 0)
                         : posix_spawn_file_actions_adddup2(actions, stream[i], i);
  return code;
}

static int set_attributes(posix_spawnattr_t *attributes, bool own_group)
{
  sigset_t none, usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  sigaddset(&usual, SIGINT);
  sigaddset(&usual, SIGQUIT);
  sigaddset(&usual, SIGXFSZ);
  int code = posix_spawnattr_setsigmask(attributes, &none);
  if (code == 0) code = posix_spawnattr_setsigdefault(attributes, &usual);
  const int group = own_group ? POSIX_SPAWN_SETPGROUP : 0; /* 0, the default: one of its own */
  const short flags = (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group);
  if (code == 0) code = posix_spawnattr_setflags(attributes, flags);
  return code;
}

int qy_child_start(pid_t *pid, const char *program, const char *const *arguments, const char *directory,
                   const int stream[3], bool own_group)
{
  assert(pid && program && arguments && arguments[0] && stream);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int code = posix_spawn_file_actions_init(&actions);
  if (code != 0) return code;
  code = posix_spawnattr_init(&attributes);
  if (code != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return code;
  }
  code = set_streams(&actions, stream);
  if (code == 0 && directory) code = posix_spawn_file_actions_addchdir_np(&actions, directory);
  if (code == 0) code = set_attributes(&attributes, own_group);
  if (code == 0) code = posix_spawnp(pid, program, &actions, &attributes, (char *const *)arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return code;
}
