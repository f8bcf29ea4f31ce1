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
