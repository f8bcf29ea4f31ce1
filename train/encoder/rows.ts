// node train/encoder/rows.ts --data DIR [--seed N] > rows.jsonl: the texts that a small encoder is trained on (train.py).
import { parseArgs } from 'node:util';
import { openCorpus } from '../injection/corpus.ts';
import { Random } from '../random.ts';

const { values } = parseArgs({
  options: { data: { type: 'string' }, seed: { type: 'string', default: '7' } },
});
if (values.data === undefined) {
  process.stderr.write('Where is the data? node train/encoder/rows.ts --data DIR > rows.jsonl\n');
  process.exitCode = 3;
} else {
  for (const { text, attack, source, weight } of openCorpus(values.data).samples(
    new Random(Number(values.seed)),
  )) {
    if (attack !== undefined) process.stdout.write(`${JSON.stringify({ text, attack, source, weight })}\n`);
  }
}
