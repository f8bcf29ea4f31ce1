import assert from 'node:assert/strict';
import {
  chunks,
  completion,
  generated,
  json,
  message,
  messageEvents,
  type Script,
  sse,
} from '../harness/upstream.ts';
import type { Case } from './case.ts';
import { passed, send } from './judge.ts';
import { GUARDS, type Lab, type Send, sideLab } from './lab.ts';
import { responsesReplies } from './replies-responses.ts';
import { answerOf, DOORS, type Door, geminiSurface } from './surfaces.ts';

/** Rules that hang on more than a name: purposes, tags, tools; and labels that keep a request in house. */
const PURPOSE = 'RFC 9110, section 5.3: which of two headers counts; a purpose that the policy asks for';
const INJECTED = 'CWE-943: names that are written into a query of the policy engine (Cedar)';
const HIDDEN = 'Hmbown/Codewhale#5157: a deny filter that only hides from the list';
const TOOLS = 'BerriAI/litellm, tool_permission; agentgateway mcpAuthorization: tools by other spellings';
const LABELS = 'CWE-424: a second way to the same place: fallback, retry, canary, kept answers';

const SERVERS = (
  url: string,
) => `  house: { dialect: openai, url: "${url}/house/v1", key: k, models: [at-home], accepts: { sensitivity: ["*"] } }
  away: { dialect: openai, url: "${url}/away/v1", key: k, models: [outside], accepts: { sensitivity: [public] } }
routes:
  mixed:
    targets:
      - { upstream: house, priority: 1 }
      - { upstream: away, priority: 2 }
      - { upstream: away, model: new, canary: { share: 100% } }
    retries: 3
    idempotent: true
    backoff: 1ms
    breaker: false
  fragile:
    targets: [{ upstream: house }, { upstream: away, priority: 2 }]
    idempotent: true
    breaker: { attempts: 2, pause: 1h }
  kept: { targets: [{ upstream: away }], cache: { ttl: 1h, per: team } }
`;

const open = (): Promise<Lab> =>
  sideLab('circumstances', {
    settings: SERVERS,
    policy: `${GUARDS}  - use: patterns
    name: codenames
    action: flag
    label: { sensitivity: restricted }
    budget: 30s
    patterns: [{ id: falcon, match: "falcon", ignore_case: true }]
authorization:
  policies: |
    @id("purpose")
    forbid (principal, action in Action::"use", resource == Model::"gpt-purpose")
    unless { context has purpose && context.purpose == "support" };
    @id("consent")
    forbid (principal, action in Action::"use", resource == Model::"gpt-consent")
    unless { context.consent.contains("storage") };
    @id("lead")
    forbid (principal, action in Action::"use", resource == Model::"gpt-lead")
    unless { principal.hasTag("level") && principal.getTag("level") == "lead" };
    @id("no-shell")
    forbid (principal, action in Action::"tools", resource == Tool::"shell");
`,
  });

/** The request of a door for another model. */
function forModel({ surface, path, body }: Door, model: string, more: object = {}): Send {
  if (surface.predicts) return { path: path.replace('/words/', `/${model}/`), body };
  return surface === geminiSurface
    ? { path: path.replace('/models/gemini:', `/models/${model}:`), body: { ...body, ...more } }
    : { path, body: { ...body, model, ...more } };
}

/** Doors that can ask for a model of OpenAI's. */
const CHATS = DOORS.filter(({ surface }) =>
  ['chat', 'responses', 'messages', 'gemini'].includes(surface.name),
);
const SAME = [...CHATS, ...DOORS.filter(({ surface }) => surface.name === 'completions')];
const PREDICTING = DOORS.filter(({ surface }) => surface.predicts);

interface Asking {
  readonly id: string;
  readonly origin: string;
  readonly model: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
}
const word = (id: string, value: string | string[], name = 'x-gatehouse-purpose'): Asking => ({
  id: `purpose: ${id}`,
  origin: PURPOSE,
  model: 'gpt-purpose',
  headers: { [name]: value },
});
const consent = (id: string, value: string | string[]): Asking => ({
  id: `consent: ${id}`,
  origin: PURPOSE,
  model: 'gpt-consent',
  headers: { 'x-gatehouse-consent': value },
});
const asked: readonly Asking[] = [
  { id: 'purpose: none', origin: HIDDEN, model: 'gpt-purpose', headers: {} },
  { id: 'tag: none', origin: HIDDEN, model: 'gpt-lead', headers: {} },
  word('twice', ['support', 'support']),
  word('twice, another first', ['analytics', 'support']),
  word('twice, another last', ['support', 'analytics']),
  word('two in one', 'support,analytics'),
  word('in capitals', 'Support'),
  word('with spaces inside', 'sup port'),
  word('empty', ''),
  word('under another name', 'support', 'x-purpose'),
  word('under a name with a letter more', 'support', 'x-gatehouse-purposes'),
  word('under a name with underscores', 'support', 'x_gatehouse_purpose'),
  word('in a cookie', 'x-gatehouse-purpose=support', 'cookie'),
  { ...word('Cedar', 'x" == "x" || "support'), origin: INJECTED },
  { ...word('Cedar, the end of a rule', 'support"};permit(principal,action,resource);'), origin: INJECTED },
  { ...word('an entity', 'Caller::"admin"'), origin: INJECTED },
  consent('none of the words', 'processing'),
  consent('twice', ['storage', 'processing']),
  consent('a word that only begins so', 'storage-not'),
  consent('an empty word', 'storage,,x'),
  consent('a list of JSON', '["storage"]'),
  { ...consent('Cedar', 'x"].contains("x")||["storage'), origin: INJECTED },
  {
    id: 'tag by a header',
    origin: INJECTED,
    model: 'gpt-lead',
    headers: { 'x-gatehouse-level': 'lead', 'x-gatehouse-tag-level': 'lead' },
  },
  { id: 'tag by a header of another', origin: INJECTED, model: 'gpt-lead', headers: { 'x-level': 'lead' } },
];
const GOOD = { 'x-gatehouse-purpose': 'support', 'x-gatehouse-consent': 'storage' };

