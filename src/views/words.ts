import type { DatabaseSync } from 'node:sqlite';

/** Words that are kept in memory; others are asked for. */
const LIVE = 20_000;

/** Texts that come again and again, as numbers. */
export class Words {
  readonly #find;
  readonly #add;
  readonly #text;
  readonly #ids = new Map<string, number>();
  readonly #texts = new Map<number, string>();

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT id FROM words WHERE text = ?');
    this.#add = database.prepare('INSERT INTO words (text) VALUES (?)');
    this.#text = database.prepare('SELECT text FROM words WHERE id = ?');
  }

  /** The number of a text; it gets one where it has none. Only within a transaction: {@link forget} after one that failed. */
  idOf(text: string): number {
    const known = this.find(text);
    if (known !== undefined) return known;
    const id = Number(this.#add.run(text).lastInsertRowid);
    this.#keep(text, id);
    return id;
  }

  /** Undefined where it never came. */
  find(text: string): number | undefined {
    const live = this.#ids.get(text);
    if (live !== undefined) return live;
    const row = this.#find.get(text) as { id: number } | undefined;
    if (row !== undefined) this.#keep(text, row.id);
    return row?.id;
  }

  textOf(id: number): string {
    const live = this.#texts.get(id);
    if (live !== undefined) return live;
    const row = this.#text.get(id) as { text: string } | undefined;
    if (row !== undefined) this.#keep(row.text, id);
    return row?.text ?? '';
  }

  /** Numbers that were given in a transaction that was taken back are nobody's. */
  forget(): void {
    this.#ids.clear();
    this.#texts.clear();
  }

  #keep(text: string, id: number): void {
    if (this.#ids.size >= LIVE) this.forget();
    this.#ids.set(text, id);
    this.#texts.set(id, text);
  }
}
