import fc from 'fast-check';
import { EDITS } from '../../eval/robustness/edits.ts';
import { inspectPrompt, openInspection } from '../../src/gateway/inspect/inspect.ts';
import type { Watch } from '../../src/gateway/inspect/posts.ts';
import { post, watchOf } from '../../src/gateway/inspect/testing.ts';
import type { Guard } from '../../src/guards/guard.ts';
import { injection } from '../../src/guards/injection/index.ts';
import { pii } from '../../src/guards/pii/index.ts';
import { secrets } from '../../src/guards/secrets/index.ts';
import { openMeans } from '../../src/runtime/means.ts';
import { type Place, SPOTS, SPREADS, type Spot } from './evasion-places.ts';
import { ATTACKS, INNOCENT, VALUES } from './evasion-texts.ts';
import { FAITHFUL, type Make, WRITINGS } from './evasion-tricks.ts';

/** What was tried in one cell of a table, and what of it went wrong, by name. */
export interface Cell {
  readonly tried: number;
  readonly wrong: readonly string[];
}
/** A trick, and by where it was tried what came of it. */
export type Table = Readonly<Record<string, Readonly<Record<string, Cell>>>>;

/** Attacks that are caught as they stand, and what is left of that when they are written otherwise. */
export interface Evasions {
  /** What is caught as it stands, by spot: only that is written otherwise. */
  readonly plain: Table;
  readonly writings: Table;
  /** Characters that are put in, left out, changed, swapped. */
  readonly edits: Table;
  /** Texts spread over a request. */
  readonly spreads: Table;
  /** Secrets and personal data. */
  readonly values: Table;
  /** Innocent texts in the same disguises that were taken for attacks. */
  readonly innocent: Table;
}

const MEANS = openMeans();
const INJECTION = injection.build('injection', {}, MEANS);
const SECRETS = secrets.build('secrets', {}, MEANS);
const PII = pii.build('pii', {}, MEANS);
const watchWith = (...guards: readonly Guard[]): Watch =>
  watchOf(guards.map((guard) => post(guard, { action: { prompt: 'flag', reply: 'flag' }, budget: 60_000 })));
const ATTACK_WATCH = watchWith(INJECTION);
const VALUE_WATCH = watchWith(SECRETS, PII);

/** Whether anything is found in a request, as the gateway reads it. */
async function isFound(watch: Watch, place: Place, text: string): Promise<boolean> {
  const inspection = openInspection(watch, 'prompt');
  await inspectPrompt(place(text), inspection);
  return inspection.book.verdicts.outcome !== 'passed';
}

/** The same where the text comes in pieces. */
async function isFoundInPieces(
  guards: readonly Guard[],
  { provenance }: Spot,
  text: string,
): Promise<boolean> {
  for (const guard of guards) {
    const reader = guard.open({
      direction: 'reply',
      path: '/text',
      provenance,
      format: 'text',
      streamed: true,
    });
    for (let at = 0; at < text.length; at += 7) {
      const { found } = await reader.push(text.slice(at, at + 7));
      if (found.length > 0) return true;
    }
    if ((await reader.end()).found.length > 0) return true;
  }
  return false;
}

/** Each dialect in turn: what is read is the same text from the same speaker, whichever has it. */
const turnOf = ({ places }: Spot, turn: number): Place => places[turn % places.length] as Place;

async function cellOf(
  tries: readonly (readonly [name: string, isFound: () => Promise<boolean>])[],
  wanted = true,
): Promise<Cell> {
  const wrong: string[] = [];
  for (const [name, found] of tries) if ((await found()) !== wanted) wrong.push(name);
  return { tried: tries.length, wrong };
}

type Texts = readonly (readonly [name: string, text: string])[];

