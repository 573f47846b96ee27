/* Marks of processes: this one, a child while it lives, and every mark that is off by one part. */
#include "../../src/store/runner.h"

#include "store_test.h"

#include <signal.h>
#include <sys/wait.h>

typedef struct parts {
  char host[64], boot[64], space[64], nonce[64];
  long pid;
  unsigned long long start;
} parts;

static bool lives(const parts *p, long *pid)
{
  char mark[400], host[64] = "";
  *pid = -1;
  snprintf(mark, sizeof mark, "%s %s %s %ld %llu %s", p->host, p->boot, p->space, p->pid, p->start, p->nonce);
  return qy_store_runner_lives(mark, pid, host);
}

static parts read_mark(const char *mark)
{
  parts p = {.pid = 0};
  ok(sscanf(mark, "%63s %63s %63s %ld %llu %63s", p.host, p.boot, p.space, &p.pid, &p.start, p.nonce) == 6,
     "six words of a mark");
  return p;
}

/* A process that ended and was not waited for is dead; so is one that has its number but began at another time. */
static void other_process(void)
{
  char mark[STORE_RUNNER_SIZE] = "";
  int to[2];
  long pid;
  if (pipe(to) != 0) perror("pipe");
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    qy_store_runner_mark(mark);
    if (write(to[1], mark, sizeof mark) != (ssize_t)sizeof mark) _exit(1);
    for (;;)
      pause();
  }
  if (!ok(read(to[0], mark, sizeof mark) == (ssize_t)sizeof mark, "a child's mark")) return;
  parts p = read_mark(mark);
  ok(lives(&p, &pid) && pid == child, "a child lives");
  p.start++;
  ok(!lives(&p, &pid) && pid == child, "not one of its number that began later");
  p.start = 0;
  ok(!lives(&p, &pid), "nor one whose beginning is not known");
  p = read_mark(mark);
  kill(child, SIGKILL);
  siginfo_t ended;
  waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT);
  ok(!lives(&p, &pid), "killed, it is dead");
  p.start = 0;
  ok(!lives(&p, &pid), "whatever is known of its beginning");
  waitpid(child, NULL, 0);
  p = read_mark(mark);
  ok(!lives(&p, &pid), "waited for, it is gone");
  close(to[0]);
  close(to[1]);
}

int main(void)
{
  char mark[STORE_RUNNER_SIZE], again[STORE_RUNNER_SIZE], host[64] = "", name[64] = "";
  long pid = 0;
  qy_store_runner_mark(mark);
  qy_store_runner_mark(again);
  ok(strcmp(mark, again) != 0, "each mark is another one");
  gethostname(name, sizeof name - 1);
  ok(qy_store_runner_lives(mark, &pid, host) && pid == (long)getpid(), "this process lives");
  is_text(host, name, "on this host");
  const parts own = read_mark(mark);
  ok(!strstr(mark, name) || strlen(name) < 3, "whose name is not in the mark");
  parts p = own;
  p.host[0] = p.host[0] == 'a' ? 'b' : 'a';
  ok(!lives(&p, &pid) && pid == own.pid, "on another host: not known");
  p = own;
  p.boot[0] = p.boot[0] == '1' ? '2' : '1';
  ok(!lives(&p, &pid), "before another boot: dead");
  p = own;
  p.space[strlen(p.space) - 2] ^= 1;
  ok(!lives(&p, &pid), "in another container: not known");
  p = own;
  p.pid = 1 << 30;
  ok(!lives(&p, &pid), "of a number that no process has: dead");
  static const char *const bad[] = {"", "x", "a b c", "a b c d e", "a b c 1"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ok(!qy_store_runner_lives(bad[i], &pid, host), "no mark: \"%s\"", bad[i]);
  other_process();
  return done();
}
