import { either, type Fault, forwarded, type Outcome, stopped } from './fault.ts';
import type { Misbehaviour } from './faulty-guard.ts';
import { saysSlowly } from './upstream-scripts.ts';

type How = Misbehaviour['how'];

/** Ways to fail on a piece of text. */
const ON_A_PIECE: readonly How[] = [
  'throws',
  'rejects',
  'never answers',
  'answers too late',
  'rejects too late',
  'blocks the process too long',
];

const served = (plain: readonly string[]): Fault['expect'] => {
  const outcome: Omit<Outcome, 'caller'> = { ledger: plain, left: 1, paid: 'the report' };
  return {
    plain: { ...outcome, caller: '200 “Hello”' },
    stream: { ...outcome, caller: '200 “Hello”, then the end' },
  };
};

const onPrompt = (how: How, moment: Fault['moment']): readonly Fault[] => [
  {
    step: 'inspect the prompt',
    moment,
    what: `a guard ${how}; on_error: block`,
    arrange: ({ guards }) => guards.set('strict', { how, on: 'prompt' }),
    expect: either(stopped('503 guard_failed', 'blocked, guard_failed (strict failed)', 'the request')),
  },
  {
    step: 'inspect the prompt',
    moment,
    what: `a guard ${how}; on_error: allow`,
    arrange: ({ guards }) => guards.set('lenient', { how, on: 'prompt' }),
    expect: served(['begin (lenient failed)', 'end: completed']),
  },
];

/** Before anything of the reply has left. */
const onReply = (how: How): readonly Fault[] => {
  const blocked = (paid: Outcome['paid']) =>
    forwarded('503 guard_failed', 'blocked, guard_failed (strict failed)', paid);
  return [
    {
      step: 'inspect the reply',
      moment: 'before',
      what: `a guard ${how}; on_error: block`,
      arrange: ({ guards }) => guards.set('strict', { how, on: 'reply' }),
      expect: { plain: blocked('the report'), stream: blocked('the estimate') },
    },
    {
      step: 'inspect the reply',
      moment: 'before',
      what: `a guard ${how}; on_error: allow`,
      arrange: ({ guards }) => guards.set('lenient', { how, on: 'reply' }),
      expect: served(['begin', 'end: completed (lenient failed)']),
    },
  ];
};

/** When the first piece has left. */
const inStream = (how: How): readonly Fault[] => [
  {
    step: 'inspect the reply',
    moment: 'after',
    what: `a guard ${how}; on_error: block`,
    arrange: ({ guards, upstream }) => {
      guards.set('strict', { how, on: 'reply', piece: 1 });
      upstream.script = saysSlowly('Hel', 'lo');
    },
    expect: {
      stream: forwarded(
        '200 “Hel”, then cut as a guard does',
        'cut, guard_failed (strict failed)',
        'the estimate',
      ),
    },
  },
  {
    step: 'inspect the reply',
    moment: 'after',
    what: `a guard ${how}; on_error: allow`,
    arrange: ({ guards, upstream }) => {
      guards.set('lenient', { how, on: 'reply', piece: 1 });
      upstream.script = saysSlowly('Hel', 'lo');
    },
    expect: {
      stream: forwarded('200 “Hello”, then the end', 'completed (lenient failed)', 'the report'),
    },
  },
];

const WAITS: ReadonlySet<How> = new Set(['never answers', 'answers too late', 'rejects too late']);

/** What lasts as long as a guard's budget is run once, not in each dialect. */
const brief = (faults: readonly Fault[]): readonly Fault[] =>
  faults.map((fault) => ({ ...fault, dialects: ['openai'] }));

export const GUARD_FAULTS: readonly Fault[] = [
  ...onPrompt('throws when a text is opened', 'before'),
  ...onReply('throws when a text is opened'),
  ...ON_A_PIECE.flatMap((how) => {
    const faults = [...onPrompt(how, 'before'), ...onReply(how), ...inStream(how)];
    return WAITS.has(how) ? brief(faults) : faults;
  }),
  ...inStream('claims to have read more than it was given'),
  ...onPrompt('throws at the end', 'after'),
];
