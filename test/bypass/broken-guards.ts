import Type from 'typebox';
import type { Guard, GuardKind, Reading } from '../../src/guards/guard.ts';

const settings = Type.Object({}, { additionalProperties: false });

const kind = (name: string, open: Guard['open']): GuardKind<unknown> => ({
  kind: name,
  about: 'A guard that fails, for tests.',
  settings,
  build: (own) => ({ name: own, open }),
  proof: { settings: {}, catches: [], passes: [] },
});

const boom = (): never => {
  throw new Error('forbidden fruit: even what a guard says of itself is not to be shown');
};
const never = () => new Promise<Reading>(() => {});

/** Every way in which a guard can fail to decide. */
export const brokenGuards: readonly GuardKind<unknown>[] = [
  kind('throws-at-open', boom),
  kind('throws-at-push', () => ({ push: boom, end: boom })),
  kind('throws-at-end', () => ({ push: () => ({ clear: 0, found: [] }), end: boom })),
  kind('rejects', () => ({ push: async () => boom(), end: async () => boom() })),
  kind('hangs', () => ({ push: never, end: never })),
  kind('lies', () => {
    const ahead = () => ({ clear: 1_000_000, found: [] });
    return { push: ahead, end: ahead };
  }),
];
