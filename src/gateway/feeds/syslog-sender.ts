import type { Socket } from 'node:net';
import type { About, Format } from '../../feeds/format.ts';
import type { Notice } from '../../feeds/notice.ts';
import { nameOf } from '../log.ts';
import { connectTo } from './connect.ts';
import type { FeedOrder } from './order.ts';
import { absent, type Sender } from './sender.ts';

/** Milliseconds in which a receiver that does not take us on has closed the connection. */
const GRACE = 250;

/**
 * Syslog over TLS (RFC 5425) or TCP (RFC 6587), each message with its length before it. The protocol has no answer. So each batch
 * has a connection of its own, and counts as taken when the receiver has closed its side after ours, and not before: it has read
 * to the end then. What was only written may be lost with the connection.
 */
export function syslogSender(order: FeedOrder, format: Format, about: () => About): Sender {
  async function deliver(notices: readonly Notice[]): Promise<string> {
    const now = about();
    const messages = notices.map((notice) => framed(format.write([notice], now).text));
    const socket = await connectTo(order, order.secure === 'tls');
    try {
      return await writeToTheEnd(socket, Buffer.concat(messages), order.timeout);
    } finally {
      socket.destroy();
    }
  }
  return {
    send: (notices) =>
      deliver(notices).then(
        (answer) => ({ came: 'took', answer }),
        (error) => absent(nameOf(error)),
      ),
    close: async () => {},
  };
}

/** Octet counting. */
function framed(message: string): Buffer {
  const bytes = Buffer.from(message);
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}

/**
 * Rejects where the connection breaks, or where the receiver closes it first: one that does not take us on may do so without a
 * word, after TLS is up. One that reads and never closes is believed after its time.
 */
function writeToTheEnd(socket: Socket, bytes: Buffer, timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let ours = false;
    let ending: NodeJS.Timeout | undefined;
    const late = setTimeout(
      () => (ours ? resolve('written, not confirmed') : fail(new Error('not written in time'))),
      timeout + GRACE,
    );
    const settle = (): void => {
      clearTimeout(late);
      clearTimeout(ending);
    };
    const fail = (error: Error): void => {
      settle();
      reject(error);
    };
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('closed')));
    socket.on('end', () => {
      if (!ours) return fail(new Error('closed early'));
      settle();
      resolve('closed after the last message');
    });
    socket.resume();
    socket.write(bytes, () => {
      ending = setTimeout(() => {
        ours = true;
        socket.end();
      }, GRACE);
    });
  });
}
