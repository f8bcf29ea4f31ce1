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
  CREATE TRIGGER models_insert AFTER INSERT ON models BEGIN UPDATE standing SET changes = changes + 1; END;
  CREATE TRIGGER models_update AFTER UPDATE ON models BEGIN UPDATE standing SET changes = changes + 1; END;
  CREATE TRIGGER models_delete AFTER DELETE ON models BEGIN UPDATE standing SET changes = changes + 1; END;
  `,
];
