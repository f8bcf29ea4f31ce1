import type { AttackResult, AttackVerdict, Example, RunResult, Share } from '../result.ts';
import { percent } from '../signs.ts';

export { percent };

export const VERDICTS: Readonly<Record<AttackVerdict, string>> = {
  done: 'measured',
  below: 'less robust than asked',
  undecided: 'undecided',
};

/** `41.2 % (36.9–45.6)`. */
export const shareText = ({ share, low, high, of }: Share): string =>
  of === 0 ? 'nothing' : `${percent(share)} (${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)})`;

export const number = (value: number): string => String(Number(value.toPrecision(4)));

/** Corruptions, each with its accuracy at every level, in percent. */
export const corruptionRows = ({ corruptions }: AttackResult): { title: string; levels: string[] }[] =>
  [...new Set(corruptions.map(({ title }) => title))].map((title) => ({
    title,
    levels: corruptions
      .filter((one) => one.title === title)
      .map(({ accuracy }) => (100 * accuracy.share).toFixed(1)),
  }));

/** One line: what was attacked, and what is left. */
export function summary({ model, data, clean, worst, asked }: AttackResult): string {
  const last = worst.at(-1);
  const left =
    last === undefined || last.robust.of === 0
      ? ''
      : `, ${percent(last.robust.share)} within ${asked.norm} ${number(last.epsilon)}`;
  return `${model.name} gets ${percent(clean.share)} of ${data.rows.toLocaleString('en')} rows right${left}`;
}

/** `steps 100, restarts 1`; what is 0 is left to the attack. */
export const settingsText = ({ settings }: RunResult): string =>
  Object.entries(settings)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${name} ${number(value)}`)
    .join(', ');

/** What a budget counts. */
export const unitText = ({ norm, unit }: AttackResult['asked']): string =>
  norm === 'L0' ? 'features that change' : (UNITS[unit] ?? unit);

const UNITS: Readonly<Record<string, string>> = {
  range: 'in shares of each feature’s range',
  std: 'in standard deviations of each feature',
  one: 'in the model’s own numbers',
};

/** Features that an example changed, the largest changes first. */
export const changesOf = ({ original, adversarial }: Example, columns: readonly string[], most: number) =>
  original
    .map((before, at) => ({ name: columns[at] ?? `x${at}`, before, after: adversarial[at] ?? before }))
    .filter(({ before, after }) => before !== after)
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
    .slice(0, most);
