/* The mark of a running process: enough to tell it from a later process with the same number.  Of the host it holds a
 * hash, as databases are passed on.
 *
 * Linux: the boot is named by /proc/sys/kernel/random/boot_id, the start of a process in clock ticks since boot is
 * field 22 of /proc/PID/stat (proc(5)).  A process that was killed and not yet waited for (state Z) is dead.  Without
 * /proc boot and start are not known: a process of that number is taken for the one.
 */
#include "runner.h"

#include "quarry/sha256.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HOST_SIZE = 64, HASH_SIZE = 65 };

typedef struct mark_parts {
  char host[HOST_SIZE], boot[64], space[64];
  long pid;
  unsigned long long start;
} mark_parts;

/* Start time of a process; 0: there is none, or it is dead. */
static unsigned long long start_of(long pid)
{
  char path[64], line[1024];
  unsigned long long start = 0;
  char state = 'X';
  snprintf(path, sizeof path, "/proc/%ld/stat", pid);
  FILE *in = fopen(path, "r");
  if (!in) return 0;
  size_t length = fread(line, 1, sizeof line - 1, in);
  fclose(in);
  line[length] = '\0';
  /* The second field is the program's name in brackets and may hold anything: go on after the last bracket. */
  const char *rest = strrchr(line, ')');
  if (!rest || sscanf(rest + 1, " %c", &state) != 1 || state == 'Z' || state == 'X') return 0;
  for (int field = 2; field < 22 && rest; field++)
    rest = strchr(rest + 1, ' ');
  if (!rest || sscanf(rest, "%llu", &start) != 1) return 0;
  return start;
}

static void host_name(char host[HOST_SIZE])
{
  memset(host, 0, HOST_SIZE);
  if (gethostname(host, HOST_SIZE - 1) != 0) memcpy(host, "-", 2);
}

static void own_parts(mark_parts *own)
{
  memset(own, 0, sizeof *own);
  char host[HOST_SIZE], hash[HASH_SIZE];
  host_name(host);
  qy_sha256_text(hash, host, strlen(host));
  snprintf(own->host, sizeof own->host, "%.16s", hash);
  strcpy(own->boot, "-");
  FILE *in = fopen("/proc/sys/kernel/random/boot_id", "r");
  if (in) {
    if (fscanf(in, "%63s", own->boot) != 1) strcpy(own->boot, "-");
    fclose(in);
  }
  ssize_t length = readlink("/proc/self/ns/pid", own->space, sizeof own->space - 1);
  if (length <= 0) strcpy(own->space, "-");
  own->pid = (long)getpid();
  own->start = start_of(own->pid);
}

void qy_store_runner_mark(char mark[STORE_RUNNER_SIZE])
{
  assert(mark);
  mark_parts own;
  unsigned nonce = 0;
  own_parts(&own);
  sqlite3_randomness((int)sizeof nonce, &nonce);
  snprintf(mark, STORE_RUNNER_SIZE, "%s %s %s %ld %llu %08x", own.host, own.boot, own.space, own.pid, own.start, nonce);
}

bool qy_store_runner_lives(const char *mark, long *pid, char host[64])
{
  assert(mark && pid && host);
  mark_parts own, other = {0};
  own_parts(&own);
  if (sscanf(mark, "%63s %63s %63s %ld %llu", other.host, other.boot, other.space, &other.pid, &other.start) != 5)
    return false;
  *pid = other.pid;
  if (strcmp(own.host, other.host) != 0 || strcmp(own.boot, other.boot) != 0 || strcmp(own.space, other.space) != 0)
    return false;
  host_name(host);
  if (own.start == 0 && other.start == 0) return kill((pid_t)other.pid, 0) == 0 || errno == EPERM;
  unsigned long long start = start_of(other.pid);
  return start != 0 && start == other.start;
}
