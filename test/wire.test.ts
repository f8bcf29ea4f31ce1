import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '../src/base/json.ts';
import { Refusal } from '../src/base/refusal.ts';
import type { Operation } from '../src/dialects/dialect.ts';
import { DIALECTS } from '../src/dialects/index.ts';
import type { Prompt } from '../src/exchange/exchange.ts';
import type { Opaque, Slot } from '../src/exchange/part.ts';
import { parseJson } from '../src/wire/json.ts';
import { SseReader } from '../src/wire/sse.ts';

/**
 * Golden cases, one a file: `wire/<dialect>-<case>.txt`. Above the dashes stands what comes in (a comment, the
 * operation, then `== request`, `== reply`, `== stream`, `== cut`, `== fail`), below them what the dialect makes of it.
 * `UPDATE_GOLDEN=1` writes what stands below anew; read the difference before you keep it.
 */
const FOLDER = join(import.meta.dirname, 'wire');
const DASHES = '\n----------\n';
const LIMITS = { maxDepth: 64 };
const CUT = new Refusal('reply_blocked');

for (const file of readdirSync(FOLDER)) {
  test(file, () => {
    const path = join(FOLDER, file);
    const [input = '', expected = ''] = readFileSync(path, 'utf8').split(DASHES);
    const actual = `${run(input).join('\n')}\n`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, `${input}${DASHES}${actual}`);
    else assert.equal(actual, expected);
  });
}

function run(input: string): string[] {
  const [head = '', ...sections] = input.split(/^== /m);
  const id = head.split('\n').find((line) => line !== '' && !line.startsWith('#'));
  const operation = DIALECTS.flatMap(({ operations }) => operations).find((one) => one.id === id);
  assert.ok(operation, `no operation ${id}`);
  const out: string[] = [];
  try {
    readSections(operation, sections, out);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    out.push(`refused ${refusal.code} ${refusal.field ?? '-'} | ${refusal.message}`);
  }
  return out;
}

function readSections(operation: Operation, sections: readonly string[], out: string[]): void {
  const parse = (text: string): JsonObject => parseJson(Buffer.from(text), LIMITS);
  let prompt: Prompt | undefined;
  let reader: ReturnType<NonNullable<Operation['readStream']>> | undefined;
  for (const section of sections) {
    const end = section.indexOf('\n');
    const kind = end < 0 ? section : section.slice(0, end);
    const content = end < 0 ? '' : section.slice(end + 1);
    if (kind === 'request') {
      prompt = operation.readPrompt(parse(content), 'm');
      // Where an answer follows, the request is only there to be answered.
      if (sections.length === 1) out.push(...showPrompt(prompt));
      continue;
    }
    prompt ??= operation.readPrompt(parse('{"model":"m","messages":[],"contents":[],"max_tokens":10}'), 'm');
    if (kind === 'reply') {
      const { slots, opaque, usage } = operation.readReply(parse(content), prompt);
      out.push(...show(slots, opaque), `usage ${JSON.stringify(usage)}`);
    } else if (kind === 'stream') {
      reader = operation.readStream?.(prompt);
      const sse = new SseReader({ maxEvent: 1 << 16 });
      for (const event of sse.push(Buffer.from(`${content}\n\n`))) {
        out.push(...showEvent(reader?.read(event)));
      }
      sse.end();
    } else if (kind === 'cut' || kind === 'fail') {
      out.push(kind, ...(reader?.[kind](CUT, 'req_1') ?? '').trimEnd().split('\n'));
    } else {
      assert.fail(`no section ${kind}`);
    }
  }
}

function showPrompt({ model, stream, choices, maxOutput, usageHidden, slots, opaque }: Prompt): string[] {
  const facts = JSON.stringify({ model, stream, choices, maxOutput, usageHidden });
  return [`prompt ${facts}`, ...show(slots, opaque)];
}

function showEvent(
  event: ReturnType<ReturnType<NonNullable<Operation['readStream']>>['read']> | undefined,
): string[] {
  assert.ok(event);
  const { lane, divisible, ends, last, usage } = event;
  const marks = [
    ...(divisible ? ['divisible'] : []),
    ...ends.map((end) => `ends ${end}`),
    ...(last ? ['last'] : []),
    ...(usage ? [`usage ${JSON.stringify(usage)}`] : []),
    ...(event.write() === '' ? ['not written'] : []),
  ];
  return [['event', lane === '' ? '-' : lane, ...marks].join(' '), ...show(event.slots, event.opaque)];
}

function show(slots: readonly Slot[], opaque: readonly Opaque[]): string[] {
  return [
    ...slots.map(({ path, provenance, format, fixed, delta, joined, text }) => {
      const marks = [provenance, ...(format === 'json' ? ['json'] : []), ...(fixed ? ['fixed'] : [])];
      const more = [...(delta ? ['delta'] : []), ...(joined === undefined ? [] : [`joined ${joined}`])];
      return `  ${path} [${[...marks, ...more].join(', ')}] ${JSON.stringify(text)}`;
    }),
    ...opaque.map(({ path, media }) => `  ${path} opaque ${media}`),
  ];
}