const purposes: readonly Case[] = [...SAME, ...PREDICTING].flatMap((door) => {
  const benign = async () => {
    const lab = await open();
    lab.upstream.script = answerOf(door.surface, lab);
    for (const model of ['gpt-purpose', 'gpt-consent']) {
      const { got } = await send(lab, { ...forModel(door, model), headers: GOOD });
      assert.equal(got.status, 200, got.text);
    }
  };
  return asked.map(
    ({ id, origin, model, headers }): Case => ({
      id: `conditions / ${door.name} / ${id}`,
      theme: 'conditions',
      door: door.name,
      origin,
      async attack() {
        const lab = await open();
        lab.upstream.script = answerOf(door.surface, lab);
        return passed(await send(lab, { ...forModel(door, model), headers }));
      },
      benign,
    }),
  );
});

/** Callers whose names and tags are written in the language of the policies. */
const named: readonly Case[] = [
  { name: 'x", level: "lead' },
  { name: 'Role::"admin"' },
  { team: 'default" in Role::"admin' },
  { tags: { level: '"lead"' } },
  { tags: { level: 'Lead' } },
  { tags: { level: 'lead ' } },
  { tags: { 'level" == "x" || "level': 'lead' } },
  { tags: { __proto__x: 'lead', 'level\u0000': 'lead' } },
].map(
  (fields, index): Case => ({
    id: `conditions / caller ${JSON.stringify(fields)}`,
    theme: 'conditions',
    origin: INJECTED,
    async attack() {
      const lab = await open();
      lab.upstream.script = lab.hello;
      const key = await caller(lab, { name: `n-${index}`, ...fields });
      if (key === undefined) return [];
      const headers = { authorization: `Bearer ${key}` };
      const found = passed(await send(lab, { ...HI, body: { ...HI.body, model: 'gpt-lead' }, headers }));
      const admin = await lab.send({ method: 'GET', path: '/admin/v1/callers', headers });
      return admin.status < 400 ? [...found, 'it may administer'] : found;
    },
    async benign() {
      const lab = await open();
      lab.upstream.script = lab.hello;
      const key = await caller(lab, { name: `lead-${index}`, tags: { level: 'lead' } });
      const headers = { authorization: `Bearer ${key}` };
      const { got } = await send(lab, { ...HI, body: { ...HI.body, model: 'gpt-lead' }, headers });
      assert.equal(got.status, 200, got.text);
    },
  }),
);
const HI = {
  path: '/v1/chat/completions',
  body: { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
};

/** Its key; undefined where such a caller cannot be made. */
async function caller(lab: Lab, fields: object): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${lab.gateway.adminKey}` };
  const got = await lab.send({ path: '/admin/v1/callers', headers, body: fields });
  return got.status === 201 ? (JSON.parse(got.text) as { key: string }).key : undefined;
}

/** A tool of this name, as each API declares it and calls it. */
const TOOL: Readonly<Record<string, (name: string) => object>> = {
  chat: (name) => ({ tools: [{ type: 'function', function: { name, parameters: {} } }] }),
  responses: (name) => ({ tools: [{ type: 'function', name, parameters: {} }] }),
  messages: (name) => ({ tools: [{ name, input_schema: { type: 'object' } }] }),
  gemini: (name) => ({ tools: [{ functionDeclarations: [{ name }] }] }),
};
const OTHER_TOOLS: readonly (readonly [string, (name: string) => object])[] = [
  ['chat', (name) => ({ functions: [{ name, parameters: {} }] })],
  ['chat', (name) => ({ tools: [{ type: 'custom', custom: { name } }] })],
  ['responses', (name) => ({ tools: [{ type: 'custom', name }] })],
];

const declared: readonly Case[] = CHATS.flatMap((door) => {
  const { name } = door.surface;
  const ways = [TOOL[name], ...OTHER_TOOLS.filter(([where]) => where === name).map(([, make]) => make)];
  return ways.flatMap((make, way): Case[] => {
    if (make === undefined) return [];
    const request = (tool: string) => ({
      path: door.path,
      body: { ...door.body, ...make(tool), ...(way > 0 && { n: undefined }) },
    });
    return [
      {
        id: `tools / ${door.name} / declared, way ${way + 1}`,
        theme: 'tools',
        door: door.name,
        origin: TOOLS,
        async attack() {
          const lab = await open();
          lab.upstream.script = answerOf(door.surface, lab);
          return passed(await send(lab, request('shell')));
        },
        async benign() {
          const lab = await open();
          lab.upstream.script = answerOf(door.surface, lab);
          const { got } = await send(lab, request('search'));
          assert.equal(got.status, 200, got.text);
        },
      },
    ];
  });
});

const block = (name: string) => ({ type: 'tool_use', id: 't', name, input: {} });
const CALLS: Readonly<Record<string, (name: string, stream: boolean) => Script>> = {
  chat: (name, stream) => {
    const call = { index: 0, id: 'c', type: 'function', function: { name, arguments: '{}' } };
    const [first = '', ...rest] = chunks(['#']);
    return stream
      ? sse([
          first,
          ...rest.map((one) => one.replace('{"content":"#"}', JSON.stringify({ tool_calls: [call] }))),
        ])
      : json(
          completion('', {
            choices: [
              {
                index: 0,
                message: { role: 'assistant', content: '', tool_calls: [call] },
                finish_reason: 'tool_calls',
              },
            ],
          }),
        );
  },
  responses: (name, stream) => {
    const place = responsesReplies.find(({ id }) => id === 'call name');
    return stream ? sse(place?.stream?.([name]) ?? []) : json(place?.plain?.(name) ?? {});
  },
  messages: (name, stream) => {
    const events = messageEvents([]).map((one) =>
      one.replace('{"type":"text","text":""}', JSON.stringify(block(name))),
    );
    return stream ? sse(events) : json(message([block(name)]));
  },
  gemini: (name, stream) => {
    const answer = generated([{ functionCall: { name, args: {} } }]);
    return stream ? sse([`data: ${JSON.stringify(answer)}\r\n\r\n`]) : json(answer);
  },
};

/** A model that calls what was never declared. */
const called: readonly Case[] = CHATS.map((door): Case => {
  const script = (name: string) => CALLS[door.surface.name]?.(name, door.stream) ?? json({});
  return {
    id: `tools / ${door.name} / called`,
    theme: 'tools',
    door: door.name,
    origin: TOOLS,
    async attack() {
      const lab = await open();
      lab.upstream.script = script('shell');
      const { got } = await send(lab, { path: door.path, body: door.body });
      return got.text.includes('shell') ? ['the call reached the client'] : [];
    },
    async benign() {
      const lab = await open();
      lab.upstream.script = script('search');
      const { got } = await send(lab, { path: door.path, body: door.body });
      assert.equal(got.status, 200, got.text);
      assert.match(got.text, /search/);
    },
  };
});

/** What becomes of a labelled request when the server in house cannot answer. */
const FAILS: Readonly<Record<string, Script>> = {
  'is busy': json({ error: { message: 'no' } }, 503),
  'limits requests': json({ error: { message: 'no' } }, 429),
  'does not know the key': json({ error: { message: 'no' } }, 401),
  fails: json({ error: { message: 'no' } }, 500),
  'breaks off': (res) => void res.destroy(),
  redirects: json({}, 307, { location: '/away/v1/chat/completions' }),
};

const labelled: readonly Case[] = SAME.flatMap((door) => {
  const went = async (lab: Lab, text: string, model: string) => {
    const { say } = door.surface;
    const { seen } = await send(lab, forModel(door, model, say(text)));
    return seen.filter(({ path }) => path.startsWith('/away/'));
  };
  const benign = async () => {
    const lab = await open();
    lab.upstream.script = answerOf(door.surface, lab);
    assert.equal((await went(lab, 'the weather', 'mixed')).length, 1);
  };
  const one = (what: string, model: string, script: Script | undefined): Case => ({
    id: `labels / ${door.name} / ${what}`,
    theme: 'labels',
    door: door.name,
    origin: LABELS,
    async attack() {
      const lab = await open();
      lab.upstream.script = script ?? answerOf(door.surface, lab);
      const away = await went(lab, 'about falcon', model);
      return away.length > 0 ? ['a labelled request left the house'] : [];
    },
    benign,
  });
  return [
    one('canary', 'mixed', undefined),
    one('a server by its own name', 'outside', undefined),
    one('kept answers', 'kept', undefined),
    ...Object.entries(FAILS).map(([what, script]) => one(`the server in house ${what}`, 'mixed', script)),
    one('the server in house is left alone', 'fragile', FAILS.fails),
  ];
});

export const circumstanceCases: readonly Case[] = [
  ...purposes,
  ...named,
  ...declared,
  ...called,
  ...labelled,
];
