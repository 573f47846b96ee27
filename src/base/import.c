/* Files that commands write from others: never over their input or over another's file.  See file.h. */
#include "quarry/file.h"
#include "quarry/sha256.h"
#include "quarry/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIGITS = 64 };
/* How lines of comment begin, and what closes them. */
static const struct {
  const char *begin, *end;
} comments[] = {{"#", ""}, {"//", ""}, {"%", ""}, {"<!--", " -->"}};
enum { COMMENTS = sizeof comments / sizeof *comments };
static const char writer[] = " Written by quarry ", mark[] = "; SHA-256 of the lines below: ";

/* The text behind what it begins with; NULL: it does not. */
static const char *behind(const char *text, const char *end, const char *beginning)
{
  const size_t length = strlen(beginning);
  return text && (size_t)(end - text) >= length && memcmp(text, beginning, length) == 0 ? text + length : NULL;
}

/* Has it the head line, with the sum of its rest? */
static bool is_headed(const char *text, size_t length)
{
  const char *const end = text + length, *sum = NULL, *rest = NULL;
  char hex[DIGITS + 1];
  for (size_t i = 0; !sum && i < COMMENTS; i++) {
    const char *word = behind(behind(text, end, comments[i].begin), end, writer);
    while (word && word < end && *word >= 'a' && *word <= 'z')
      word++;
    sum = behind(word, end, mark);
    if (sum && end - sum >= DIGITS) rest = behind(behind(sum + DIGITS, end, comments[i].end), end, "\n");
  }
  if (!rest) return false;
  qy_sha256_text(hex, rest, (size_t)(end - rest));
  return strncmp(sum, hex, DIGITS) == 0;
}

static bool has_sum(const char *text, size_t length, const char *const *sums, size_t count)
{
  char hex[DIGITS + 1];
  if (count > 0) qy_sha256_text(hex, text, length);
  for (size_t i = 0; i < count; i++)
    if (strcmp(hex, sums[i]) == 0) return true;
  return false;
}

/* Is the file as this program left it?  Mapped, as weights may be larger than what qy_file_read takes. */
static qy_status check_contents(const char *file, const char *const *sums, size_t count, qy_error *err)
{
  struct stat is;
  const int fd = open(file, O_RDONLY | O_CLOEXEC);
  const bool known = fd >= 0 && fstat(fd, &is) == 0;
  const size_t length = known ? (size_t)is.st_size : 0;
  void *text = known && length > 0 ? mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
  const bool own = text != MAP_FAILED && (is_headed(text, length) || has_sum(text, length, sums, count));
  qy_status status = QY_OK;
  if (known && length > 0 && text == MAP_FAILED)
    status = qy_fail_at(err, QY_SYSTEM, file, 0, 0, "cannot be read: %s", strerror(errno));
  else if (!known)
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected an output that can be read: %s", strerror(errno));
  else if (length > 0 && !own)
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0,
                        "expected a new file or an unchanged earlier output, found another; "
                        "it is left as it is: choose another output, or move it away");
  if (text != MAP_FAILED) munmap(text, length);
  if (fd >= 0) close(fd);
  return status;
}

qy_status qy_import_check(const char *file, const char *const *sums, size_t sum_count, const char *const *input,
                          size_t inputs, qy_error *err)
{
  assert(file && (sums || !sum_count) && (input || !inputs));
  struct stat there, other;
  if (stat(file, &there) != 0) return QY_OK; /* new, or writing will say why not */
  for (size_t i = 0; i < inputs && S_ISREG(there.st_mode); i++)
    if (stat(input[i], &other) == 0 && other.st_dev == there.st_dev && other.st_ino == there.st_ino)
      return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected an output other than the input, found the input '%s'",
                        input[i]);
  if (S_ISDIR(there.st_mode))
    return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a file to write, found a directory");
  return qy_file_is_stream(file) ? QY_OK : check_contents(file, sums, sum_count, err);
}

/* That out[i] may be written, and is none of those before it. */
static qy_status check_output(const qy_import_file *out, size_t i, const char *const *input, size_t inputs,
                              qy_error *err)
{
  for (size_t k = 0; k < i; k++)
    if (strcmp(out[k].file, out[i].file) == 0)
      return qy_fail_at(err, QY_BAD_INPUT, out[i].file, 0, 0, "expected outputs of different names, found two of this");
  return qy_import_check(out[i].file, NULL, 0, input, inputs, err);
}

qy_status qy_import_add(qy_files *files, const qy_import_file *out, size_t count, const char *const *input,
                        size_t inputs, qy_error *err)
{
  assert(files && out && (input || !inputs));
  qy_status status = QY_OK;
  for (size_t i = 0; i < count && !status; i++)
    status = check_output(out, i, input, inputs, err);
  for (size_t i = 0; i < count && !status; i++) {
    qy_text text = {0};
    char hex[DIGITS + 1];
    int c = 0;
    while (out[i].comment && c < COMMENTS - 1 && strcmp(comments[c].begin, out[i].comment) != 0)
      c++;
    qy_sha256_text(hex, out[i].text, out[i].length);
    qy_text_add(&text, "%s%s%s%s%s%s\n", comments[c].begin, writer, out[i].command ? out[i].command : "import", mark,
                hex, comments[c].end);
    qy_text_put(&text, out[i].text, out[i].length);
    status = text.failed ? qy_no_memory(err) : qy_files_add(files, out[i].file, text.data, text.length, err);
    qy_text_free(&text);
  }
  return status;
}

qy_status qy_import_write(const qy_import_file *out, size_t count, const char *const *input, size_t inputs,
                          qy_error *err)
{
  qy_files *files = qy_files_new();
  qy_status status = files ? qy_import_add(files, out, count, input, inputs, err) : qy_no_memory(err);
  if (!status) status = qy_files_commit(files, err);
  qy_files_free(files);
  return status;
}
