/* The named questions of `quarry query`: one word in place of a SELECT. */
#ifndef QUARRY_CLI_QUESTIONS_H
#define QUARRY_CLI_QUESTIONS_H

#include "cli.h"
#include "quarry/store.h"

typedef struct question question;

/* The question of that name, or NULL. */
const question *question_find(const char *name);
/* "; did you mean "front"?" for a word near to a name, else "". */
void question_advice(char *out, size_t size, const char *word);
/* Print the answer on standard output.  operand[count]: what follows the name.  QY_BAD_INPUT, said to be expected.
 * db_dir: where libraries and networks are looked up. */
qy_status question_answer(const question *q, qy_store *store, const char *db_dir, char **operand, int count, int format,
                          qy_error *err);
/* A row a question: name, operands, what it answers. */
void questions_print(int format);

#endif
