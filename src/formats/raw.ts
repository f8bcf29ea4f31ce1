import type { Range } from '../findings/finding.ts';
import type { Format } from './format.ts';

/**
 * Numbers without a header, whose place and length stand elsewhere: the storages of a torch archive. Only ever read
 * because another format says so (`inside(name, source, 'raw')`); a pickle or an archive that hides in them is read as one.
 */
export const raw: Format = {
  name: 'raw',
  title: 'raw numbers',
  rules: [],
  opaque: true,
  looks: () => false,
  read: async ({ coverage, source }) => coverage.claim('data', 0, source.size),
  proof: { catches: [], passes: [] },
};

const AT_ONCE = 1 << 16;

/** Numbers of a graph in a file beside it: the stretches that the graph names, and zeros between them, which align them. */
export const weights = (ranges: readonly Range[]): Format => ({
  ...raw,
  name: 'weights',
  title: 'numbers of a graph beside it',
  read: async ({ coverage, source, pause }) => {
    let at = 0;
    for (const { start, end } of [...ranges, { start: source.size, end: source.size }]) {
      for (; at < start; at += AT_ONCE) {
        const rest = pause();
        if (rest) await rest;
        const between = source.read(at, Math.min(AT_ONCE, start - at));
        const to = at + between.length;
        if (between.every((byte) => byte === 0)) coverage.claim('parsed', at, to);
        else coverage.claim('unread', at, to, 'the graph that names this file says nothing of it');
      }
      coverage.claim('data', start, end);
      at = end;
    }
  },
});
