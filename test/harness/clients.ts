import { startPractice } from '../../src/practice/server.ts';
import { GUARDS, startGateway, type TestGateway } from './gateway.ts';
import { type ScriptedUpstream, startUpstream } from './upstream.ts';

/** One gateway in front of both: the scripted upstream, and the practice model as `practice` and `practice-claude`. */
export interface ClientTest {
  readonly upstream: ScriptedUpstream;
  readonly gateway: TestGateway;
  /** Key of a new caller with this role. */
  keyOf(role: string): string;
  close(): Promise<void>;
}

/** Beside `app`: `narrow` sees two models only, `twice` may ask two times a minute. */
const POLICY = `  narrow:
    allow: [{ actions: [chat, models.list], models: [m, practice] }]
${GUARDS}
quotas:
  - { per: caller, callers: [twice], requests: 2/minute, tokens: 100k/minute }
`;

/** @param upstreams more lines for `upstreams:`, given the address of the scripted one */
export async function startClientTest(upstreams: (url: string) => string = () => ''): Promise<ClientTest> {
  const upstream = await startUpstream();
  const practice = await startPractice();
  const gateway = await startGateway({
    upstream: upstream.url,
    policy: POLICY,
    settings: `  practice: { practice: true, dialect: openai, models: [practice] }
  practice-claude: { practice: true, dialect: anthropic, models: [practice-claude] }
${upstreams(upstream.url)}`,
    replace: (options) => ({ ...options, parts: { ...options.parts, practice } }),
  });
  const { callers } = gateway.gateway.gate.store;
  return {
    upstream,
    gateway,
    keyOf(role) {
      const roles = [role === 'narrow' ? role : 'app'];
      return callers.create({ name: role, owner: 'test', team: 'test', tags: {}, roles }).key;
    },
    async close() {
      await gateway.close();
      await practice.close();
      await upstream.close();
    },
  };
}

/** A key of the form that the guard `secrets` knows; it opens nothing. */
export const SAMPLE_KEY = ['sk-proj-', 'Zx8Kq2Vw7Rt1Yb5Nc3Md', 'T3BlbkFJ', 'Hg6Jf4Ds9Pa0Lo2Ie8Uz'].join('');

/** What a guard leaves in the place of {@link SAMPLE_KEY}. */
export const MASKED = /\[secrets\.[a-z_]+\]/;

/** A class of errors. */
export type Kind<E> = abstract new (...args: never) => E;

/** What a promise was rejected with, which must be of this class. */
export async function caught<E>(promise: PromiseLike<unknown>, kind: Kind<E>): Promise<E> {
  const error = await promise.then(
    () => 'no error at all',
    (reason: unknown) => reason,
  );
  if (error instanceof kind) return error;
  throw new Error(`${kind.name} was expected, and this came: ${String(error)}`, { cause: error });
}
