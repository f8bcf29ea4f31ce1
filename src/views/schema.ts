/** Goes up with every change of the schema: views of another version are made anew from the ledger. */
export const VERSION = 4;

/**
 * What the ledger says, so that it can be searched and added up. Everything here is made of entries, and can be made again.
 *
 * An exchange is written once, when its closing entry is there, under that entry's number: rows are only ever appended, and what
 * is newest is found without an index. Texts that come again and again are numbers.
 */
export const SCHEMA = `
  CREATE TABLE state (
    version INTEGER NOT NULL,
    ledger  TEXT NOT NULL,
    next    INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE words (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
  ) STRICT;

  -- What callers were called last.
  CREATE TABLE names (
    caller INTEGER PRIMARY KEY,
    name   TEXT NOT NULL
  ) STRICT;

  CREATE TABLE open (
    began INTEGER PRIMARY KEY,
    facts TEXT NOT NULL
  ) STRICT;

  CREATE TABLE exchanges (
    seq       INTEGER PRIMARY KEY,
    began     INTEGER NOT NULL,
    time      INTEGER NOT NULL,
    id        TEXT NOT NULL,
    caller    INTEGER NOT NULL,
    outcome   INTEGER NOT NULL,
    team      INTEGER NOT NULL,
    model     INTEGER NOT NULL,
    upstream  INTEGER NOT NULL,
    operation INTEGER NOT NULL,
    code      INTEGER NOT NULL,
    admin     INTEGER NOT NULL,
    status    INTEGER NOT NULL,
    ms        REAL NOT NULL,
    guarding  REAL NOT NULL,
    input     INTEGER NOT NULL,
    output    INTEGER NOT NULL,
    cost      INTEGER NOT NULL,
    found     INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX exchanges_of_callers ON exchanges (caller, outcome);
  CREATE INDEX exchanges_by_outcome ON exchanges (outcome);

  CREATE TABLE found (
    reason INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (reason, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    seq    INTEGER PRIMARY KEY,
    time   INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    caller INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX events_by_kind ON events (kind);

  -- The first entry of each minute in which there was one.
  CREATE TABLE times (
    minute INTEGER PRIMARY KEY,
    seq    INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE minutes (
    minute    INTEGER NOT NULL,
    model     INTEGER NOT NULL,
    outcome   INTEGER NOT NULL,
    requests  INTEGER NOT NULL,
    input     INTEGER NOT NULL,
    output    INTEGER NOT NULL,
    cost      INTEGER NOT NULL,
    ms        REAL NOT NULL,
    guarding  REAL NOT NULL,
    latencies BLOB NOT NULL,
    PRIMARY KEY (minute, model, outcome)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE hours (
    hour      INTEGER NOT NULL,
    caller    INTEGER NOT NULL,
    model     INTEGER NOT NULL,
    outcome   INTEGER NOT NULL,
    requests  INTEGER NOT NULL,
    input     INTEGER NOT NULL,
    output    INTEGER NOT NULL,
    cost      INTEGER NOT NULL,
    ms        REAL NOT NULL,
    guarding  REAL NOT NULL,
    PRIMARY KEY (hour, caller, model, outcome)
  ) STRICT, WITHOUT ROWID;

  -- Alerts of detections; those without an entry have still to be told.
  CREATE TABLE alerts (
    id    TEXT PRIMARY KEY,
    time  INTEGER NOT NULL,
    rule  TEXT NOT NULL,
    level TEXT NOT NULL,
    body  TEXT NOT NULL,
    seq   INTEGER
  ) STRICT;
  CREATE INDEX alerts_by_entry ON alerts (seq);

  -- What the detector remembers: of itself, and of each group of each rule.
  CREATE TABLE detector (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE detector_groups (
    rule    TEXT NOT NULL,
    grp     TEXT NOT NULL,
    state   TEXT NOT NULL,
    touched INTEGER NOT NULL,
    PRIMARY KEY (rule, grp)
  ) STRICT, WITHOUT ROWID;

  -- Roots of perfect subtrees of the ledger's tree, by the power of two of their size and their place among those; and the tree so far.
  CREATE TABLE subtrees (
    level  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    root   BLOB NOT NULL,
    PRIMARY KEY (level, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE tree (
    size  INTEGER NOT NULL,
    nodes TEXT NOT NULL
  ) STRICT;

  -- How far each that lives by the ledger has come.
  CREATE TABLE cursors (
    name TEXT PRIMARY KEY,
    next INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
