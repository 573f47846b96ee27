-- The results database of quarry, schema version 11.
--
-- Identity: application_id is 0x51727279, the letters "Qrry"; user_version is the schema version.
-- Settings: write-ahead log, synchronous NORMAL, foreign keys on, pages of 4096 bytes, or of 16384 where the first
-- experiment stores many points.  All tables are STRICT.
-- A line with a word between @ signs is filled from the metric table of the program when the database is made, so that
-- columns and code cannot disagree; the table `metric` in the database says what each metric column means.  A line
-- @LATEST@ NAME is the view NAME: what NAME_all has of the latest run of each experiment.
--
-- Keys: an experiment is a small integer.  A result has the key  experiment << 40 | point  and a design the key
-- experiment << 40 | design, so the rows of an experiment are one contiguous range of the key.  Hence no index is needed
-- to reach them, and none is kept on `result`: a full scan of a million rows takes about 0.1 s, one index built after the
-- load would take 0.5 to 1 s, and one kept during the load three quarters of the insert rate.
--
-- Where to start: SELECT * FROM point LIMIT 5;  the other views are summary, front_point, layer_precision, best,
-- compare, infeasible; of experiments that ask for it (`store:`) layer and member.  Each shows the latest run of every
-- experiment name; with _all behind its name (point_all), all that are stored.
--
-- Deleting: DELETE FROM experiment WHERE id = 3 takes with it, by a trigger, every row that belongs to the experiment,
-- and the texts that no other one uses.  Results refer to their parents by key without a REFERENCES clause: with one,
-- SQLite would search all results for each design that goes.

-- What a metric column means.  sense: -1 smaller is better, 1 larger is better, 0 neither.
CREATE TABLE metric (
  name  TEXT PRIMARY KEY,                  -- of the metric
  unit  TEXT NOT NULL,
  label TEXT NOT NULL,
  sense INTEGER NOT NULL CHECK (sense IN (-1, 0, 1)),
  help  TEXT NOT NULL
) STRICT;

-- One experiment: an experiment text with its inputs, priced by one version of the models.
CREATE TABLE experiment (
  id            INTEGER PRIMARY KEY,       -- key of the experiment
  name          TEXT NOT NULL,             -- of the experiment
  question      TEXT NOT NULL,
  file          TEXT NOT NULL,             -- where the text was read
  text          TEXT NOT NULL,             -- the file, verbatim
  sha256        TEXT NOT NULL,             -- of the text
  identity      TEXT NOT NULL UNIQUE,      -- SHA-256 over text, inputs, seed and model version
  model_version TEXT NOT NULL,             -- changes whenever the same input would give other numbers
  seed          TEXT NOT NULL,             -- decimal; '' when nothing is random
  command_line  TEXT NOT NULL,             -- of the run that began it
  objectives    TEXT NOT NULL CHECK (json_valid(objectives)), -- JSON array of metric names
  definition    TEXT NOT NULL CHECK (json_valid(definition)), -- JSON: front groups, plots
  points        INTEGER NOT NULL CHECK (points > 0),          -- planned ones, feasible or not
  batch_points  INTEGER NOT NULL CHECK (batch_points > 0),    -- points in a full batch
  status        TEXT NOT NULL CHECK (status IN ('running', 'interrupted', 'failed', 'complete')),
  started_utc   TEXT NOT NULL,             -- of the first run
  ended_utc     TEXT,                      -- of the last run; NULL: running, or killed
  runs          INTEGER NOT NULL DEFAULT 1,-- 1 + how often it was continued
  runner        TEXT,                      -- process that may write batches now: host, boot, process id, start
  program       TEXT,                      -- that began it: version and hash of its sources; NULL: an older one
  store         TEXT NOT NULL DEFAULT 'all' CHECK (store IN ('all', 'columns', 'front', 'summary'))
                                           -- which points have a result: all (columns: packed), those of fronts, the best ones
) STRICT;

-- A technology library, verbatim: a result names the exact constants it used.
CREATE TABLE technology (
  id     INTEGER PRIMARY KEY,              -- key of the technology
  name   TEXT NOT NULL,                    -- of the technology
  sha256 TEXT NOT NULL,                    -- SHA-256 of the text
  text   TEXT NOT NULL,                    -- the file, verbatim
  voltage_v REAL,                          -- [V] supply; NULL: it has none, or an older quarry stored it
  UNIQUE (sha256, name)
) STRICT;

-- A network, verbatim.
CREATE TABLE network (
  id     INTEGER PRIMARY KEY,              -- key of the network
  name   TEXT NOT NULL,                    -- of the network
  sha256 TEXT NOT NULL,                    -- SHA-256 of the text
  text   TEXT NOT NULL,                    -- the file, verbatim
  UNIQUE (sha256, name)
) STRICT;

-- A DRAM device, verbatim.
CREATE TABLE device (
  id     INTEGER PRIMARY KEY,              -- key of the device
  name   TEXT NOT NULL,                    -- of the device
  sha256 TEXT NOT NULL,                    -- SHA-256 of the text
  text   TEXT NOT NULL,                    -- the file, verbatim
  UNIQUE (sha256, name)
) STRICT;