/** Each text in each trick, at a spot: in a request of each dialect in turn, and in pieces. */
async function tricked(
  tricks: Readonly<Record<string, Make>>,
  [watch, guards]: readonly [Watch, readonly Guard[]],
  textsAt: (spot: Spot) => Texts,
  wanted = true,
): Promise<Table> {
  const table: Record<string, Record<string, Cell>> = {};
  for (const [turn, [trick, make]] of Object.entries(tricks).entries()) {
    const row: Record<string, Cell> = {};
    for (const spot of SPOTS) {
      const tries = textsAt(spot).flatMap(([name, text], i) => {
        const made = make(text);
        return [
          [name, () => isFound(watch, turnOf(spot, turn + i), made)] as const,
          [`${name}, in pieces`, () => isFoundInPieces(guards, spot, made)] as const,
        ];
      });
      row[spot.name] = await cellOf(tries, wanted);
    }
    table[trick] = row;
  }
  return table;
}

/** Texts that are found at a spot as they stand, in every dialect and in pieces. */
async function caughtAt(
  texts: Readonly<Record<string, string>>,
  [watch, guards]: readonly [Watch, readonly Guard[]],
): Promise<ReadonlyMap<string, Texts>> {
  const caught = new Map<string, Texts>();
  for (const spot of SPOTS) {
    const found: (readonly [string, string])[] = [];
    for (const [name, text] of Object.entries(texts)) {
      const all = [isFoundInPieces(guards, spot, text)];
      for (const place of spot.places) all.push(isFound(watch, place, text));
      if ((await Promise.all(all)).every(Boolean)) found.push([name, text]);
    }
    caught.set(spot.name, found);
  }
  return caught;
}

const cellsOf = (caught: ReadonlyMap<string, Texts>, texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    [...caught].map(([spot, found]) => {
      const names = new Set(found.map(([name]) => name));
      const all = Object.keys(texts);
      return [spot, { tried: all.length, wrong: all.filter((name) => !names.has(name)) }];
    }),
  );

/** Edits of each text, the same every time. */
const RUNS = 12;
const SEED = 20261121;

async function edited(caught: ReadonlyMap<string, Texts>): Promise<Table> {
  const table: Record<string, Record<string, Cell>> = {};
  for (const [edit, make] of Object.entries(EDITS)) {
    const row: Record<string, Cell> = {};
    for (const spot of SPOTS) {
      const tries = (caught.get(spot.name) ?? []).flatMap(([name, text]) =>
        fc.sample(make(text), { seed: SEED, numRuns: RUNS }).map((made, i) => {
          const place = turnOf(spot, i);
          return [`${name} ${i + 1}`, () => isFound(ATTACK_WATCH, place, made)] as const;
        }),
      );
      row[spot.name] = await cellOf(tries);
    }
    table[edit] = row;
  }
  return table;
}

async function spread(caught: ReadonlyMap<string, Texts>): Promise<Table> {
  const table: Record<string, Record<string, Cell>> = {};
  for (const [name, { like, place }] of Object.entries(SPREADS)) {
    const tries = (caught.get(like) ?? []).map(
      ([attack, text]) => [attack, () => isFound(ATTACK_WATCH, place, text)] as const,
    );
    table[name] = { [like]: await cellOf(tries) };
  }
  return table;
}

/** Tries everything. Some seconds of one core. */
export async function measure(): Promise<Evasions> {
  const forAttacks = [ATTACK_WATCH, [INJECTION]] as const;
  const forValues = [VALUE_WATCH, [SECRETS, PII]] as const;
  const attacks = await caughtAt(ATTACKS, forAttacks);
  const values = await caughtAt(VALUES, forValues);
  const innocent = Object.entries(INNOCENT);
  const faithful = Object.fromEntries(FAITHFUL.map((name) => [name, WRITINGS[name] as Make]));
  return {
    plain: {
      attacks: cellsOf(attacks, ATTACKS),
      'secrets and personal data': cellsOf(values, VALUES),
    },
    writings: await tricked(WRITINGS, forAttacks, ({ name }) => attacks.get(name) ?? []),
    edits: await edited(attacks),
    spreads: await spread(attacks),
    values: await tricked(faithful, forValues, ({ name }) => values.get(name) ?? []),
    innocent: await tricked(
      { 'as it stands': (text) => text, ...WRITINGS },
      forAttacks,
      () => innocent,
      false,
    ),
  };
}
