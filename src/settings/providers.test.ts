import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { parseSettings } from './parse.ts';

const parse = (people: string) =>
  parseSettings(
    `upstreams: { m: { dialect: openai, url: "https://models.example/v1", models: [m] } }\npeople:\n${people}`,
    {
      env: {},
      file: 'gatehouse.yaml',
      dialects: ['openai'],
      baseDir: '/nowhere',
      readFile: () => 'from a file\n',
    },
  ).people;

const refused = (people: string, words: RegExp) =>
  assert.throws(
    () => parse(people),
    (error: unknown) => error instanceof Problem && words.test(error.message),
  );

const provider = (more: string) =>
  `  oidc:\n    corp:\n      issuer: https://idp.example.com\n      client_id: gatehouse\n${more}`;

test('a provider with little said: what it is then', () => {
  const [corp] = parse(provider('      client_secret: { file: secret }\n      everyone: operator\n')).oidc;
  assert.ok(corp !== undefined);
  assert.equal(corp.client_secret?.reveal(), 'from a file');
  const { client_secret: _, ...rest } = corp;
  assert.deepEqual(rest, {
    name: 'corp',
    label: 'corp',
    issuer: 'https://idp.example.com',
    client_id: 'gatehouse',
    client_auth: 'basic',
    scopes: ['openid', 'profile'],
    claims: { login: 'preferred_username', name: 'name', team: undefined, roles: undefined },
    userinfo: false,
    require: {},
    roles: {},
    everyone: ['operator'],
    team: 'default',
    new_people: true,
    sign_out: false,
    insecure_http: false,
    reach: undefined,
    ca: undefined,
  });
});

test('what cannot be meant is an error', () => {
  refused(provider(''), /gives nobody a role/);
  refused(provider('      roles: { a: b }\n'), /claims\.roles/);
  refused(provider('      everyone: a\n      scopes: [profile]\n'), /openid/);
  refused(provider('      everyone: a\n      scopes: "openid profile"\n'), /openid|list/);
  refused(provider('      everyone: a\n').replace('https://', 'http://'), /https:/);
  refused(
    provider(
      '      everyone: a\n    other: { issuer: "https://idp.example.com", client_id: x, everyone: a }\n',
    ),
    /another provider/,
  );
  refused(provider('      everyone: a\n').replace('corp', 'Corp'), /./);
});

test('the origin is an origin, and not in clear beyond this machine', () => {
  assert.equal(parse('  origin: https://Gatehouse.example.com/\n').origin, 'https://gatehouse.example.com');
  assert.equal(parse('  origin: http://localhost:8642\n').origin, 'http://localhost:8642');
  for (const origin of ['http://gatehouse.example.com', 'https://x/console', 'gatehouse', 'ftp://x'])
    refused(`  origin: ${origin}\n`, /web origin/);
});
