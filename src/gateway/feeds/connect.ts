import type { Socket } from 'node:net';
import { type GuardedConnectOptions, guardedConnect } from '../reach.ts';
import { reachAt } from '../upstream.ts';
import type { FeedOrder } from './order.ts';

/** Goes only where the settings of the feed let it, and no other way for a server that is no web server. */
export const connectOptions = (order: FeedOrder, url: string): GuardedConnectOptions => ({
  reach: reachAt(order, url),
  timeout: order.timeout,
  ca: order.tls?.ca,
  cert: order.tls?.cert,
  key: order.tls?.key,
});

/** A connection to the server of a feed, TLS included where it is from the start. Rejects where there is none in time. */
export function connectTo(order: FeedOrder, secure: boolean): Promise<Socket> {
  const { host, port } = order.server ?? { host: '', port: 0 };
  const name = host.includes(':') ? `[${host}]` : host;
  const protocol = secure ? 'https:' : 'http:';
  const connect = guardedConnect(connectOptions(order, `${protocol}//${name}/`));
  return new Promise((resolve, reject) => {
    connect({ hostname: name, host: name, protocol, port: String(port) }, (error, socket) => {
      if (error !== null) reject(error);
      else resolve(socket);
    });
  });
}
