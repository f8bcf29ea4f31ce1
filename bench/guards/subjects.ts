import type { About, Guard, Reading } from '../../src/guards/guard.ts';
import { injection } from '../../src/guards/injection/index.ts';
import { pii } from '../../src/guards/pii/index.ts';
import { secrets } from '../../src/guards/secrets/index.ts';
import { openMeans } from '../../src/runtime/means.ts';
import { languageOf } from '../../src/text/language.ts';
import { viewsOf } from '../../src/text/views.ts';

export type Task = 'injection' | 'pii' | 'secrets';

/** Something that reads a text. */
export interface Subject {
  readonly name: string;
  /** What it looks for; undefined for a part, or for several together. */
  readonly task: Task | undefined;
  /** What it finds, as pieces of the text: of an injection the text, of personal data and secrets the values. */
  run(text: string, provenance?: About['provenance']): readonly string[] | Promise<readonly string[]>;
}

/** A prompt of one text. Each text has an exchange of its own, as each request has. */
const about = (provenance: About['provenance']): About => ({
  direction: 'prompt',
  path: '/messages/0/content',
  provenance,
  format: 'text',
  streamed: false,
  exchange: {},
});

const NOTHING: readonly string[] = [];

/** As the gateway asks a guard; none of these three takes its time. */
function ask(guard: Guard, text: string, provenance: About['provenance'] = 'user'): readonly string[] {
  const reader = guard.open(about(provenance));
  const readings = [reader.push(text), reader.end()] as Reading[];
  if (readings.every(({ found }) => found.length === 0)) return NOTHING;
  return readings.flatMap(({ found }) => found.map(({ start, end }) => text.slice(start, end)));
}

export const TOGETHER = 'together';

/** Ours: the guards, all three, and the parts that they share. */
export function own(): readonly Subject[] {
  const means = openMeans();
  const guards = {
    injection: injection.build('injection', {}, means),
    pii: pii.build('pii', {}, means),
    secrets: secrets.build('secrets', {}, means),
  };
  const each = Object.entries(guards).map(
    ([task, guard]): Subject => ({
      name: task,
      task: task as Task,
      run: (text, provenance) => ask(guard, text, provenance),
    }),
  );
  return [
    ...each,
    {
      name: TOGETHER,
      task: undefined,
      run: (text) => Object.values(guards).flatMap((guard) => ask(guard, text)),
    },
    {
      name: 'views',
      task: undefined,
      run: (text) => {
        viewsOf(text);
        return NOTHING;
      },
    },
    {
      name: 'languageOf',
      task: undefined,
      run: (text) => {
        languageOf(text);
        return NOTHING;
      },
    },
  ];
}
