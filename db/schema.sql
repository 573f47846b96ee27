-- The results database of quarry, schema version 4.
--
-- Identity: application_id is 0x51727279, the letters "Qrry"; user_version is the schema version.
-- Settings: write-ahead log, synchronous NORMAL, foreign keys on, pages of 16384 bytes.  All tables are STRICT.
-- A line with a word between @ signs is filled from the metric table of the program when the database is made, so that
-- columns and code cannot disagree; the table `metric` in the database says what each metric column means.
--
-- Keys: an experiment is a small integer.  A result has the key  experiment << 40 | point  and a design the key
-- experiment << 40 | design, so the rows of an experiment are one contiguous range of the key.  Hence no index is needed
-- to reach them, and none is kept on `result`: a full scan of a million rows takes about 0.1 s, one index built after the
-- load would take 0.5 to 1 s, and one kept during the load three quarters of the insert rate.
--
-- Where to start: SELECT * FROM point LIMIT 5;  the other views are summary, front_point, layer_precision, best,
-- compare, infeasible.

-- What a metric column means.  sense: -1 smaller is better, 1 larger is better, 0 neither.
CREATE TABLE metric (
  name  TEXT PRIMARY KEY,
  unit  TEXT NOT NULL,
  label TEXT NOT NULL,
  sense INTEGER NOT NULL CHECK (sense IN (-1, 0, 1)),
  help  TEXT NOT NULL
) STRICT;

-- One experiment: an experiment text with its inputs, priced by one version of the models.
CREATE TABLE experiment (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL,
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
  points        INTEGER NOT NULL CHECK (points > 0),          -- planned
  batch_points  INTEGER NOT NULL CHECK (batch_points > 0),    -- points in a full batch
  status        TEXT NOT NULL CHECK (status IN ('running', 'interrupted', 'failed', 'complete')),
  started_utc   TEXT NOT NULL,             -- of the first run
  ended_utc     TEXT,                      -- of the last run; NULL: running, or killed
  runs          INTEGER NOT NULL DEFAULT 1,-- 1 + how often it was continued
  runner        TEXT                       -- process that may write batches now: host, boot, process id, start
) STRICT;

-- A technology library, verbatim: a result names the exact constants it used.
CREATE TABLE technology (
  id     INTEGER PRIMARY KEY,
  name   TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  text   TEXT NOT NULL,
  UNIQUE (sha256, name)
) STRICT;

-- A network, verbatim.
CREATE TABLE network (
  id     INTEGER PRIMARY KEY,
  name   TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  text   TEXT NOT NULL,
  UNIQUE (sha256, name)
) STRICT;

-- A DRAM device, verbatim.
CREATE TABLE device (
  id     INTEGER PRIMARY KEY,
  name   TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  text   TEXT NOT NULL,
  UNIQUE (sha256, name)
) STRICT;

-- A file of the noise of layers: sensitivities, verbatim, or the weights of a layer, of which the hash is kept alone.
CREATE TABLE noise_file (
  id     INTEGER PRIMARY KEY,
  name   TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  text   TEXT NOT NULL,                    -- '' where it is not a text
  UNIQUE (sha256, name)
) STRICT;

-- What the operands of layers may be as wide as.  Where layers differ, label is a name and the bits are NULL.
CREATE TABLE precision (
  id              INTEGER PRIMARY KEY,
  label           TEXT NOT NULL UNIQUE,    -- "8 bit", "w4a8", "mixed"
  weight_bits     INTEGER,
  activation_bits INTEGER,
  CHECK ((weight_bits IS NULL) = (activation_bits IS NULL))
) STRICT;

