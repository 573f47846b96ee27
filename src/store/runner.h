/* The mark of the process that runs an experiment, and whether that process still lives. */
#ifndef QUARRY_STORE_RUNNER_H
#define QUARRY_STORE_RUNNER_H

#include <stdbool.h>

enum { STORE_RUNNER_SIZE = 256 };

/* "hash-of-host boot pid-namespace pid start nonce": this process, and this store in it. */
void qy_store_runner_mark(char mark[STORE_RUNNER_SIZE]);

/* Does the process named in the mark live?  *pid and host[64] for the message.  False when it cannot be known: a
 * process of another host or container.  A write-ahead log works on one host only, so such a mark came with a copied
 * file. */
bool qy_store_runner_lives(const char *mark, long *pid, char host[64]);

#endif
