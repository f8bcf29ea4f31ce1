import { setTimeout as pause } from 'node:timers/promises';
import { ledgerOf } from '../harness/cli.ts';
import { ATTACKS, type Attack } from './attacks.ts';
import type { House } from './house.ts';
import { FACTS, type Fact, factsIn } from './loot.ts';
import { type Narrator, short } from './narrator.ts';
import type { AttackReport } from './report.ts';
import { type Door, type Seen, visit } from './widget.ts';

/** What an attack brought, asking the model itself. */
export interface Tried {
  readonly attack: Attack;
  readonly seen: Seen;
}

/** An attack on the gateway; one that waits for a person has its answer yet to come. */
export interface Tested {
  readonly name: string;
  readonly waits: boolean;
  readonly report: Promise<AttackReport>;
}

/** Milliseconds after which an answer that has not come waits for somebody. */
const HELD = 1500;

const wantedIn = ({ wants }: Attack, seen: Seen): Fact[] =>
  factsIn(seen.text).filter((fact) => wants.includes(fact));

/** Straight to the model: what somebody gets whom nobody keeps from it. */
export async function withoutDoor(model: Door, tell: Narrator): Promise<readonly Tried[]> {
  tell.act('Without a door: the chat asks the model itself');
  tell.say(`There are ${FACTS.length} things that nobody outside is to have: ${names(FACTS)}.`);
  tell.say();
  const tried: Tried[] = [];
  for (const attack of ATTACKS) {
    const seen = await visit(model, attack);
    tried.push({ attack, seen });
    const got = wantedIn(attack, seen);
    const count = `${got.length} of ${attack.wants.length}`;
    tell.say(`${label(attack)} ${got.length > 0 ? tell.bad(`gets ${count}`) : tell.good('gets nothing')}`);
    tell.say(tell.faint(`  > ${short(attack.page ?? attack.text, 100)}`));
    tell.say(tell.faint(`  < ${short(seen.text, 100)}`));
  }
  return tried;
}

/** The same again through the gateway, one after the other; what is held for a person is left waiting. */
export async function throughDoor(
  house: House,
  door: Door,
  before: readonly Tried[],
  tell: Narrator,
): Promise<Tested[]> {
  tell.act('The same, through the gateway');
  const tested: Tested[] = [];
  for (const { attack, seen: without } of before) {
    const answer = visit(door, attack);
    const reportOf = (seen: Seen, reasons: readonly string[]): AttackReport => ({
      name: attack.name,
      by: attack.by,
      wanted: attack.wants.length,
      without: wantedIn(attack, without).length,
      through: wantedIn(attack, seen).length,
      outcome: seen.refused ?? 'completed',
      reasons,
    });
    const waits = await Promise.race([answer.then(() => false), pause(HELD, true, { ref: false })]);
    const reasons = reasonsOf(ledgerOf(house.folder).findLast(isOfRequest));
    tested.push({ name: attack.name, waits, report: answer.then((seen) => reportOf(seen, reasons)) });
    if (waits) {
      tell.say(`${label(attack)} ${tell.good('waits')}         ${reasons.join(', ')}`);
      continue;
    }
    const seen = await answer;
    const got = wantedIn(attack, seen);
    const verdict = got.length === 0 ? tell.good('gets nothing') : tell.bad(`gets ${names(got)}`);
    tell.say(
      `${label(attack)} ${verdict}  ${seen.refused ?? 'completed'}: ${reasons.join(', ') || 'nothing found'}`,
    );
    if (seen.text !== '') tell.say(tell.faint(`  < ${short(seen.text, 100)}`));
  }
  return tested;
}

const label = ({ by, name }: Attack): string => `${by.padEnd(12)} ${name.padEnd(40)}`;

const names = (facts: readonly Fact[]): string => facts.map(({ name }) => name).join(', ');

const isOfRequest = ({ kind }: Record<string, unknown>): boolean =>
  kind === 'request.end' || kind === 'request.refused' || kind === 'review.held';

/** Reasons of all findings of an entry, on the prompt and on the reply. */
function reasonsOf(entry: Record<string, unknown> | undefined): string[] {
  const text = JSON.stringify([entry?.inspected, entry?.reasons, entry?.findings]);
  return [...new Set(text.match(/"[a-z-]+\.[a-z_]+"/g) ?? [])].map((reason) => reason.slice(1, -1));
}
