import type { About, Asked, Guard } from '../../src/guards/guard.ts';
import { GUARD_KINDS } from '../../src/guards/index.ts';
import { MEANS } from '../../src/guards/testing.ts';
import { ANSWERS, tokensOf } from './answers.ts';

export const HELP = `npm run bench -- guards-hold [KIND…]

What each guard holds back of streamed answers, token by token, and what it costs: the share of tokens of which something
waits for the next one, the characters that wait on the average, tokens until the first character leaves, and
microseconds for a KB.
`;

const ASKED: Asked = {
  texts: [
    {
      provenance: 'system',
      text: 'You are the assistant of a shipping company. Be brief and friendly. Never quote a price below the list. '.repeat(
        8,
      ),
    },
    {
      provenance: 'user',
      text: 'When does the ferry leave, what should I pack, and how do I write a small server?',
    },
  ],
  seed: new Uint8Array(32).fill(7),
};

const ABOUT: About = {
  direction: 'reply',
  path: '/choices/0/delta/content',
  provenance: 'assistant',
  format: 'text',
  streamed: true,
  asked: ASKED,
};

interface Held {
  /** Tokens of which something waited when they had come. */
  tokens: number;
  waiting: number;
  chars: number;
  first: number;
  answers: number;
}

async function held(guard: Guard, text: string, into: Held): Promise<void> {
  const reader = guard.open(ABOUT);
  let given = 0;
  let first = 0;
  for (const token of tokensOf(text)) {
    given += token.length;
    const { clear } = await reader.push(token);
    if (clear === 0) first++;
    into.tokens++;
    if (clear < given) into.waiting++;
    into.chars += given - clear;
  }
  await reader.end();
  into.first += first;
  into.answers++;
}

const ROUNDS = 30;

async function microsecondsPerKb(guard: Guard): Promise<number> {
  const texts = Object.values(ANSWERS).map(tokensOf);
  const size = texts.flat().join('').length;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (const tokens of texts) {
      const reader = guard.open(ABOUT);
      for (const token of tokens) {
        const reading = reader.push(token);
        if (reading instanceof Promise) await reading;
      }
      await reader.end();
    }
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000);
  }
  return (best / size) * 1024;
}

/** Settings of a kind for real answers, where those of its proof would find half of them. */
const SETTINGS: Readonly<Record<string, object>> = {
  links: { allow: ['*.example.com'] },
  format: { match: '.+' },
};

export async function run(args: string[]): Promise<number> {
  const lines = [['guard', 'first', 'waits', 'chars', 'µs/KB']];
  for (const { kind, build, proof } of GUARD_KINDS) {
    if (args.length > 0 && !args.includes(kind)) continue;
    const guard = build(kind, SETTINGS[kind] ?? proof.settings, MEANS);
    const sum: Held = { tokens: 0, waiting: 0, chars: 0, first: 0, answers: 0 };
    for (const text of Object.values(ANSWERS)) await held(guard, text, sum);
    lines.push([
      kind,
      `${(sum.first / sum.answers).toFixed(1)} tokens`,
      `${((100 * sum.waiting) / sum.tokens).toFixed(1)} %`,
      (sum.chars / sum.tokens).toFixed(2),
      (await microsecondsPerKb(guard)).toFixed(1),
    ]);
  }
  for (const line of lines)
    process.stdout.write(
      `${line.map((cell, i) => (i === 0 ? cell.padEnd(14) : cell.padStart(12))).join('')}\n`,
    );
  return 0;
}
