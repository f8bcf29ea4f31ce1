import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { receive } from './body.ts';
import { BodyRoom } from './body-room.ts';

const HEAD = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n';

/** Sends this and leaves; the body is read when the connection is gone. */
async function readLate(sent: string): Promise<Buffer> {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  const asked = once(server, 'request') as Promise<[http.IncomingMessage]>;
  socket.write(sent);
  const [req] = await asked;
  socket.destroy();
  await once(req, 'close').catch(() => {});
  server.close();
  // Nobody waits for so long: it is either known at once, or never.
  const share = new BodyRoom().open('', { body: 1000, bodies: 1000, caller_bodies: 1000 });
  return receive(req, { limit: 1000, time: 3_600_000, share });
}

test('a caller that has left before the body was read is not waited for', async () => {
  await assert.rejects(readLate(HEAD), { code: 'client_gone' });
  await assert.rejects(readLate(`${HEAD}{}`), { code: 'client_gone' });
});
