import type { Socket } from 'node:net';
import type { About, Format } from '../../feeds/format.ts';
import type { Notice } from '../../feeds/notice.ts';
import { nameOf } from '../log.ts';
import { connectTo } from './connect.ts';
import type { FeedOrder } from './order.ts';
import { absent, type Sender } from './sender.ts';

/**
 * Syslog over TLS (RFC 5425) or TCP (RFC 6587), each message with its length before it. The protocol has no answer. So each batch
 * has a connection of its own, and counts as taken when the receiver has closed its side after ours: it has read to the end
 * then. What was only written may be lost with the connection.
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

/** Rejects where the connection breaks. A receiver that reads and never closes is believed after its time. */
function writeToTheEnd(socket: Socket, bytes: Buffer, timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let flushed = false;
    const late = setTimeout(
      () => (flushed ? resolve('written, not confirmed') : reject(new Error('not written in time'))),
      timeout,
    );
    const settle = (act: () => void): void => {
      clearTimeout(late);
      act();
    };
    socket.on('error', (error) => settle(() => reject(error)));
    // It closes before it has all: whoever listens there is going away.
    socket.on('end', () =>
      settle(() => (flushed ? resolve('closed after the last message') : reject(new Error('closed early')))),
    );
    socket.on('close', () => settle(() => reject(new Error('closed'))));
    socket.resume();
    socket.end(bytes, () => {
      flushed = true;
    });
  });
}
