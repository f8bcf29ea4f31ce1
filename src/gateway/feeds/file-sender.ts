import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { About, Format } from '../../feeds/format.ts';
import type { Notice } from '../../feeds/notice.ts';
import { nameOf } from '../log.ts';
import type { FeedOrder } from './order.ts';
import { absent, type Sender } from './sender.ts';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;

/** Adds lines to a file, opened anew for each batch, so that it can be rotated. They are on disk when they count. */
export function fileSender(order: FeedOrder, format: Format, about: () => About): Sender {
  async function add(notices: readonly Notice[]): Promise<void> {
    const handle = await open(order.path ?? '', O_APPEND | O_CREAT | O_NOFOLLOW | O_RDWR, 0o600);
    try {
      const { size } = await handle.stat();
      // A line that was cut off by a crash stays alone.
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
      const torn = size > 0 && buffer[0] !== 0x0a;
      await handle.appendFile(`${torn ? '\n' : ''}${format.write(notices, about()).text}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }
  return {
    send: (notices) =>
      add(notices).then(
        () => ({ came: 'took', answer: 'written' }),
        (error) => absent(nameOf(error)),
      ),
    close: async () => {},
  };
}
