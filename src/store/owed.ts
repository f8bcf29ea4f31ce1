import { DatabaseSync } from 'node:sqlite';

/** What is owed for answers in the background, in a database that comes from a backup. No key is needed for that. */
export class OwedAnswers {
  readonly #database: DatabaseSync;
  /** The answer that each request asked for. */
  readonly requests = new Map<string, string>();

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    const known = this.#database.prepare(
      "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'background'",
    );
    if (known.get() === undefined) return;
    for (const { id, request } of this.#database
      .prepare("SELECT id, owed ->> '$.account.request' AS request FROM background WHERE owed IS NOT NULL")
      .all())
      this.requests.set(String(request), String(id));
  }

  /** Nothing is owed for what this request asked for: it was settled. */
  forget(request: string): void {
    this.#database
      .prepare('UPDATE background SET owed = NULL, claims = NULL, taken = NULL WHERE id = ?')
      .run(this.requests.get(request) ?? null);
  }

  close(): void {
    this.#database.close();
  }
}
