/* What an experiment is made with: technologies, networks, devices, noise files, precisions, and the links to them. */
#include "inputs.h"

#include "quarry/alloc.h"
#include "quarry/text.h"
#include "sql.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
  sqlite3_bind_text(statement, at, text ? text : "", -1, SQLITE_STATIC);
}

/* Keys of the inputs, new rows where needed. `table` is "technology", "network", "device", "noise_file" or
 * "table_file". */
static qy_status store_inputs(qy_store *store, const char *table, const qy_store_input *in, int count, int64_t *key,
                              qy_error *err)
{
  sqlite3_stmt *insert = NULL;
  char *sql = sqlite3_mprintf("INSERT INTO %s (name, sha256, text) VALUES (?, ?, ?) "
                              "ON CONFLICT (sha256, name) DO UPDATE SET name = name RETURNING id",
                              table);
  qy_status status =
      sql ? qy_sql_prepare(store->db, store->file, &insert, sql, err) : qy_fail(err, QY_NO_MEMORY, "out of memory");
  sqlite3_free(sql);
  for (int i = 0; i < count && status == QY_OK; i++) {
    bind_text(insert, 1, in[i].name);
    bind_text(insert, 2, in[i].sha256);
    bind_text(insert, 3, in[i].text);
    int code = sqlite3_step(insert);
    if (code == SQLITE_ROW) {
      key[i] = sqlite3_column_int64(insert, 0);
      status = qy_sql_step(store->db, store->file, insert, "store the inputs of the experiment", err);
    } else {
      status = qy_sql_fail(store->db, store->file, code, "store the inputs of the experiment", err);
    }
  }
  sqlite3_finalize(insert);
  return status;
}

static qy_status link_inputs(qy_store *store, const char *table, int64_t experiment, const int64_t *key, int count,
                             qy_error *err)
{
  sqlite3_stmt *insert = NULL;
  char *sql = sqlite3_mprintf("INSERT INTO experiment_%s (experiment, position, %s) VALUES (?, ?, ?)", table, table);
  qy_status status =
      sql ? qy_sql_prepare(store->db, store->file, &insert, sql, err) : qy_fail(err, QY_NO_MEMORY, "out of memory");
  sqlite3_free(sql);
  for (int i = 0; i < count && status == QY_OK; i++) {
    sqlite3_bind_int64(insert, 1, experiment);
    sqlite3_bind_int(insert, 2, i);
    sqlite3_bind_int64(insert, 3, key[i]);
    status = qy_sql_step(store->db, store->file, insert, "store the inputs of the experiment", err);
  }
  sqlite3_finalize(insert);
  return status;
}

/* Keys of the precisions, new rows where needed. */
static qy_status store_precisions(qy_store *store, const qy_store_experiment *e, int64_t *key, qy_error *err)
{
  static const char doing[] = "store the precisions of the experiment";
  sqlite3_stmt *insert = NULL;
  qy_status status = qy_sql_prepare(
      store->db, store->file, &insert,
      "INSERT INTO precision (label, weight_bits, activation_bits) VALUES (?1, nullif(?2, 0), nullif(?3, 0)) "
      "ON CONFLICT (label) DO UPDATE SET label = label "
      "RETURNING id, weight_bits IS nullif(?2, 0) AND activation_bits IS nullif(?3, 0)",
      err);
  for (int i = 0; i < e->precision_count && status == QY_OK; i++) {
    const qy_store_precision *p = &e->precision[i];
    bind_text(insert, 1, p->label);
    sqlite3_bind_int(insert, 2, p->weight_bits);
    sqlite3_bind_int(insert, 3, p->activation_bits);
    const int code = sqlite3_step(insert);
    if (code != SQLITE_ROW) {
      status = qy_sql_fail(store->db, store->file, code, doing, err);
      break;
    }
    key[i] = sqlite3_column_int64(insert, 0);
    const int same = sqlite3_column_int(insert, 1);
    status = qy_sql_step(store->db, store->file, insert, doing, err);
    if (status == QY_OK && !same)
      status = qy_fail(err, QY_BAD_INPUT,
                       "%s: expected precisions of one label to have the same widths in all experiments, found \"%s\" "
                       "with others: label it otherwise, or run into another database",
                       store->file, p->label ? p->label : "");
  }
  sqlite3_finalize(insert);
  return status;
}

