import { createHash } from 'node:crypto';
import { Problem } from '../../base/problem.ts';
import type { MeasuredShare, Robustness } from '../../store/robustness.ts';
import type { AttackResult, Share } from './result.ts';

/**
 * What a report of an attack (`result.json`) says of the model's robustness, to be kept with the version that was attacked.
 * Throws Problem('usage') where it is no such report, or of a model behind a server, whose file nobody has seen.
 * @param bytes of the file, which its digest is of
 */
export function robustnessIn(bytes: Uint8Array): Robustness {
  const result = read(bytes);
  const { model, tool, verdict, asked, data, clean, runs, worst, warnings } = result;
  if (model.sha256 === undefined)
    throw new Problem(
      'usage',
      'the report is of a model behind a server: which file that has is not known',
      'Attack the file, or the sealed model: gatehouse attack NAME@VERSION.',
    );
  return {
    report: createHash('sha256').update(bytes).digest('hex'),
    model: model.sha256,
    tool: tool.version,
    verdict,
    norm: asked.norm,
    data: data.sha256,
    rows: data.rows,
    clean: shareOf(clean),
    runs: runs.map(({ attack, epsilon, robust, queries }) => ({
      attack,
      epsilon,
      robust: shareOf(robust),
      queries: queries.median,
    })),
    worst: worst.map(({ epsilon, robust }) => ({ epsilon, robust: shareOf(robust) })),
    warnings: warnings.map(({ message }) => message),
  };
}

const shareOf = ({ share, low, high }: Share): MeasuredShare => ({ share, low, high });

function read(bytes: Uint8Array): AttackResult {
  try {
    const result = JSON.parse(Buffer.from(bytes).toString('utf8')) as AttackResult;
    if (result.kind === 'gatehouse-attack' && result.version === 1) return result;
  } catch {
    // What is no JSON is no report.
  }
  throw new Problem(
    'usage',
    'that is no report of an attack',
    'It is result.json in the folder of: gatehouse attack … --out DIR.',
  );
}