-- A file of the noise of layers: sensitivities, verbatim, or the weights of a layer, of which the hash is kept alone.
CREATE TABLE noise_file (
  id     INTEGER PRIMARY KEY,              -- key of the noise file
  name   TEXT NOT NULL,                    -- of the noise file
  sha256 TEXT NOT NULL,                    -- SHA-256 of the text
  text   TEXT NOT NULL,                    -- '' where it is not a text
  UNIQUE (sha256, name)
) STRICT;

-- Another file that results follow from, verbatim: of SRAM, factors of circuits, FPGA resources, DRAM controllers.
CREATE TABLE table_file (
  id     INTEGER PRIMARY KEY,              -- key of the table file
  name   TEXT NOT NULL,                    -- of the table file
  sha256 TEXT NOT NULL,                    -- SHA-256 of the text
  text   TEXT NOT NULL,                    -- '' where it is not a text, or has more than 1 MiB
  UNIQUE (sha256, name)
) STRICT;

-- What the operands of layers may be as wide as.  Where layers differ, label is a name and the bits are NULL.
CREATE TABLE precision (
  id              INTEGER PRIMARY KEY,     -- key of the precision
  label           TEXT NOT NULL UNIQUE,    -- "8 bit", "w4a8", "mixed"
  weight_bits     INTEGER,                 -- [bit] of weights; NULL: layers differ
  activation_bits INTEGER,                 -- [bit] of activations; NULL: layers differ
  CHECK ((weight_bits IS NULL) = (activation_bits IS NULL))
) STRICT;