/* Beside the texts of the libraries, which say them in their own ways. */
static qy_status store_voltages(qy_store *store, const qy_store_experiment *e, qy_error *err)
{
  sqlite3_stmt *update = NULL;
  if (!e->technology_voltage_v) return QY_OK;
  qy_status status = qy_sql_prepare(store->db, store->file, &update,
                                    "UPDATE technology SET voltage_v = nullif(?2, 0) WHERE id = ?1", err);
  for (int i = 0; i < e->technology_count && status == QY_OK; i++) {
    sqlite3_bind_int64(update, 1, store->technology[i]);
    sqlite3_bind_double(update, 2, e->technology_voltage_v[i]);
    status = qy_sql_step(store->db, store->file, update, "store the supplies of the technologies", err);
  }
  sqlite3_finalize(update);
  return status;
}

qy_status inputs_store(qy_store *store, const qy_store_experiment *e, qy_error *err)
{
  qy_status status = store_inputs(store, "technology", e->technology, e->technology_count, store->technology, err);
  if (status == QY_OK) status = store_inputs(store, "network", e->network, e->network_count, store->network, err);
  if (status == QY_OK) status = store_precisions(store, e, store->precision, err);
  if (status == QY_OK) status = store_voltages(store, e, err);
  return status;
}

/* How many of the links there are; *more: links that are none of them. */
static qy_status count_links(int *there, int *more, qy_store *store, const char *table, int64_t experiment,
                             const int64_t *key, int count, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  char *sql = sqlite3_mprintf("SELECT position, %s FROM experiment_%s WHERE experiment = ?", table, table);
  qy_status status = sql ? qy_sql_prepare(store->db, store->file, &read, sql, err) : qy_no_memory(err);
  sqlite3_free(sql);
  *there = *more = 0;
  if (status != QY_OK) return status;
  sqlite3_bind_int64(read, 1, experiment);
  while (sqlite3_step(read) == SQLITE_ROW) {
    const int64_t position = sqlite3_column_int64(read, 0);
    const bool is = position >= 0 && position < count && sqlite3_column_int64(read, 1) == key[position];
    *(is ? there : more) += 1;
  }
  return qy_sql_end(QY_OK, store->db, store->file, read, err);
}

/* The links that a table must have, in place of others; said where some are missing. */
static qy_status link_anew(qy_store *store, const char *table, const char *what, int64_t experiment, const int64_t *key,
                           int count, char lacking[STORE_MISSING], qy_error *err)
{
  int there, more;
  qy_status status = count_links(&there, &more, store, table, experiment, key, count, err);
  if (status != QY_OK || (there == count && !more)) return status;
  char *erase = sqlite3_mprintf("DELETE FROM experiment_%s WHERE experiment = %lld", table, (long long)experiment);
  status =
      erase ? qy_sql_run(store->db, store->file, erase, "store the inputs of the experiment", err) : qy_no_memory(err);
  sqlite3_free(erase);
  const size_t used = strlen(lacking);
  qy_append(lacking, STORE_MISSING, used, "%s%d %s of %d", used ? ", " : "", there, what, count);
  return status ? status : link_inputs(store, table, experiment, key, count, err);
}

/* The same, of inputs that have no keys yet. */
static qy_status link_stored(qy_store *store, const char *table, const char *what, int64_t experiment,
                             const qy_store_input *in, int count, char lacking[STORE_MISSING], qy_error *err)
{
  int64_t *key = qy_alloc((size_t)count + 1, sizeof *key);
  qy_status status = key ? QY_OK : qy_no_memory(err);
  if (status == QY_OK && in) status = store_inputs(store, table, in, count, key, err);
  if (status == QY_OK) status = link_anew(store, table, what, experiment, key, in ? count : 0, lacking, err);
  free(key);
  return status;
}

qy_status inputs_link(qy_store *store, const qy_store_experiment *e, int64_t id, char lacking[STORE_MISSING],
                      qy_error *err)
{
  const struct {
    const char *table, *what;
    const int64_t *key;
    int count;
  } link[] = {{"technology", "technologies", store->technology, e->technology_count},
              {"network", "networks", store->network, e->network_count},
              {"precision", "precisions", store->precision, e->precision_count}};
  qy_status status = QY_OK;
  lacking[0] = '\0';
  for (size_t l = 0; l < sizeof link / sizeof *link && status == QY_OK; l++)
    status = link_anew(store, link[l].table, link[l].what, id, link[l].key, link[l].count, lacking, err);
  if (status == QY_OK) status = link_stored(store, "device", "devices", id, e->device, e->device_count, lacking, err);
  if (status == QY_OK)
    status = link_stored(store, "noise_file", "noise files", id, e->noise, e->noise_count, lacking, err);
  if (status == QY_OK) status = link_stored(store, "table_file", "tables", id, e->table, e->table_count, lacking, err);
  return status;
}
