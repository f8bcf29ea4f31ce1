/** A text that was judged: how far above (or below) the default line, in log-odds. */
export interface Scored {
  readonly margin: number;
  readonly attack: boolean;
  readonly set: string;
  readonly technique: string | undefined;
  readonly lang: string;
}

export interface Figures {
  readonly count: number;
  /** Share above the line that 1 % of the benign texts are above. */
  readonly atOnePercent: number;
  /** Share above the default line. */
  readonly atDefault: number;
  /** Area under the ROC curve against the benign texts; ½ for benign texts themselves. */
  readonly auc: number;
}

/** The margin above which a share of the texts lies. */
export function lineAt(margins: readonly number[], share: number): number {
  const sorted = [...margins].sort((a, b) => b - a);
  return sorted[Math.floor(sorted.length * share)] ?? Number.POSITIVE_INFINITY;
}

const share = (scored: readonly Scored[], line: number): number =>
  scored.length === 0 ? 0 : scored.filter(({ margin }) => margin > line).length / scored.length;

/** Mann–Whitney: how often an attack is above a benign text. */
export function areaUnder(attacks: readonly number[], benign: readonly number[]): number {
  const sorted = [...benign].sort((a, b) => a - b);
  let sum = 0;
  for (const attack of attacks) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] as number) < attack) low = middle + 1;
      else high = middle;
    }
    sum += low / sorted.length;
  }
  return attacks.length === 0 ? 0 : sum / attacks.length;
}

export function figuresOf(scored: readonly Scored[], benign: readonly number[]): Figures {
  return {
    count: scored.length,
    atOnePercent: share(scored, lineAt(benign, 0.01)),
    atDefault: share(scored, 0),
    auc: areaUnder(
      scored.map(({ margin }) => margin),
      benign,
    ),
  };
}

/** A name and its figures, by what a text is grouped by. */
export function grouped(
  scored: readonly Scored[],
  by: (one: Scored) => string | undefined,
  benign: readonly number[],
): ReadonlyMap<string, Figures> {
  const groups = new Map<string, Scored[]>();
  for (const one of scored) {
    const name = by(one);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return new Map(
    [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, group]) => [name, figuresOf(group, benign)]),
  );
}

/** Of texts with such a score, how many are attacks: what a calibrated score of 0.8 should make 80 %. */
export function calibration(
  scored: readonly Scored[],
): readonly { readonly from: number; readonly count: number; readonly attacks: number }[] {
  const bins = Array.from({ length: 10 }, (_, i) => ({ from: i / 10, count: 0, attacks: 0 }));
  for (const { margin, attack } of scored) {
    const score = 1 / (1 + Math.exp(-margin));
    const bin = bins[Math.min(9, Math.floor(score * 10))];
    if (bin === undefined) continue;
    bin.count++;
    if (attack) bin.attacks++;
  }
  return bins;
}

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