-- Which technologies, networks, devices, noise files, tables and precisions an experiment was made with, in the order of its
-- file.
CREATE TABLE experiment_technology (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  position   INTEGER NOT NULL,             -- place in the order of its file, from 0
  technology INTEGER NOT NULL REFERENCES technology (id), -- key of the technology
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiment_network (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  position   INTEGER NOT NULL,             -- place in the order of its file, from 0
  network    INTEGER NOT NULL REFERENCES network (id), -- key of the network
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiment_device (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  position   INTEGER NOT NULL,             -- place in the order of its file, from 0
  device     INTEGER NOT NULL REFERENCES device (id), -- key of the device
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiment_noise_file (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  position   INTEGER NOT NULL,             -- place in the order of its file, from 0
  noise_file INTEGER NOT NULL REFERENCES noise_file (id), -- key of the noise file
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiment_table_file (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  position   INTEGER NOT NULL,             -- place in the order of their names, from 0
  table_file INTEGER NOT NULL REFERENCES table_file (id), -- key of the table file
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiment_precision (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  position   INTEGER NOT NULL,             -- place in the order of its file, from 0
  precision  INTEGER NOT NULL REFERENCES precision (id), -- key of the precision
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

-- A design of an experiment; precision, clock, technology and network are chosen per point.
CREATE TABLE design (
  id         INTEGER PRIMARY KEY,          -- experiment << 40 | number of the design
  name       TEXT NOT NULL,                -- of the design
  parameters TEXT NOT NULL CHECK (json_valid(parameters)) -- JSON object: {"rows":8,"pe":{"bits":16}}
) STRICT;

-- What points of an experiment may differ in: technology, network, design and so on where they do, and all parameters
-- of the designs.  "column" is its name in the views NAME_points and NAME_front, which have those that vary.  type is
-- text where any value is a word: "auto" in one design and 4 in another.  Each experiment NAME has both views,
-- of its latest run.  As case does not tell names in SQLite apart: where NAME_points is taken, by an experiment whose name
-- differs in case alone or by a table of yours, the view is NAME_HHHH_points with the first four digits of the SHA-256 of
-- NAME, as long as it is stored, and NAME_front likewise; `quarry run` says what they are called.
CREATE TABLE axis (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  position   INTEGER NOT NULL,             -- place in the order of its file, from 0
  key        TEXT NOT NULL,                -- "memory.device": path in design.parameters
  "column"   TEXT NOT NULL,                -- "memory_device"
  type       TEXT NOT NULL CHECK (type = 'integer' OR type = 'real' OR type = 'text'), -- IN is slower
  unit       TEXT NOT NULL,                -- '': none
  varies     INTEGER NOT NULL CHECK (varies IN (0, 1)), -- among the designs that have it
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

-- What the models chose where a design leaves it open, each combination once: {"pe_stages":2,"columns":16}.
CREATE TABLE resolved (
  id    INTEGER PRIMARY KEY,               -- key of the resolved
  value TEXT NOT NULL UNIQUE CHECK (json_valid(value))
) STRICT;

-- Why a point is infeasible: it has no metrics, or it breaks a constraint.
CREATE TABLE reason (
  id   INTEGER PRIMARY KEY,                -- key of the reason
  text TEXT NOT NULL UNIQUE
) STRICT;

-- One row a point.  It is feasible where reason is NULL.  Metrics are NULL where the point cannot be; a point that the
-- constraints of the experiment exclude has a reason and keeps its metrics.
CREATE TABLE result (
  id             INTEGER PRIMARY KEY,      -- experiment << 40 | point
  design         INTEGER NOT NULL,         -- key of the design
  technology     INTEGER NOT NULL,         -- key of the technology
  network        INTEGER NOT NULL,         -- key of the network
  precision      INTEGER,                  -- key of the precision
  precision_bits INTEGER NOT NULL,         -- [bit] of the widest operand of any layer
  weight_bits    INTEGER,                  -- [bit] NULL: those of the precision; else those that elements keep weights
                                           -- in, as codes are; 0: members of a system differ
  clock_mhz      REAL NOT NULL,            -- [MHz] target clock
  reason         INTEGER,                  -- key of the reason why it is infeasible; NULL: feasible
  resolved       INTEGER,                  -- key of what was chosen for it; NULL: nothing
  @METRIC_COLUMNS@
) STRICT;

-- Results of experiments with `store: columns`, and their intervals: a batch of a column, packed (src/store/pack.c,
-- follow.c and seal.c say how). Commands of quarry show them in the tables result and interval and in all views; other
-- programs find there the points of fronts and the best ones.
CREATE TABLE result_chunk (
  id   INTEGER PRIMARY KEY,                -- experiment << 40 | batch << 8 | number of the column
  data BLOB NOT NULL
) STRICT;

-- Which column of result or interval a chunk is of.
CREATE TABLE chunk_column (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  number     INTEGER NOT NULL,             -- of the column in the keys of its chunks
  name       TEXT NOT NULL,                -- of the column
  PRIMARY KEY (experiment, number)
) STRICT, WITHOUT ROWID;

-- 5 % and 95 % quantiles of a result's uncertain metrics over the draws of the libraries; only in experiments with draws.
-- With `store: columns` they are packed (result_chunk), and here are those of fronts and of the best points.
CREATE TABLE interval (
  id INTEGER PRIMARY KEY,                  -- of the result
  @INTERVAL_COLUMNS@
) STRICT;

-- Share of the draws in which a point is on its front; points that are on none have no row.
CREATE TABLE front_chance (
  point       INTEGER PRIMARY KEY REFERENCES result (id), -- key of the point
  probability REAL NOT NULL CHECK (probability > 0)
) STRICT;

-- Which layer has which precision, of points whose layers differ or were assigned one each.  JSON: "layers", an object
-- from layer to precision ("8", "w4a8"); "members", from layer to the member of a system, where that was chosen too;
-- of assigned points also "epsilon", "optimal" and, of an optimum under a limit, "bound".
CREATE TABLE assignment (
  point      INTEGER PRIMARY KEY REFERENCES result (id), -- key of the point
  assignment TEXT NOT NULL CHECK (json_valid(assignment))
) STRICT;

-- Which batches of an experiment are stored; written in the same transaction as their rows.
CREATE TABLE batch (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  batch      INTEGER NOT NULL,             -- holds the points from batch * batch_points on
  rows       INTEGER NOT NULL,             -- how many there are
  intervals   INTEGER,                     -- results with intervals; NULL: stored by an older quarry
  assignments INTEGER,                     -- rows of assignment, the same
  sum         INTEGER,                     -- of their values; NULL: they are packed (result_chunk), or the same
  PRIMARY KEY (experiment, batch)
) STRICT, WITHOUT ROWID;

-- How many rows a complete experiment had in other tables when it was finished, so that missing ones are noticed,
-- and changed ones by `quarry check`.
CREATE TABLE content (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  name       TEXT NOT NULL,                -- of the table
  rows       INTEGER NOT NULL,             -- how many there are
  sum        INTEGER,                      -- of their values; NULL: counted by an older quarry
  PRIMARY KEY (experiment, name)
) STRICT, WITHOUT ROWID;

-- How many feasible points a group of the summary has (points that agree in what fronts are taken within, and in the
-- design), of experiments that do not store all points.
CREATE TABLE tally (
  point  INTEGER PRIMARY KEY,              -- key of the point of the group that is best in the first objective
  points INTEGER NOT NULL                  -- feasible ones of the group
) STRICT;

-- How many points are infeasible, of experiments that do not store all points; the view infeasible has it of all.
CREATE TABLE infeasible_count (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  technology INTEGER NOT NULL,             -- key of the technology
  reason     INTEGER NOT NULL,             -- key of the reason
  points     INTEGER NOT NULL,             -- infeasible ones of this reason and technology
  PRIMARY KEY (experiment, technology, reason)
) STRICT, WITHOUT ROWID;

-- Fronts of which all points are stored, of experiments that do not store all points.
CREATE TABLE kept_front (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  position   INTEGER NOT NULL,             -- 0: the front of the experiment
  metrics    TEXT NOT NULL CHECK (json_valid(metrics)), -- JSON array: what it is over
  within     TEXT NOT NULL CHECK (json_valid(within)),  -- JSON array: keys that the points of a front agree in
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

-- How many feasible points have a metric in a range, of experiments that store the best points alone (`store: summary`):
-- a range is [low, high), below zero (low, high]; there are four in each octave, those without points have no row.
CREATE TABLE histogram (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  technology INTEGER NOT NULL,             -- key of the technology
  metric     TEXT NOT NULL,                -- name of the metric, which says the unit of low and high
  low        REAL NOT NULL,
  high       REAL NOT NULL,
  points     INTEGER NOT NULL,             -- feasible ones in the range
  PRIMARY KEY (experiment, technology, metric, low)
) STRICT, WITHOUT ROWID;

-- How far a run is that keeps fronts or the best points alone, to be continued from; gone when it is complete.
CREATE TABLE sweep_state (
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  part       INTEGER NOT NULL,             -- 0: counts and best points; then a front each
  state      BLOB NOT NULL,                -- as the program left it
  PRIMARY KEY (experiment, part)
) STRICT;

-- The groups within which fronts were taken: "fdsoi28, 8 bit".
CREATE TABLE front_group (
  id         INTEGER PRIMARY KEY,          -- key of the front group
  experiment INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  name       TEXT NOT NULL,                -- of the front group
  UNIQUE (experiment, name)
) STRICT;

-- The points on the Pareto front of a group, over the objectives of the experiment.
CREATE TABLE front (
  front_group INTEGER NOT NULL REFERENCES front_group (id), -- key of the front group
  point       INTEGER NOT NULL REFERENCES result (id), -- key of the point
  PRIMARY KEY (front_group, point)
) STRICT, WITHOUT ROWID;
CREATE INDEX front_of_point ON front (point);

-- The best point for each metric that has a better and a worse, per technology, network and precision.
CREATE TABLE best_point (
  experiment     INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  technology     INTEGER NOT NULL REFERENCES technology (id), -- key of the technology
  network        INTEGER NOT NULL REFERENCES network (id), -- key of the network
  precision      INTEGER NOT NULL REFERENCES precision (id), -- key of the precision
  metric         TEXT NOT NULL,
  value          REAL NOT NULL,
  point          INTEGER NOT NULL REFERENCES result (id), -- key of the point
  PRIMARY KEY (experiment, technology, network, precision, metric)
) STRICT, WITHOUT ROWID;
CREATE INDEX best_point_of_point ON best_point (point);

-- Gains of designs over a base design, as `quarry run` prints them (`compare:` of a file): include/quarry/comparison.h.
-- Two designs point by point are what `quarry query compare A B` is about, two technologies the view compare.
CREATE TABLE comparison (
  experiment  INTEGER NOT NULL REFERENCES experiment (id), -- key of the experiment
  position    INTEGER NOT NULL,            -- order in which they are printed, from 0
  within      TEXT NOT NULL CHECK (json_valid(within)), -- JSON object: {"technology": "fdsoi28", "precision": "8 bit"}
  base        TEXT NOT NULL,               -- names of designs
  design      TEXT NOT NULL,
  metric      TEXT NOT NULL,               -- what the gain is in
  at_equal    TEXT NOT NULL,               -- what both have alike.  'axes': pairs of points with the same axes, no budget;
                                           -- else the metric of the budget that both keep and, behind ", ", the qualities
                                           -- in which the design is no worse.  Tables of quarry show these two as `budget`
                                           -- and `held` ("axes", or the qualities)
  low         REAL,                        -- budgets, of the first metric of at_equal; one alone: both the same; NULL: 'axes'
  high        REAL,
  gain        REAL,                        -- median over them: base over design (design over base: larger is better)
  p05         REAL,                        -- of the gain, over the draws
  p95         REAL,
  gain_min    REAL,                        -- over the budgets, or the pairs of points with the same axes
  gain_max    REAL,
  unlimited   REAL,                        -- gain without a limit on the budget: that beyond `high`
  unlimited_p05 REAL,                      -- of that gain, over the same draws
  unlimited_p95 REAL,
  better_pct  REAL,                        -- share of them at which the gain is above 1
  better_from REAL,                        -- first budget from which on it is at all larger ones, beyond `high` too
  note        TEXT,                        -- why there is no gain, or what was left out
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

-- Layers of points: of those on a front or of all, as `store: {layers: ...}` of the experiment says.  Energies, cycles and
-- traffic are the layer's share of the point's and add up to it, other than what members of a pipeline leak while they
-- wait; a metric that the point has none of is NULL.  With a memory a row is an operation of the schedule, fused or not:
-- what it computes and its share of what its segment moves.
CREATE TABLE layer_result (
  point            INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE, -- key of the point
  position         INTEGER NOT NULL,       -- of the layer in the network
  member           TEXT,                   -- that runs it; "memory": none, it only moves maps; NULL: there is but one
  layer            TEXT NOT NULL,          -- its name in the network
  type             TEXT NOT NULL,          -- conv, dwconv, pwconv, fc, pool, ...
  bound_by         TEXT,                   -- "compute" or "memory": what takes longer; NULL: the design has no memory
  weight_bits      INTEGER,                -- [bit] of weights as the element keeps them
  activation_bits  INTEGER,                -- [bit] of activations
  sum_bits         INTEGER,                -- [bit] that the sums of the layer may need
  bias_bits        INTEGER,                -- [bit] of its bias
  accumulator_bits INTEGER,                -- [bit] of the accumulator it has; NULL: none of its own
  @LAYER_COLUMNS@,
  PRIMARY KEY (point, position)
) STRICT, WITHOUT ROWID;

-- Members of points, and their memory: of those on a front or of all, as `store: {members: ...}` says.  Areas, leakage
-- and resources are the member's; cycles, latency and utilization are of the time that it works; energies, powers and
-- throughputs are of the whole run and add up to those of the point.
CREATE TABLE member_result (
  point       INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE, -- key of the point
  position    INTEGER NOT NULL,            -- in the design
  member      TEXT,                        -- NULL: the design is one accelerator; "memory": DRAM and shared buffer
  accelerator TEXT,                        -- its model; NULL: of the memory
  layers      INTEGER NOT NULL,            -- that it runs; of the memory: that no member runs
  @MEMBER_COLUMNS@,
  PRIMARY KEY (point, position)
) STRICT, WITHOUT ROWID;

-- @VIEWS@ Everything below is run again when the schema or the metric table changes.

-- One row an experiment: how far it is and how long it took.
DROP VIEW IF EXISTS summary_all;
CREATE VIEW summary_all AS
SELECT e.id AS experiment_id,                      -- key of the experiment
       e.name AS experiment,                       -- name of the experiment
       e.status AS status,                          -- running, interrupted, failed or complete
       e.points AS points,                          -- planned ones: feasible or not, stored yet or not
       (SELECT coalesce(sum(b.rows), 0) FROM batch b WHERE b.experiment = e.id) AS stored, -- points that have a result
       (SELECT count(*) FROM front_group g JOIN front f ON f.front_group = g.id WHERE g.experiment = e.id) AS on_front,
                                                    -- points of its fronts, counted in each group
       e.started_utc AS started_utc,                -- when its first run began
       e.ended_utc AS ended_utc,                    -- when its last run ended; NULL: running, or killed
       round((julianday(e.ended_utc) - julianday(e.started_utc)) * 86400, 3) AS seconds, -- [s] from one to the other
       e.runs AS runs,                              -- 1 + how often it was continued
       e.model_version AS model_version,            -- of the models that priced it
       e.question AS question,                      -- what the experiment asks
       e.command_line AS command_line               -- of the run that began it
FROM experiment e;

-- One row a point, with names in place of keys.  point_id is unique in the database, point within its experiment.
-- Tables that a query takes no column from are not read.  WHERE infeasible IS NULL leaves the feasible points.
DROP VIEW IF EXISTS point_all;
CREATE VIEW point_all AS
SELECT e.name AS experiment,                        -- name of the experiment
       t.name AS technology,                        -- name of the technology
       t.voltage_v AS voltage_v,                    -- [V] supply of the technology; NULL: it has none
       n.name AS network,                           -- name of the network
       d.name AS design,                            -- name of the design
       q.label AS precision,                        -- label of the precision: "8 bit", "w4a8"
       r.precision_bits AS precision_bits,          -- [bit] of the widest operand of any layer
       nullif(coalesce(r.weight_bits, q.weight_bits), 0) AS weight_bits, -- [bit] of weights as stored
       q.activation_bits AS activation_bits,        -- [bit] of activations
       r.clock_mhz AS clock_mhz,                    -- [MHz] target clock
       @METRICS@,
       w.text AS infeasible,               -- why it cannot be, or is excluded; NULL: it is feasible
       CASE WHEN i.id IS NULL THEN NULL ELSE coalesce(c.probability, 0) END AS front_probability,
                                                    -- share of the draws in which it is on its front
       @INTERVALS@,
       d.parameters AS parameters,                  -- of the design, JSON object
       a.assignment AS assignment,                  -- precision of each layer where layers differ, JSON
       r.id & 0xffffffffff AS point,                -- number of the point within its experiment
       r.id AS point_id,                            -- key of the point, unique in the database
       e.id AS experiment_id,                       -- key of the experiment
       r.design AS design_id,                       -- key of the design
       r.technology AS technology_id,               -- key of the technology
       r.network AS network_id                      -- key of the network
FROM experiment e
CROSS JOIN result r ON r.id >= e.id << 40 AND r.id < (e.id + 1) << 40
LEFT JOIN technology t ON t.id = r.technology
LEFT JOIN network n ON n.id = r.network
LEFT JOIN design d ON d.id = r.design
LEFT JOIN precision q ON q.id = r.precision
LEFT JOIN assignment a ON a.point = r.id
LEFT JOIN reason w ON w.id = r.reason
LEFT JOIN interval i ON i.id = r.id
LEFT JOIN front_chance c ON c.point = r.id;

-- One row a point of a front: the columns of point, after the group in which the front was taken.
DROP VIEW IF EXISTS front_point_all;
CREATE VIEW front_point_all AS
SELECT g.name AS front_group,                       -- group in which the front was taken: "fdsoi28, 8 bit"
       e.name AS experiment,
       t.name AS technology,
       t.voltage_v AS voltage_v,
       n.name AS network,
       d.name AS design,
       q.label AS precision,
       r.precision_bits AS precision_bits,
       nullif(coalesce(r.weight_bits, q.weight_bits), 0) AS weight_bits,
       q.activation_bits AS activation_bits,
       r.clock_mhz AS clock_mhz,
       @METRICS@,
       CASE WHEN i.id IS NULL THEN NULL ELSE coalesce(c.probability, 0) END AS front_probability,
       @INTERVALS@,
       d.parameters AS parameters,
       a.assignment AS assignment,
       r.id & 0xffffffffff AS point,
       r.id AS point_id,
       e.id AS experiment_id,
       r.design AS design_id,
       r.technology AS technology_id,
       r.network AS network_id
FROM front_group g
CROSS JOIN front f ON f.front_group = g.id
JOIN result r ON r.id = f.point
JOIN experiment e ON e.id = g.experiment
LEFT JOIN technology t ON t.id = r.technology
LEFT JOIN network n ON n.id = r.network
LEFT JOIN design d ON d.id = r.design
LEFT JOIN precision q ON q.id = r.precision
LEFT JOIN assignment a ON a.point = r.id
LEFT JOIN interval i ON i.id = r.id
LEFT JOIN front_chance c ON c.point = r.id;

-- One row a point and layer, of points whose layers differ in precision or were assigned one each; of all others the
-- view point says it.  member: of a system, the one that the layer was assigned to.
DROP VIEW IF EXISTS layer_precision_all;
CREATE VIEW layer_precision_all AS
SELECT e.name AS experiment,
       t.name AS technology,
       n.name AS network,
       d.name AS design,
       q.label AS precision,
       r.clock_mhz AS clock_mhz,
       l.key AS layer,
       CAST(ltrim(l.value, 'w') AS INTEGER) AS weight_bits,
       CAST(substr(l.value, instr(l.value, 'a') + 1) AS INTEGER) AS activation_bits,
       (SELECT m.value FROM json_each(a.assignment, '$.members') m WHERE m.key = l.key) AS member,
       d.parameters AS parameters,
       r.id & 0xffffffffff AS point,
       r.id AS point_id,
       e.id AS experiment_id
FROM experiment e
CROSS JOIN assignment a ON a.point >= e.id << 40 AND a.point < (e.id + 1) << 40
CROSS JOIN json_each(a.assignment, '$.layers') l
JOIN result r ON r.id = a.point
JOIN precision q ON q.id = r.precision
JOIN technology t ON t.id = r.technology
JOIN network n ON n.id = r.network
JOIN design d ON d.id = r.design;

-- The best point for each objective of the experiment, per technology, network and precision.
-- One row an objective: its name, the value reached, the point that reaches it (the first one where several do).
-- Filled when an experiment is finished.  The table best_point has the same for the metrics that are no objectives,
-- of an experiment that stores fronts for those that a front is over.
DROP VIEW IF EXISTS best_all;
CREATE VIEW best_all AS
SELECT e.name AS experiment,
       t.name AS technology,
       n.name AS network,
       q.label AS precision,
       r.precision_bits AS precision_bits,
       nullif(coalesce(r.weight_bits, q.weight_bits), 0) AS weight_bits,
       q.activation_bits AS activation_bits,
       b.metric AS objective,                       -- the metric that is best here
       b.value AS value,                            -- what is reached, in `unit`
       m.unit AS unit,                              -- of the value
       d.name AS design,
       r.clock_mhz AS clock_mhz,
       d.parameters AS parameters,
       b.point & 0xffffffffff AS point,
       b.point AS point_id,
       b.experiment AS experiment_id
FROM best_point b
JOIN experiment e ON e.id = b.experiment
LEFT JOIN metric m ON m.name = b.metric
JOIN result r ON r.id = b.point
JOIN precision q ON q.id = b.precision
JOIN technology t ON t.id = b.technology
JOIN network n ON n.id = b.network
JOIN design d ON d.id = r.design
WHERE b.metric IN (SELECT value FROM json_each(e.objectives));

-- The same design, network, precision of every layer and clock in two technologies side by side: each technology of an
-- experiment against the first one in its file.  A ratio below 1 means: less than in the base technology.  Points that
-- are infeasible in either are left out.  All points are sorted for it: about 3 s per million of them; name an
-- experiment_id, precision_bits or clock_mhz and only those are.
DROP VIEW IF EXISTS compare_all;
CREATE VIEW compare_all AS
WITH paired AS (
  SELECT x.experiment, r.id, r.design, r.network, r.precision, r.precision_bits, r.weight_bits, r.clock_mhz, r.technology,
         x.position, r.area_um2, r.latency_us, r.energy_uj,
         first_value(x.position) OVER same AS base_position,
         first_value(r.technology) OVER same AS base,
         first_value(r.area_um2) OVER same AS base_area_um2,
         first_value(r.latency_us) OVER same AS base_latency_us,
         first_value(r.energy_uj) OVER same AS base_energy_uj
  FROM experiment_technology x
  CROSS JOIN result r ON r.id >= x.experiment << 40 AND r.id < (x.experiment + 1) << 40 AND +r.technology = x.technology
  LEFT JOIN assignment a ON a.point = r.id
  WHERE r.reason IS NULL
  WINDOW same AS (PARTITION BY x.experiment, r.design, r.network, r.precision, r.precision_bits, r.clock_mhz,
                  a.assignment -> '$.layers', a.assignment -> '$.members' ORDER BY x.position)
)
SELECT e.name AS experiment,
       d.name AS design,
       n.name AS network,
       q.label AS precision,
       p.precision_bits AS precision_bits,
       nullif(coalesce(p.weight_bits, q.weight_bits), 0) AS weight_bits,
       q.activation_bits AS activation_bits,
       p.clock_mhz AS clock_mhz,
       b.name AS base_technology,                   -- the first technology of the experiment
       t.name AS technology,
       p.area_um2 / p.base_area_um2 AS area_ratio, -- area over that in the base technology
       p.latency_us / p.base_latency_us AS latency_ratio, -- latency over that in the base technology
       p.energy_uj / p.base_energy_uj AS energy_ratio, -- energy over that in the base technology
       p.base_area_um2 AS base_area_um2, -- [µm²] area in the base technology
       p.area_um2 AS area_um2,
       p.base_latency_us AS base_latency_us, -- [µs] latency in the base technology
       p.latency_us AS latency_us,
       p.base_energy_uj AS base_energy_uj, -- [µJ] energy in the base technology
       p.energy_uj AS energy_uj,
       d.parameters AS parameters,
       p.id & 0xffffffffff AS point,
       p.id AS point_id,
       p.experiment AS experiment_id
FROM paired p
JOIN experiment e ON e.id = p.experiment
JOIN technology b ON b.id = p.base
JOIN technology t ON t.id = p.technology
JOIN network n ON n.id = p.network
JOIN design d ON d.id = p.design
LEFT JOIN precision q ON q.id = p.precision
WHERE p.base_position = 0 AND p.position > 0;

-- How many points of an experiment are infeasible, by reason and technology.
DROP VIEW IF EXISTS infeasible_all;
CREATE VIEW infeasible_all AS
SELECT e.name AS experiment,
       t.name AS technology,
       w.text AS reason,                            -- why they are infeasible
       count(*) AS points,                          -- infeasible ones of this reason and technology
       e.id AS experiment_id
FROM experiment e
CROSS JOIN result r ON r.id >= e.id << 40 AND r.id < (e.id + 1) << 40
JOIN technology t ON t.id = r.technology
JOIN reason w ON w.id = r.reason
WHERE e.store = 'all'
GROUP BY e.id, r.technology, r.reason
UNION ALL
SELECT e.name, t.name, w.text, c.points, e.id
FROM infeasible_count c
JOIN experiment e ON e.id = c.experiment
JOIN technology t ON t.id = c.technology
JOIN reason w ON w.id = c.reason;

-- One row a point and layer, of experiments that store them: the table layer_result with names.
DROP VIEW IF EXISTS layer_all;
CREATE VIEW layer_all AS
SELECT e.name AS experiment,
       t.name AS technology,
       n.name AS network,
       d.name AS design,
       q.label AS precision,
       r.clock_mhz AS clock_mhz,
       l.position AS position,             -- of the layer in the network
       l.layer AS layer,
       l.type AS type,
       l.member AS member,
       l.bound_by AS bound_by,
       l.weight_bits AS weight_bits,       -- [bit] of weights as the element keeps them
       l.activation_bits AS activation_bits,
       l.sum_bits AS sum_bits,             -- [bit] that the sums of the layer may need
       l.bias_bits AS bias_bits,           -- [bit] of its bias
       l.accumulator_bits AS accumulator_bits, -- [bit] of the accumulator it has; NULL: none of its own
       @LAYERS@,
       d.parameters AS parameters,
       r.id & 0xffffffffff AS point,
       r.id AS point_id,
       e.id AS experiment_id
FROM experiment e
CROSS JOIN layer_result l ON l.point >= e.id << 40 AND l.point < (e.id + 1) << 40
JOIN result r ON r.id = l.point
JOIN technology t ON t.id = r.technology
JOIN network n ON n.id = r.network
JOIN design d ON d.id = r.design
LEFT JOIN precision q ON q.id = r.precision;

-- One row a point and member, of experiments that store them: the table member_result with names.
DROP VIEW IF EXISTS member_all;
CREATE VIEW member_all AS
SELECT e.name AS experiment,
       t.name AS technology,
       n.name AS network,
       d.name AS design,
       q.label AS precision,
       r.clock_mhz AS clock_mhz,
       m.position AS position,             -- in the design
       m.member AS member,                 -- NULL: the design is one accelerator; "memory": DRAM and shared buffer
       m.accelerator AS accelerator,       -- its model; NULL: of the memory
       m.layers AS layers,                 -- that it runs; of the memory: that no member runs
       @MEMBERS@,
       d.parameters AS parameters,
       r.id & 0xffffffffff AS point,
       r.id AS point_id,
       e.id AS experiment_id
FROM experiment e
CROSS JOIN member_result m ON m.point >= e.id << 40 AND m.point < (e.id + 1) << 40
JOIN result r ON r.id = m.point
JOIN technology t ON t.id = r.technology
JOIN network n ON n.id = r.network
JOIN design d ON d.id = r.design
LEFT JOIN precision q ON q.id = r.precision;

-- The latest run of each experiment name: the one with the largest number.
DROP VIEW IF EXISTS latest;
CREATE VIEW latest AS
SELECT max(e.id) AS experiment_id,
       e.name AS experiment
FROM experiment e
GROUP BY e.name;

-- Of the latest runs: how far it is and how long it took, as summary_all has it of all runs.
@LATEST@ summary

-- Of the latest runs: points, as point_all has it of all runs.
@LATEST@ point

-- Of the latest runs: points of fronts, as front_point_all has it of all runs.
@LATEST@ front_point

-- Of the latest runs: precisions of layers, as layer_precision_all has it of all runs.
@LATEST@ layer_precision

-- Of the latest runs: the best point for each objective, as best_all has it of all runs.
@LATEST@ best

-- Of the latest runs: each technology beside the first one, as compare_all has it of all runs.  Two designs are what the
-- question `quarry query compare A B` is about; gains over a base design (`compare:` of a file) are in comparison.
@LATEST@ compare

-- Of the latest runs: why points are infeasible, as infeasible_all has it of all runs.
@LATEST@ infeasible

-- Of the latest runs: layers of points, as layer_all has it of all runs.
@LATEST@ layer

-- Of the latest runs: members of points, as member_all has it of all runs.
@LATEST@ member

-- What belongs to an experiment goes with it, by ranges of keys, before the experiment itself does.
DROP TRIGGER IF EXISTS experiment_deleted;
CREATE TRIGGER experiment_deleted BEFORE DELETE ON experiment
BEGIN
  DELETE FROM front WHERE point >= OLD.id << 40 AND point < (OLD.id + 1) << 40;
  DELETE FROM front_group WHERE experiment = OLD.id;
  DELETE FROM best_point WHERE experiment = OLD.id;
  DELETE FROM batch WHERE experiment = OLD.id;
  DELETE FROM axis WHERE experiment = OLD.id;
  DELETE FROM content WHERE experiment = OLD.id;
  DELETE FROM comparison WHERE experiment = OLD.id;
  DELETE FROM tally WHERE point >= OLD.id << 40 AND point < (OLD.id + 1) << 40;
  DELETE FROM infeasible_count WHERE experiment = OLD.id;
  DELETE FROM kept_front WHERE experiment = OLD.id;
  DELETE FROM histogram WHERE experiment = OLD.id;
  DELETE FROM result_chunk WHERE id >= OLD.id << 40 AND id < (OLD.id + 1) << 40;
  DELETE FROM chunk_column WHERE experiment = OLD.id;
  DELETE FROM sweep_state WHERE experiment = OLD.id;
  DELETE FROM front_chance WHERE point >= OLD.id << 40 AND point < (OLD.id + 1) << 40;
  DELETE FROM assignment WHERE point >= OLD.id << 40 AND point < (OLD.id + 1) << 40;
  DELETE FROM interval WHERE id >= OLD.id << 40 AND id < (OLD.id + 1) << 40;
  DELETE FROM layer_result WHERE point >= OLD.id << 40 AND point < (OLD.id + 1) << 40;
  DELETE FROM member_result WHERE point >= OLD.id << 40 AND point < (OLD.id + 1) << 40;
  DELETE FROM result WHERE id >= OLD.id << 40 AND id < (OLD.id + 1) << 40;
  DELETE FROM design WHERE id >= OLD.id << 40 AND id < (OLD.id + 1) << 40;
  DELETE FROM experiment_technology WHERE experiment = OLD.id;
  DELETE FROM experiment_network WHERE experiment = OLD.id;
  DELETE FROM experiment_device WHERE experiment = OLD.id;
  DELETE FROM experiment_noise_file WHERE experiment = OLD.id;
  DELETE FROM experiment_table_file WHERE experiment = OLD.id;
  DELETE FROM experiment_precision WHERE experiment = OLD.id;
  -- Texts that nobody uses any more.
  DELETE FROM technology WHERE id NOT IN (SELECT technology FROM experiment_technology);
  DELETE FROM network WHERE id NOT IN (SELECT network FROM experiment_network);
  DELETE FROM device WHERE id NOT IN (SELECT device FROM experiment_device);
  DELETE FROM noise_file WHERE id NOT IN (SELECT noise_file FROM experiment_noise_file);
  DELETE FROM table_file WHERE id NOT IN (SELECT table_file FROM experiment_table_file);
  DELETE FROM precision WHERE id NOT IN (SELECT precision FROM experiment_precision);
  DELETE FROM reason WHERE id NOT IN (SELECT reason FROM result WHERE reason IS NOT NULL)
    AND id NOT IN (SELECT reason FROM infeasible_count) AND NOT EXISTS (SELECT 1 FROM result_chunk);
  DELETE FROM resolved WHERE id NOT IN (SELECT resolved FROM result WHERE resolved IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM result_chunk);
END;
