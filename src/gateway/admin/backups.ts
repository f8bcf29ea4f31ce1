import Type from 'typebox';
import { type Endpoint, endpoint } from './endpoint.ts';
import { fields, Seq, Sha256, words } from './parameters.ts';

/** A backup is made from the files, by whoever may read them; what is told here is that it was, and of what. */
export const backupEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/admin/v1/backups',
    name: 'backup.record',
    summary: 'Records that a backup was made, and of what',
    action: 'backup.record',
    changes: true,
    body: fields({
      manifest: Sha256,
      entries: Type.Optional(Type.Integer({ ...Seq, minimum: 1 })),
      root: Type.String({ maxLength: 100 }),
      keys: words(['none', 'plain', 'sealed']),
    }),
    answer: Type.Object({ entry: Seq }),
    async act({ ask, body: { manifest, entries = 0, root, keys }, gate }) {
      const { seq } = await gate.ledger.append({
        kind: 'system.backup',
        id: ask.id,
        manifest,
        entries,
        root,
        keys,
      });
      return { entry: seq };
    },
  }),
];
