import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Drill } from './drill.ts';
import { DRILLS } from './drills/index.ts';
import { manifestOf, manifestText } from './evidence.ts';
import { NO_LINKS, type Recorded } from './fact.ts';
import { fold, type Incident } from './incident.ts';
import { filledIn, measuresOf, parsePlaybook, playbookFor } from './playbook.ts';
import { PLAYBOOKS } from './playbooks/index.ts';
import { type Impact, lasted, postMortem } from './post-mortem.ts';
import { timelineOf } from './timeline.ts';
import { writeHtml, writeMarkdown } from './write-page.ts';

const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(2)>[x](javascript:alert(3)) | \`<b>\` \u202e`;

const facts = (title: string): Recorded[] => [
  {
    incident: 'inc_1',
    seq: 7,
    time: Date.UTC(2026, 10, 21),
    by: { id: 'clr_1', name: title },
    fact: {
      ...{ act: 'opened', title, severity: 'high', origin: 'rule', rule: title, atlas: [title], owasp: [] },
      links: { ...NO_LINKS, callers: ['clr_2'] },
    },
  },
];
const IMPACT: Impact = {
  since: 0,
  until: 60_000,
  requests: 3,
  outcomes: { blocked: 2, completed: 1 },
  callers: { app: 3 },
  models: { m: 3 },
  found: { 'injection.ignore': { requests: 2, blocked: 2 } },
  cost: '0.01',
  more: false,
};

const pageOf = (title: string, impact = IMPACT) => {
  const all = facts(title);
  const nearby = [{ seq: 9, time: 5, kind: 'request', by: title, what: title }];
  return postMortem(fold(all) as Incident, timelineOf(all, nearby), impact, PLAYBOOKS[0]);
};

suite('a post-mortem', () => {
  test('takes nothing that somebody wrote for a part of the page', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(EVIL), fc.string({ unit: 'grapheme' })), (text) => {
        const html = writeHtml(pageOf(text, { ...IMPACT, callers: { [text]: 1 }, models: { [text]: 1 } }));
        const tags = [...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag]) => String(tag).toLowerCase());
        const own =
          'html head meta title style body main h1 h2 section div table thead tbody tr th td ul li'.split(
            ' ',
          );
        assert.deepEqual(
          tags.filter((tag) => !own.includes(tag)),
          [],
        );
        assert.doesNotMatch(html, /<[^>]*\son\w+=/i);
      }),
    );
  });

  test('in Markdown has no link, tag or code that is not its own', () => {
    const text = writeMarkdown(pageOf(EVIL));
    assert.doesNotMatch(text, /(?<!\\)[<`]|(?<!\\)\[|\u202e/);
    // As many columns in each row of a table as in its head.
    for (const table of text.split('\n\n').filter((part) => part.startsWith('|'))) {
      const columns = table.split('\n').map((row) => row.match(/(?<!\\)\|/g)?.length);
      assert.equal(new Set(columns).size, 1, table);
    }
  });

  test('is the same each time, and says what worked and what is open', () => {
    const [a, b] = [writeMarkdown(pageOf('a series')), writeMarkdown(pageOf('a series'))];
    assert.equal(a, b);
    assert.match(a, /injection\.ignore blocked 2 requests/);
    assert.match(a, /attacks that guards found \| injection\.ignore \\\(2\\\)/);
    assert.match(a, /1 request went through/);
    assert.match(a, /Nobody was in charge/);
    assert.deepEqual(
      [lasted(undefined), lasted(1200), lasted(3_720_000)],
      ['not known', '1.2 s', '1 h 2 min'],
    );
  });

  test('evidence has one manifest, in whatever order it was named', () => {
    const files = [
      { name: 'b', sha256: 'b'.repeat(64), bytes: 2 },
      { name: 'a', sha256: 'a'.repeat(64), bytes: 1 },
    ];
    const entries = [
      { seq: 2, leaf: 'y' },
      { seq: 1, leaf: 'x' },
    ];
    assert.equal(
      manifestText(manifestOf('inc_1', { entries, files })),
      manifestText(manifestOf('inc_1', { entries: entries.toReversed(), files: files.toReversed() })),
    );
  });
});

suite('playbooks', () => {
  test('those that ship are found by what they are for, and do what there is', () => {
    const about = { severity: 'high', owasp: [] } as const;
    const of = (technique: string) => playbookFor(PLAYBOOKS, { ...about, atlas: [technique] })?.name;
    assert.deepEqual(['AML.T0051.000', 'AML.T0012', 'AML.T0024.002', 'AML.T0057', 'AML.T9999'].map(of), [
      'prompt-injection',
      'stolen-key',
      'model-extraction',
      'data-leak',
      undefined,
    ]);
    for (const { steps, messages } of PLAYBOOKS) {
      assert.ok(steps.some((step) => step.do !== undefined));
      for (const { text } of messages) assert.ok(text.length > 20);
    }
  });

  test('a step is done to each that the incident is about, unless it names one', () => {
    const about = { callers: ['clr_1', 'clr_2'], models: [] };
    const step = { action: 'suspend_caller', on: {}, automatic: false, for: undefined } as const;
    assert.deepEqual(
      measuresOf(step, about).map(({ on }) => on.caller),
      ['clr_1', 'clr_2'],
    );
    assert.deepEqual(measuresOf({ ...step, on: { caller: 'x' } }, about), [
      { action: 'suspend_caller', on: { caller: 'x' } },
    ]);
  });

  test('every error is named with its place', () => {
    const text = `name: p
title: P
when: { rules: ["a*"] }
steps:
  - { id: a, text: x, do: { action: block_tool } }
  - { id: a, text: y, do: { action: revoke_keys, for: 4h, model: m } }
`;
    assert.throws(
      () => parsePlaybook(text, 'p.yaml'),
      /block_tool needs it[\s\S]*another step[\s\S]*no undo/,
    );
    assert.throws(() => parsePlaybook('name: p', 'p.yaml'), /p\.yaml/);
  });

  test('messages are filled in with what is known, and nothing else', () => {
    assert.equal(
      filledIn('{{id}} {{nothing}} {{constructor}}', { id: 'inc_1' }),
      'inc_1 {{nothing}} {{constructor}}',
    );
  });
});

test('a drill sends enough to be noticed, and nothing twice', () => {
  let count = 0;
  const random = (length: number): string => {
    count += 1;
    return String(count).padStart(length, '0');
  };
  const sentBy = (drill: Drill): unknown[] => {
    if (drill.plays === 'prompts') return [...drill.prompts(random)];
    if (drill.plays === 'sign-ins') return Array.from({ length: drill.attempts }, (_, at) => at);
    const columns = [{ least: -1, most: 1 }, undefined];
    const rows = drill.rows(() => [Number(random(1)) / 1000, 3], columns);
    assert.ok(rows.every(([moved = 2, fixed]) => Math.abs(moved) <= 1 && fixed === 3));
    return rows.map(String);
  };
  for (const drill of DRILLS) {
    const { name, technique } = drill;
    const sent = sentBy(drill);
    assert.ok(sent.length >= 8, name);
    assert.equal(new Set(sent).size, sent.length, name);
    assert.match(technique, /^AML\.T\d{4}(\.\d{3})?$/);
  }
  assert.equal(new Set(DRILLS.map(({ name }) => name)).size, DRILLS.length);
});
