import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startGateway, type TestGateway, type TestOptions } from '../harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';

export const VAULT = `vault: { masters: { main: { key: "${'11'.repeat(32)}" } } }`;

export const policy = (review: string, action = '{ prompt: review, reply: review }') => `version: 1
roles:
  app: { allow: [{ actions: [chat, models.list], models: ["*"] }] }
  admin: { allow: [{ actions: ["callers.*", audit.read, "reviews.*", content.read, content.erase, "config.*"] }] }
  decider: { allow: [{ actions: ["reviews.*"] }] }
guards:
  - use: patterns
    name: doubtful
    action: ${action}
    budget: 60s
    patterns: [{ id: fruit, match: "doubtful fruit" }]
  - use: patterns
    name: words
    action: block
    budget: 60s
    patterns: [{ id: forbidden, match: "forbidden fruit" }]
review: { ${review} }
`;

/** What the admin API and polls say; each says some of it. */
export interface Said {
  readonly id: string;
  readonly review: string;
  readonly state: string;
  readonly kind: string;
  readonly connection: string;
  readonly text: string | null;
  readonly reason: string | null;
  readonly poll: string;
  readonly code: string;
  readonly delivered: boolean;
  readonly ask_again_until: string;
  readonly reasons: readonly string[];
  readonly claimed: { readonly by: string } | null;
  readonly decided: { readonly by: string } | null;
  readonly reviews: readonly Said[];
  readonly error: { readonly code?: string; readonly type?: string; readonly message: string };
}

export interface Place {
  readonly upstream: ScriptedUpstream;
  readonly gateway: TestGateway;
  /** Over the admin API, as a reviewer, or whose key it is. */
  admin(
    method: string,
    path: string,
    body?: object,
    key?: string,
  ): Promise<{ status: number; said: Said; type: string }>;
  chat(content: string, more?: object, headers?: Record<string, string>): Promise<Response>;
  poll(id: string, key?: string): Promise<Response>;
  /** The one that is open, as soon as there is one. */
  held(): Promise<Said>;
  /** A key of another caller's. */
  other(name: string, roles: readonly string[], owner?: string): string;
}

export async function place(t: TestContext, rules: string, more: Partial<TestOptions> = {}): Promise<Place> {
  const upstream = await startUpstream();
  const gateway = await startGateway({
    upstream: upstream.url,
    settings: VAULT,
    files: { 'policy.yaml': rules },
    ...more,
  });
  t.after(async () => {
    await gateway.close();
    await upstream.close();
  });
  const { callers } = gateway.gateway.gate.store;
  // The first keys are one owner's, and nobody decides on a request of their own.
  const other: Place['other'] = (name, roles, owner = 'somebody else') =>
    callers.create({ name, owner, team: 'others', roles: [...roles], tags: {} }).key;
  const rita = other('rita', ['admin'], 'rita');
  const admin: Place['admin'] = async (method, path, body, key = rita) => {
    const answer = await fetch(`${gateway.url}/admin/v1/reviews${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, said: (await answer.json()) as Said, type };
  };
  return {
    upstream,
    gateway,
    admin,
    chat: (content, extra = {}, headers = {}) =>
      gateway.post(
        '/v1/chat/completions',
        { model: 'm', messages: [{ role: 'user', content }], ...extra },
        headers,
      ),
    poll: (id, key = gateway.key) =>
      fetch(`${gateway.url}/v1/reviews/${id}`, { headers: { authorization: `Bearer ${key}` } }),
    async held() {
      for (let tries = 0; tries < 200; tries++) {
        const { said, status } = await admin('GET', '?state=open');
        assert.equal(status, 200);
        const [one] = said.reviews;
        if (one !== undefined) return one;
        await pause(25);
      }
      assert.fail('nothing is held');
    },
    other,
  };
}
