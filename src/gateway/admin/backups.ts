import { Refusal } from '../../base/refusal.ts';
import type { Endpoint } from './endpoint.ts';
import { Fields, required } from './fields.ts';

/** A backup is made from the files, by whoever may read them; what is told here is that it was, and of what. */
export const backupEndpoints: readonly Endpoint[] = [
  {
    method: 'POST',
    path: '/admin/v1/backups',
    name: 'backup.record',
    action: 'backup.record',
    changes: true,
    async act({ body, gate, ask }) {
      const fields = new Fields(body, ['manifest', 'entries', 'root', 'keys']);
      const manifest = required(fields.text('manifest'), 'manifest');
      const root = required(fields.text('root'), 'root');
      const keys = required(fields.text('keys'), 'keys');
      const entries = fields.count('entries', Number.MAX_SAFE_INTEGER) ?? 0;
      if (!/^[0-9a-f]{64}$/.test(manifest))
        throw new Refusal('request_invalid', { field: '/manifest', hint: 'It must be a SHA-256 in hex.' });
      if (root.length > 100 || !['none', 'plain', 'sealed'].includes(keys))
        throw new Refusal('request_invalid', { hint: '“root” or “keys” is not what a backup has.' });
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
  },
];
