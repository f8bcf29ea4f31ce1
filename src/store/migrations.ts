/** Each entry takes the schema one version further; none is ever changed once released. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE callers (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE COLLATE NOCASE,
    owner    TEXT NOT NULL,
    team     TEXT NOT NULL,
    roles    TEXT NOT NULL,
    tags     TEXT NOT NULL,
    created  INTEGER NOT NULL,
    disabled INTEGER
  ) STRICT;

  CREATE TABLE keys (
    id      TEXT PRIMARY KEY,
    caller  TEXT NOT NULL REFERENCES callers (id),
    hash    BLOB NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    revoked INTEGER
  ) STRICT;
  CREATE INDEX keys_of_caller ON keys (caller);

  CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    start INTEGER NOT NULL,
    ends  INTEGER NOT NULL,
    used  REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX counters_by_end ON counters (ends);
  `,
  `
  CREATE TABLE identities (
    id         TEXT PRIMARY KEY,
    source     TEXT NOT NULL,
    name       TEXT NOT NULL,
    team       TEXT NOT NULL,
    roles      TEXT NOT NULL,
    created    INTEGER NOT NULL,
    registered INTEGER,
    disabled   INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE invitations (
    id      TEXT PRIMARY KEY,
    hash    BLOB NOT NULL,
    draft   TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    uses    INTEGER NOT NULL,
    used    INTEGER NOT NULL,
    revoked INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  'ALTER TABLE counters ADD COLUMN told INTEGER NOT NULL DEFAULT 0',
  `
  CREATE TABLE history (
    id     BLOB PRIMARY KEY,
    caller TEXT NOT NULL,
    ends   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX history_by_end ON history (ends);
  `,
  `
  CREATE TABLE background (
    id       TEXT PRIMARY KEY,
    caller   TEXT NOT NULL,
    upstream TEXT NOT NULL,
    model    TEXT NOT NULL,
    served   TEXT NOT NULL,
    owed     TEXT,
    claims   TEXT,
    taken    TEXT,
    ends     INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX background_by_end ON background (ends);
  CREATE INDEX background_taken ON background (id) WHERE taken IS NOT NULL;
  `,
  `
  CREATE TABLE standing (
    changes INTEGER NOT NULL
  ) STRICT;
  INSERT INTO standing VALUES (0);
  CREATE TRIGGER callers_insert AFTER INSERT ON callers BEGIN UPDATE standing SET changes = changes + 1; END;
  CREATE TRIGGER callers_update AFTER UPDATE ON callers BEGIN UPDATE standing SET changes = changes + 1; END;
  CREATE TRIGGER callers_delete AFTER DELETE ON callers BEGIN UPDATE standing SET changes = changes + 1; END;
  CREATE TRIGGER keys_insert AFTER INSERT ON keys BEGIN UPDATE standing SET changes = changes + 1; END;
  CREATE TRIGGER keys_update AFTER UPDATE ON keys BEGIN UPDATE standing SET changes = changes + 1; END;
  CREATE TRIGGER keys_delete AFTER DELETE ON keys BEGIN UPDATE standing SET changes = changes + 1; END;
  CREATE TRIGGER identities_insert AFTER INSERT ON identities BEGIN UPDATE standing SET changes = changes + 1; END;
  CREATE TRIGGER identities_update AFTER UPDATE ON identities BEGIN UPDATE standing SET changes = changes + 1; END;
  CREATE TRIGGER identities_delete AFTER DELETE ON identities BEGIN UPDATE standing SET changes = changes + 1; END;
  `,
  `
  CREATE TABLE pseudonyms (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant TEXT NOT NULL,
    key    TEXT NOT NULL,
    sealed BLOB NOT NULL,
    ends   INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX pseudonyms_of_tenant ON pseudonyms (tenant, id);
  CREATE INDEX pseudonyms_by_end ON pseudonyms (ends);
  `,
  `
  CREATE TABLE models (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    version INTEGER NOT NULL,
    state   TEXT NOT NULL,
    about   TEXT NOT NULL,
    UNIQUE (name, version)
  ) STRICT;
  CREATE UNIQUE INDEX models_active ON models (name) WHERE state = 'active';
  `,
  `
  CREATE TABLE models_applied (
    entries INTEGER NOT NULL
  ) STRICT;
  INSERT INTO models_applied VALUES (0);
  `,
  `
  CREATE TABLE people (
    id       TEXT PRIMARY KEY,
    login    TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name     TEXT NOT NULL,
    team     TEXT NOT NULL,
    roles    TEXT NOT NULL,
    source   TEXT NOT NULL,
    external TEXT UNIQUE,
    created  INTEGER NOT NULL,
    disabled INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE factors (
    id      TEXT PRIMARY KEY,
    person  TEXT NOT NULL REFERENCES people (id),
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    held    TEXT NOT NULL,
    counter INTEGER NOT NULL,
    created INTEGER NOT NULL,
    used    INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX factors_of_person ON factors (person);

  CREATE TABLE links (
    id      TEXT PRIMARY KEY,
    hash    BLOB NOT NULL,
    person  TEXT NOT NULL REFERENCES people (id),
    purpose TEXT NOT NULL,
    expires INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sessions (
    id      TEXT PRIMARY KEY,
    hash    BLOB NOT NULL,
    person  TEXT NOT NULL REFERENCES people (id),
    factors TEXT NOT NULL,
    created INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    fresh   INTEGER NOT NULL,
    network TEXT NOT NULL,
    agent   TEXT NOT NULL,
    ended   INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_of_person ON sessions (person, created);
  CREATE INDEX sessions_by_end ON sessions (expires);
  `,
  `
  CREATE TABLE incidents (
    id      TEXT PRIMARY KEY,
    state   TEXT NOT NULL,
    owner   TEXT NOT NULL,
    rule    TEXT NOT NULL,
    grouped TEXT NOT NULL,
    opened  INTEGER NOT NULL,
    held    INTEGER NOT NULL,
    about   TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX incidents_by_time ON incidents (opened);
  CREATE INDEX incidents_by_rule ON incidents (rule, grouped) WHERE state <> 'closed';
  CREATE INDEX incidents_held ON incidents (held) WHERE held > 0;

  CREATE TABLE incident_facts (
    seq      INTEGER PRIMARY KEY,
    incident TEXT NOT NULL,
    fact     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX facts_of_incident ON incident_facts (incident, seq);

  CREATE TABLE incident_detections (
    seq INTEGER PRIMARY KEY
  ) STRICT;

  -- Alerts that were found in the ledger at a start, and wait to be looked at.
  CREATE TABLE incident_alerts (
    seq   INTEGER PRIMARY KEY,
    entry TEXT NOT NULL
  ) STRICT;

  -- When each rule told of something last.
  CREATE TABLE alert_rules (
    rule TEXT PRIMARY KEY,
    last INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE incident_comments (
    id       TEXT PRIMARY KEY,
    incident TEXT NOT NULL,
    text     TEXT,
    sealed   BLOB
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX comments_of_incident ON incident_comments (incident);

  CREATE TABLE incidents_applied (
    entries INTEGER NOT NULL
  ) STRICT;
  INSERT INTO incidents_applied VALUES (0);
  `,
  `
  CREATE TABLE proposals (
    id        TEXT PRIMARY KEY,
    person    TEXT NOT NULL REFERENCES people (id),
    digest    BLOB NOT NULL,
    operation TEXT NOT NULL,
    action    TEXT NOT NULL,
    about     TEXT NOT NULL,
    request   TEXT NOT NULL,
    created   INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    approver  TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX proposals_of_person ON proposals (person, created);
  `,
  `
  -- What guards held for people, and what these decided. The text is sealed; it goes with its row.
  CREATE TABLE reviews (
    id         TEXT PRIMARY KEY,
    request    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    state      TEXT NOT NULL,
    caller     TEXT NOT NULL,
    owner      TEXT NOT NULL,
    team       TEXT NOT NULL,
    action     TEXT NOT NULL,
    model      TEXT,
    digest     TEXT NOT NULL,
    findings   TEXT NOT NULL,
    media      TEXT NOT NULL,
    sealed     BLOB NOT NULL,
    created    INTEGER NOT NULL,
    deadline   INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    connection TEXT NOT NULL,
    holder     INTEGER NOT NULL,
    claimant   TEXT,
    claimed    INTEGER NOT NULL,
    decided    INTEGER,
    decider    TEXT,
    reason     BLOB
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX reviews_open ON reviews (deadline) WHERE state = 'open';
  CREATE INDEX reviews_of_caller ON reviews (caller, digest);
  CREATE INDEX reviews_by_time ON reviews (created, id);
  CREATE INDEX reviews_by_end ON reviews (expires);
  CREATE INDEX reviews_held ON reviews (holder) WHERE connection = 'held';

  -- Keyed digests of findings that were decided to pass from now on.
  CREATE TABLE review_passes (
    digest  TEXT PRIMARY KEY,
    review  TEXT NOT NULL,
    expires INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX review_passes_by_end ON review_passes (expires);
  `,
  `
  CREATE TRIGGER models_insert AFTER INSERT ON models BEGIN UPDATE standing SET changes = changes + 1; END;
  CREATE TRIGGER models_update AFTER UPDATE ON models BEGIN UPDATE standing SET changes = changes + 1; END;
  CREATE TRIGGER models_delete AFTER DELETE ON models BEGIN UPDATE standing SET changes = changes + 1; END;
  `,
  `
  -- Every policy that was in force, as it was written. One that is staged is about to be, or was when the process died.
  CREATE TABLE policy_versions (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    time    INTEGER NOT NULL,
    hash    TEXT NOT NULL,
    digest  TEXT NOT NULL,
    text    TEXT,
    files   TEXT,
    origin  TEXT NOT NULL,
    person  TEXT NOT NULL,
    reason  TEXT NOT NULL,
    restored INTEGER,
    staged  INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- What else waits for people: the sealed model or the measure that a review is about.
  ALTER TABLE reviews ADD COLUMN subject TEXT;
  CREATE INDEX reviews_of_subject ON reviews (subject) WHERE subject IS NOT NULL;
  `,
];
