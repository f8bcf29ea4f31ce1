import { createServer } from 'node:net';
import { after, afterEach } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { startGateway, type TestGateway, type TestOptions } from '../harness/gateway.ts';
import { completion, json, type Script, startUpstream } from '../harness/upstream.ts';

/** Two model servers. */
export const [one, two] = await Promise.all([startUpstream(), startUpstream()]);
/** The gateway of the test that runs. */
export let gateway: TestGateway;
let ahead = 0;
/** So much time passes at once. */
export const leap = (ms: number): void => {
  ahead += ms;
};
afterEach(async () => {
  await gateway.close();
  ahead = 0;
  for (const upstream of [one, two]) {
    upstream.script = json(completion('Hello'));
    upstream.seen.length = 0;
  }
});
after(async () => {
  await Promise.all([one.close(), two.close()]);
});

/** A port at which nobody answers. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** More of an upstream, with a model of its own, so that it is of use without a route. */
const own = (name: string, more = '') => (more.includes('models') ? more : `, models: [${name}-own]${more}`);

/** Starts the gateway of a test. */
export async function open(options: TestOptions): Promise<void> {
  const clock = { now: systemClock.now, tick: () => systemClock.tick() + ahead };
  gateway = await startGateway({ ...options, replace: (whole) => ({ ...whole, clock }) });
}

/** The same with two servers that answer, one that does not, and these routes. */
export async function start(
  routes: string,
  options: { policy?: string; more?: string; oneMore?: string; twoMore?: string } = {},
): Promise<void> {
  const port = await closedPort();
  await open({
    upstream: one.url,
    upstreams: `  one: { dialect: openai, url: "${one.url}/v1", key: key-one ${own('one', options.oneMore)} }
  two: { dialect: openai, url: "${two.url}/v1", key: key-two ${own('two', options.twoMore)} }
  dead: { dialect: openai, url: "http://127.0.0.1:${port}/v1", key: key-dead, models: [dead-own] }`,
    settings: `routes:\n${routes}\n${options.more ?? ''}`,
    ...(options.policy !== undefined && { policy: options.policy }),
  });
}

export const ask = (content = 'Hi', more: object = {}) =>
  gateway.post('/v1/chat/completions', { model: 'm', messages: [{ role: 'user', content }], ...more });
export const codeOf = async (answer: Response) =>
  ((await answer.json()) as { error: { code: string } }).error.code;
export const lastEntry = () => gateway.entries().at(-1) as Record<string, unknown>;
export const attempts = () =>
  (lastEntry().attempts as { upstream: string; outcome: string }[]).map(({ upstream, outcome }) => [
    upstream,
    outcome,
  ]);
export const status = (code: number, headers: Record<string, string> = {}): Script =>
  json({ error: { message: 'no' } }, code, headers);
