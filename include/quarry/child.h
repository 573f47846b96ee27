/* Programs started without a shell.
 *
 * Ownership: the child is the caller's to wait for.
 */
#ifndef QUARRY_CHILD_H
#define QUARRY_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* Start `program` (looked up in PATH), arguments[0] its name, NULL-terminated, in `directory` (NULL: here).  stream:
 * file descriptors for its standard input, output and error; -1: /dev/null.  Signals that the caller blocks, and
 * SIGPIPE, SIGINT, SIGQUIT and SIGXFSZ that it ignores, act on the child as usual, as with system(3).  own_group: in a
 * process group of its own, whose number is *pid, so that all of it can be ended; the terminal's signals miss it then.
 * 0 and *pid, or an errno: ENOENT when there is no such program. */
int qy_child_start(pid_t *pid, const char *program, const char *const *arguments, const char *directory,
                   const int stream[3], bool own_group);

#endif
