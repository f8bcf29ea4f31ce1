import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import { durably } from './database.ts';
import { type ModelStep, type Person, type RegisteredModel, stepped } from './model-steps.ts';
import { Remembered } from './remembered.ts';

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const REFERENCE = /^([a-z0-9][a-z0-9._-]{0,63})(?:@([1-9]\d{0,8}))?$/;

/** A step as the ledger has it. */
export interface RecordedStep {
  /** Of the model. */
  readonly id: string;
  readonly name: string;
  /** Undefined where it is being added. */
  readonly version: number | undefined;
  readonly root: string | null;
  readonly act: string;
}

/** The registry of sealed models: which there are, and how far each has come. The bytes are files beside it. */
export class ModelRegistry {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #meant: Remembered<RegisteredModel>;
  readonly #known: Remembered<RegisteredModel>;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#meant = new Remembered(database);
    this.#known = new Remembered(database);
  }

  /** By name, the oldest version first. */
  list(): RegisteredModel[] {
    return this.#rows('SELECT about FROM models ORDER BY name, version');
  }

  /**
   * `name@3`; or `name`: the active version where there is one, else the newest. Throws `not_found`.
   */
  find(reference: string): RegisteredModel {
    const model = this.#find(reference);
    if (model === undefined)
      throw new Refusal('not_found', { hint: 'No sealed model has this name and version.' });
    return model;
  }

  /**
   * The same as things stand now, whichever process changed them, for what asks before each question: read once, and again
   * when any model has changed. Undefined where there is none.
   */
  standing(reference: string): RegisteredModel | undefined {
    return this.#meant.get(reference, this.#find);
  }

  /** A model by its id, as {@link standing}. */
  standingById(id: string): RegisteredModel | undefined {
    return this.#known.get(id, this.#byId);
  }

  #find = (reference: string): RegisteredModel | undefined => {
    const [, name, version] = REFERENCE.exec(reference) ?? [];
    if (name === undefined) return undefined;
    const found =
      version === undefined
        ? this.#rows(
            "SELECT about FROM models WHERE name = ? ORDER BY state = 'active' DESC, version DESC LIMIT 1",
            name,
          )
        : this.#rows('SELECT about FROM models WHERE name = ? AND version = ?', name, Number(version));
    return found[0];
  };

  /** One that names its version, for whatever changes it: the newest may be another by the time it is read. */
  exactly(reference: string): RegisteredModel {
    if (!reference.includes('@'))
      throw new Refusal('request_invalid', { hint: 'Name the version too, such as name@3.' });
    return this.find(reference);
  }

  /** A model by its id, where there is one. */
  byId(id: string): RegisteredModel | undefined {
    return this.#byId(id);
  }

  #byId = (id: string): RegisteredModel | undefined =>
    this.#rows('SELECT about FROM models WHERE id = ?', id)[0];

  /** Entries of the ledger that were read for steps that the registry does not have. */
  get applied(): number {
    return (this.#database.prepare('SELECT entries FROM models_applied').get() as { entries: number })
      .entries;
  }

  /**
   * Does again what the ledger says was done, in order: the process may have died between the entry and the step, or the
   * database come from a backup. What was ended ends, no version is active but the one that was activated last, and a
   * version that is not known here is revoked; nothing is approved by it.
   * @param size entries of the ledger, up to which these are all
   */
  reapply(steps: readonly RecordedStep[], size: number): void {
    this.#change(() => {
      for (const step of steps) this.#reapply(step);
      this.#database.prepare('UPDATE models_applied SET entries = ?').run(size);
    });
  }

  #reapply({ id, name, version, root, act }: RecordedStep): void {
    const model = this.byId(id);
    const state = model?.state;
    if (model === undefined && version !== undefined) {
      const nobody = { id: '', owner: '' };
      const revoked = {
        ...draftOf(id, name, version, nobody, this.#clock.now()),
        state: 'revoked' as const,
        root,
      };
      // Its number may have been given to another before.
      const taken = this.#rows('SELECT about FROM models WHERE name = ? AND version = ?', name, version);
      if (taken.length === 0) this.#insert(revoked);
    }
    if (act === 'activate') {
      if (state !== 'active') this.#deactivate(name);
      if (model !== undefined && state === 'approved') this.#keep({ ...model, state: 'active' });
    } else if (model === undefined || state === 'removed') return;
    else if (act === 'remove') this.#keep({ ...model, state: 'removed' });
    else if (act === 'revoke' && state !== 'revoked')
      this.#keep({ ...model, state: 'revoked', revoked: this.#clock.now() });
  }

  /** An id for a model that is to be added. Throws `request_invalid` where the name is none. */
  newId(name: string): string {
    if (!NAME.test(name))
      throw new Refusal('request_invalid', {
        field: '/name',
        hint: 'It must be small letters, digits, “.”, “_” and “-”, 64 at most.',
      });
    return `mdl_${randomBytes(16).toString('hex')}`;
  }

  /** A draft, of the next version. */
  add(id: string, name: string, submitter: Person): RegisteredModel {
    return this.#change(() => {
      const { last } = this.#database
        .prepare('SELECT coalesce(max(version), 0) AS last FROM models WHERE name = ?')
        .get(name) as { last: number };
      const model = draftOf(
        id,
        name,
        last + 1,
        { id: submitter.id, owner: submitter.owner },
        this.#clock.now(),
      );
      this.#insert(model);
      return model;
    });
  }

  /** Whether a step could be taken now: what would be recorded of one that cannot is not true. Throws as `take`. */
  plan(reference: string, step: ModelStep): RegisteredModel {
    return stepped(this.exactly(reference), step, this.#clock.now());
  }

  /** Takes a step, on disk when it returns. Throws `conflict`, `forbidden`, `not_found`. */
  take(reference: string, step: ModelStep): RegisteredModel {
    return this.#change(() => {
      const next = stepped(this.exactly(reference), step, this.#clock.now());
      // One version of a name is active.
      if (step.act === 'activate') this.#deactivate(next.name);
      this.#keep(next);
      return next;
    });
  }

  /** All or nothing, on disk when it returns; what was remembered is forgotten. */
  #change<T>(act: () => T): T {
    try {
      return durably(this.#database, act);
    } finally {
      this.#meant.clear();
      this.#known.clear();
    }
  }

  #deactivate(name: string): void {
    const before = this.#rows("SELECT about FROM models WHERE name = ? AND state = 'active'", name);
    for (const one of before) this.#keep({ ...one, state: 'approved' });
  }

  #insert(model: RegisteredModel): void {
    this.#database
      .prepare('INSERT INTO models (id, name, version, state, about) VALUES (?, ?, ?, ?, ?)')
      .run(model.id, model.name, model.version, model.state, JSON.stringify(model));
  }

  #keep(model: RegisteredModel): void {
    this.#database
      .prepare('UPDATE models SET state = ?, about = ? WHERE id = ?')
      .run(model.state, JSON.stringify(model), model.id);
  }

  #rows(sql: string, ...values: (string | number)[]): RegisteredModel[] {
    const rows = this.#database.prepare(sql).all(...values) as unknown as { about: string }[];
    return rows.map(({ about }) => JSON.parse(about) as RegisteredModel);
  }
}

const draftOf = (
  id: string,
  name: string,
  version: number,
  submitter: Person,
  created: number,
): RegisteredModel => ({
  id,
  name,
  version,
  state: 'draft',
  submitter,
  created,
  root: null,
  files: 0,
  bytes: 0,
  scan: null,
  signer: null,
  approvals: [],
  revoked: null,
});

/** The registry as another process writes it, to look at. Throws Problem('environment'). */
export function readModelRegistry(file: string, clock: Clock): { registry: ModelRegistry; close(): void } {
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: 2000 });
    return { registry: new ModelRegistry(database, clock), close: () => database.close() };
  } catch (cause) {
    throw new Problem('environment', `cannot read ${file}`, 'Is it the data folder of a gateway?', cause);
  }
}
