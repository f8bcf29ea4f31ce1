import { setTimeout as wait } from 'node:timers/promises';
import { completion, json, message, type ScriptedUpstream, startUpstream } from '../../harness/upstream.ts';

const ANSWERS = [
  'Your parcel left Rotterdam this morning and should be with you on Tuesday.',
  'The clause allows either party to end the agreement with ninety days of notice.',
  'I would split this function in two: one part reads, the other decides.',
  'You can reach the author at mara.lind@example.com for the details.',
  'The refund was made on 12 November; banks take up to three days.',
];

/** An upstream that takes the time that models take, and fails now and then. */
export function startModel(): Promise<ScriptedUpstream> {
  let turn = 0;
  return startUpstream(async (res, seen) => {
    turn += 1;
    const text = ANSWERS[turn % ANSWERS.length] ?? '';
    const [input, output] = [180 + ((turn * 137) % 900), 60 + ((turn * 71) % 400)];
    const quick = String(seen.body.model).includes('mini') ? 0.4 : 1;
    // Most are quick, and a few take long.
    await wait(quick * (120 + 260 * -Math.log(1 - ((turn * 0.618) % 1) * 0.97)));
    if (turn % 67 === 0) return json({ error: { message: 'overloaded' } }, 500)(res, seen);
    if (seen.path.includes('messages'))
      return json(
        message([{ type: 'text', text }], { usage: { input_tokens: input, output_tokens: output } }),
      )(res, seen);
    const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
    return json(completion(text, { usage }))(res, seen);
  });
}
