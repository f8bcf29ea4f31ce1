import { calibration, type Figures, figuresOf, grouped, mean, type Scored } from './figures.ts';

/** All figures of a measurement. */
export interface Report {
  readonly macro: Figures;
  readonly benign: Figures;
  readonly hard: Figures;
  readonly attackSets: Readonly<Record<string, Figures>>;
  readonly benignSets: Readonly<Record<string, Figures>>;
  readonly hardSets: Readonly<Record<string, Figures>>;
  readonly techniques: Readonly<Record<string, Figures>>;
  readonly languages: Readonly<Record<string, Figures>>;
  readonly calibration: ReturnType<typeof calibration>;
}

/** Languages with fewer attacks than this are left out of the table. */
const FEW = 8;

const isHard = ({ set }: Scored): boolean => set.startsWith('hard-') || set.includes('hard_benign');

export function reportOf(scored: readonly Scored[]): Report {
  const attacks = scored.filter(({ attack }) => attack);
  const hard = scored.filter((one) => !one.attack && isHard(one));
  const innocent = scored.filter((one) => !one.attack && !isHard(one));
  const benign = innocent.map(({ margin }) => margin);
  const by = (of: readonly Scored[], key: (one: Scored) => string | undefined) =>
    Object.fromEntries(grouped(of, key, benign));
  const attackSets = by(attacks, ({ set }) => set);
  const sets = Object.values(attackSets);
  return {
    macro: {
      count: attacks.length,
      atOnePercent: mean(sets.map(({ atOnePercent }) => atOnePercent)),
      atDefault: mean(sets.map(({ atDefault }) => atDefault)),
      auc: mean(sets.map(({ auc }) => auc)),
    },
    benign: figuresOf(innocent, benign),
    hard: figuresOf(hard, benign),
    attackSets,
    benignSets: by(innocent, ({ set }) => set),
    hardSets: by(hard, ({ set }) => set),
    techniques: by(attacks, ({ technique }) => technique),
    languages: Object.fromEntries(
      Object.entries(by(attacks, ({ lang }) => lang)).filter(([, { count }]) => count >= FEW),
    ),
    calibration: calibration(scored),
  };
}

const percent = (value: number): string => (100 * value).toFixed(1).padStart(6);

/** For a terminal. */
export function written(report: Report): string {
  const row = (name: string, { count, atOnePercent, atDefault, auc }: Figures): string =>
    `  ${name.padEnd(28)}${String(count).padStart(6)}${percent(atOnePercent)}${percent(atDefault)}  ${auc.toFixed(3)}`;
  const table = (title: string, rows: Readonly<Record<string, Figures>>): string =>
    Object.keys(rows).length === 0
      ? ''
      : `\n${title.padEnd(30)} texts  @1 %  default  AUC\n${Object.entries(rows)
          .map(([name, figures]) => row(name, figures))
          .join('\n')}\n`;
  return `${table('Attacks: share found, by set', report.attackSets)}${row('mean of the sets', report.macro)}
${table('Attacks, by technique', report.techniques)}${table('Attacks, by language', report.languages)}${table(
  'Innocent texts: share flagged',
  report.benignSets,
)}${row('all', report.benign)}
${table('Innocent that look otherwise', report.hardSets)}${row('all', report.hard)}

Calibration: of texts with a score from … on, so many are attacks (in these sets)
${report.calibration
  .filter(({ count }) => count > 0)
  .map(
    ({ from, count, attacks }) =>
      `  ${from.toFixed(1)}  ${String(attacks).padStart(5)} of ${String(count).padStart(5)}  ${percent(attacks / count)} %`,
  )
  .join('\n')}
`;
}

/** For docs/detection.md. */
export function markdown(report: Report): string {
  const table = (
    title: string,
    rows: Readonly<Record<string, Figures>>,
    last?: readonly [string, Figures],
  ): string => {
    const all = [...Object.entries(rows), ...(last === undefined ? [] : [last])];
    if (all.length === 0) return '';
    const lines = all.map(
      ([name, { count, atOnePercent, atDefault, auc }]) =>
        `| ${name} | ${count} |${percent(atOnePercent)} |${percent(atDefault)} | ${auc.toFixed(3)} |`,
    );
    return `| ${title} | texts | % at 1 % FPR | % at the default | AUC |\n|---|---|---|---|---|\n${lines.join('\n')}\n\n`;
  };
  const bins = report.calibration
    .filter(({ count }) => count > 0)
    .map(
      ({ from, count, attacks }) =>
        `| ${from.toFixed(1)}–${(from + 0.1).toFixed(1)} | ${count} |${percent(attacks / count)} |`,
    );
  return [
    table('attacks, by set', report.attackSets, ['**mean of the sets**', report.macro]),
    table('attacks, by technique', report.techniques),
    table('attacks, by language', report.languages),
    table('innocent texts', report.benignSets, ['**all**', report.benign]),
    table('innocent, looking otherwise', report.hardSets, ['**all**', report.hard]),
    `| score | texts | % attacks |\n|---|---|---|\n${bins.join('\n')}\n`,
  ].join('');
}
