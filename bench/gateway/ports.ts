import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A port that is free now: for servers that do not say which one they took. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The port, when somebody listens on it. */
export async function answers(port: number): Promise<number | undefined> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return port;
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}
