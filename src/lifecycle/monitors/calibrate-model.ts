import { Problem } from '../../base/problem.ts';
import { calibrate, type Sample } from '../../monitors/calibrate.ts';
import type { Calibration } from '../../monitors/calibration.ts';
import type { Secret } from '../../monitors/secret.ts';
import { Watch } from '../../monitors/watch.ts';
import { openVictim } from '../../runtime/onnx/victim.ts';
import type { Data } from '../attack/data/read-data.ts';

/** Rows that are answered at once. */
const BATCH = 256;
/** Honest callers of the rehearsal, and queries of each at the most. */
const CALLERS = 100;
const QUERIES = 100;

export interface CalibrateOptions {
  /** Columns that the model does not take, such as the label. */
  readonly drop: readonly string[];
  /** What every number is multiplied with; undefined: 1/255 for pictures of bytes, else 1. */
  readonly scale: number | undefined;
}

/** A calibration, and what came of trying it on the rows that it was made from. */
export interface Calibrated {
  readonly calibration: Calibration;
  readonly rehearsal: { readonly callers: number; readonly queries: number; readonly alarmed: number };
}

/**
 * Asks a model in ONNX about rows of its owner, calibrates monitors on the answers, and lets made-up honest callers ask about
 * the same rows. Rejects with Problem for rows that are not the model's, and for fewer than 100.
 */
export async function calibrateModel(
  bytes: Uint8Array,
  data: Data,
  secret: Secret,
  options: CalibrateOptions,
): Promise<Calibrated> {
  const victim = await openVictim(bytes);
  try {
    const { features, classes } = victim;
    const rows = rowsOf(data, features, options);
    const count = rows.length / features;
    const scores = new Float32Array(count * classes);
    for (let from = 0; from < count; from += BATCH) {
      const part = rows.slice(from * features, (from + BATCH) * features);
      scores.set(await victim.scores(part), from * classes);
    }
    const sample = { features, classes, rows, scores };
    const calibration = calibrate(sample, secret);
    return { calibration, rehearsal: rehearsed(calibration, sample, secret) };
  } finally {
    await victim.close();
  }
}

/** Each caller asks about rows drawn by the key: the order of a file is not that of callers. */
function rehearsed(calibration: Calibration, sample: Sample, secret: Secret): Calibrated['rehearsal'] {
  const { features, classes, rows, scores } = sample;
  const watch = new Watch(calibration, secret);
  const count = rows.length / features;
  const each = Math.min(QUERIES, count);
  const drawn = secret.words('rehearsal', CALLERS * each);
  const alarmed = new Set<string>();
  for (let turn = 0; turn < each; turn++)
    for (let index = 0; index < CALLERS; index++) {
      const at = (drawn[index * each + turn] as number) % count;
      const caller = `${index}`;
      const { alarms } = watch.observe({
        caller,
        row: rows.subarray(at * features, (at + 1) * features),
        scores: scores.subarray(at * classes, (at + 1) * classes),
      });
      if (alarms.length > 0) alarmed.add(caller);
    }
  return { callers: CALLERS, queries: each, alarmed: alarmed.size };
}

/** The rows of a file as the model takes them. Throws Problem('usage') that names what does not fit. */
function rowsOf({ name, content }: Data, features: number, { drop, scale }: CalibrateOptions): Float32Array {
  if (content.kind === 'array') {
    const width = content.data.length / (content.dims[0] || 1);
    if (width !== features)
      throw new Problem('usage', `${name} has ${width} numbers a row, and the model takes ${features}`);
    const factor = scale ?? (content.bytes ? 1 / 255 : 1);
    return Float32Array.from(content.data, (value) => value * factor);
  }
  const unknown = drop.find((column) => !content.columns.includes(column));
  if (unknown !== undefined) throw new Problem('usage', `${name} has no column “${unknown}”`);
  const used = [...content.columns.keys()].filter((at) => !drop.includes(content.columns[at] as string));
  if (used.length !== features)
    throw new Problem(
      'usage',
      `${name} has ${used.length} columns, and the model takes ${features}`,
      'Name columns that the model does not take, such as the label, with --drop.',
    );
  const rows = content.rows.flatMap((row, index) =>
    used.map((at) => {
      const value = typeof row[at] === 'number' ? row[at] : Number(row[at] || Number.NaN);
      if (!Number.isFinite(value))
        throw new Problem('usage', `${name}, row ${index + 1}: “${content.columns[at]}” is no number`);
      return value * (scale ?? 1);
    }),
  );
  return Float32Array.from(rows);
}