-- Which technologies, networks, devices, noise files and precisions an experiment was made with, in the order of its
-- file.
CREATE TABLE experiment_technology (
  experiment INTEGER NOT NULL REFERENCES experiment (id),
  position   INTEGER NOT NULL,
  technology INTEGER NOT NULL REFERENCES technology (id),
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiment_network (
  experiment INTEGER NOT NULL REFERENCES experiment (id),
  position   INTEGER NOT NULL,
  network    INTEGER NOT NULL REFERENCES network (id),
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiment_device (
  experiment INTEGER NOT NULL REFERENCES experiment (id),
  position   INTEGER NOT NULL,
  device     INTEGER NOT NULL REFERENCES device (id),
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiment_noise_file (
  experiment INTEGER NOT NULL REFERENCES experiment (id),
  position   INTEGER NOT NULL,
  noise_file INTEGER NOT NULL REFERENCES noise_file (id),
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiment_precision (
  experiment INTEGER NOT NULL REFERENCES experiment (id),
  position   INTEGER NOT NULL,
  precision  INTEGER NOT NULL REFERENCES precision (id),
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;

-- A design of an experiment; precision, clock, technology and network are chosen per point.
CREATE TABLE design (
  id         INTEGER PRIMARY KEY,          -- experiment << 40 | number of the design
  name       TEXT NOT NULL,
  parameters TEXT NOT NULL CHECK (json_valid(parameters)) -- JSON object
) STRICT;

-- Why a point has no metrics.
CREATE TABLE reason (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

-- One row a point.  Metrics are NULL where the point is infeasible, which is where reason is not NULL.
CREATE TABLE result (
  id             INTEGER PRIMARY KEY,      -- experiment << 40 | point
  design         INTEGER NOT NULL REFERENCES design (id),
  technology     INTEGER NOT NULL REFERENCES technology (id),
  network        INTEGER NOT NULL REFERENCES network (id),
  precision      INTEGER REFERENCES precision (id),
  precision_bits INTEGER NOT NULL,         -- of the widest operand of any layer
  weight_bits    INTEGER,                  -- NULL: those of the precision; else those that the elements keep weights
                                           -- in, as codes are; 0: members of a system differ
  clock_mhz      REAL NOT NULL,
  reason         INTEGER REFERENCES reason (id),
  @METRIC_COLUMNS@
) STRICT;

-- 5 % and 95 % quantiles of a result's uncertain metrics over the draws of the libraries; only in experiments with draws.
CREATE TABLE interval (
  id INTEGER PRIMARY KEY,                  -- of the result
  @INTERVAL_COLUMNS@
) STRICT;

-- Share of the draws in which a point is on its front; points that are on none have no row.
CREATE TABLE front_chance (
  point       INTEGER PRIMARY KEY REFERENCES result (id),
  probability REAL NOT NULL CHECK (probability > 0)
) STRICT;

-- Which layer has which precision, of points whose layers differ or were assigned one each.  JSON: "layers", an object
-- from layer to precision ("8", "w4a8"); "members", from layer to the member of a system, where that was chosen too;
-- of assigned points also "epsilon", "optimal" and, of an optimum under a limit, "bound".
CREATE TABLE assignment (
  point      INTEGER PRIMARY KEY REFERENCES result (id),
  assignment TEXT NOT NULL CHECK (json_valid(assignment))
) STRICT;

-- Which batches of an experiment are stored; written in the same transaction as their rows.
CREATE TABLE batch (
  experiment INTEGER NOT NULL REFERENCES experiment (id),
  batch      INTEGER NOT NULL,             -- holds the points from batch * batch_points on
  rows       INTEGER NOT NULL,
  PRIMARY KEY (experiment, batch)
) STRICT, WITHOUT ROWID;

-- The groups within which fronts were taken: "fdsoi28, 8 bit".
CREATE TABLE front_group (
  id         INTEGER PRIMARY KEY,
  experiment INTEGER NOT NULL REFERENCES experiment (id),
  name       TEXT NOT NULL,
  UNIQUE (experiment, name)
) STRICT;

-- The points on the Pareto front of a group, over the objectives of the experiment.
CREATE TABLE front (
  front_group INTEGER NOT NULL REFERENCES front_group (id),
  point       INTEGER NOT NULL REFERENCES result (id),
  PRIMARY KEY (front_group, point)
) STRICT, WITHOUT ROWID;

-- The best point for each metric that has a better and a worse, per technology, network and precision.
CREATE TABLE best_point (
  experiment     INTEGER NOT NULL REFERENCES experiment (id),
  technology     INTEGER NOT NULL REFERENCES technology (id),
  network        INTEGER NOT NULL REFERENCES network (id),
  precision      INTEGER NOT NULL REFERENCES precision (id),
  metric         TEXT NOT NULL,
  value          REAL NOT NULL,
  point          INTEGER NOT NULL REFERENCES result (id),
  PRIMARY KEY (experiment, technology, network, precision, metric)
) STRICT, WITHOUT ROWID;

-- @VIEWS@ Everything below is run again when the schema or the metric table changes.

-- One row an experiment: how far it is and how long it took.
DROP VIEW IF EXISTS summary;
CREATE VIEW summary AS
SELECT e.id AS experiment_id,
       e.name AS experiment,
       e.status AS status,
       e.points AS points,
       (SELECT coalesce(sum(b.rows), 0) FROM batch b WHERE b.experiment = e.id) AS stored,
       (SELECT count(*) FROM front_group g JOIN front f ON f.front_group = g.id WHERE g.experiment = e.id) AS on_front,
       e.started_utc AS started_utc,
       e.ended_utc AS ended_utc,
       round((julianday(e.ended_utc) - julianday(e.started_utc)) * 86400, 3) AS seconds,
       e.runs AS runs,
       e.model_version AS model_version,
       e.question AS question,
       e.command_line AS command_line
FROM experiment e;

-- One row a point, with names in place of keys.  point_id is unique in the database, point within its experiment.
-- Tables that a query takes no column from are not read; hence WHERE area_um2 IS NOT NULL is the quick way to ask for
-- feasible points only.
DROP VIEW IF EXISTS point;
CREATE VIEW point AS
SELECT e.name AS experiment,
       t.name AS technology,
       n.name AS network,
       d.name AS design,
       q.label AS precision,
       r.precision_bits AS precision_bits,
       nullif(coalesce(r.weight_bits, q.weight_bits), 0) AS weight_bits,
       q.activation_bits AS activation_bits,
       r.clock_mhz AS clock_mhz,
       @METRICS@,
       w.text AS infeasible,               -- why the point has no metrics; NULL: it has
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
DROP VIEW IF EXISTS front_point;
CREATE VIEW front_point AS
SELECT g.name AS front_group,
       e.name AS experiment,
       t.name AS technology,
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
DROP VIEW IF EXISTS layer_precision;
CREATE VIEW layer_precision AS
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
-- Filled when an experiment is finished.  The table best_point has the same for the metrics that are no objectives.
DROP VIEW IF EXISTS best;
CREATE VIEW best AS
SELECT e.name AS experiment,
       t.name AS technology,
       n.name AS network,
       q.label AS precision,
       r.precision_bits AS precision_bits,
       nullif(coalesce(r.weight_bits, q.weight_bits), 0) AS weight_bits,
       q.activation_bits AS activation_bits,
       b.metric AS objective,
       b.value AS value,
       m.unit AS unit,
       d.name AS design,
       r.clock_mhz AS clock_mhz,
       d.parameters AS parameters,
       b.point & 0xffffffffff AS point,
       b.point AS point_id,
       b.experiment AS experiment_id
FROM best_point b
JOIN experiment e ON e.id = b.experiment
JOIN metric m ON m.name = b.metric
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
DROP VIEW IF EXISTS compare;
CREATE VIEW compare AS
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
       b.name AS base_technology,
       t.name AS technology,
       p.area_um2 / p.base_area_um2 AS area_ratio,
       p.latency_us / p.base_latency_us AS latency_ratio,
       p.energy_uj / p.base_energy_uj AS energy_ratio,
       p.base_area_um2 AS base_area_um2,
       p.area_um2 AS area_um2,
       p.base_latency_us AS base_latency_us,
       p.latency_us AS latency_us,
       p.base_energy_uj AS base_energy_uj,
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
DROP VIEW IF EXISTS infeasible;
CREATE VIEW infeasible AS
SELECT e.name AS experiment,
       t.name AS technology,
       w.text AS reason,
       count(*) AS points,
       e.id AS experiment_id
FROM experiment e
CROSS JOIN result r ON r.id >= e.id << 40 AND r.id < (e.id + 1) << 40
JOIN technology t ON t.id = r.technology
JOIN reason w ON w.id = r.reason
GROUP BY e.id, r.technology, r.reason;
