import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { REFUSALS } from '../src/base/refusal.ts';
import { processIo } from '../src/cli/io.ts';
import { run } from '../src/cli/run.ts';

const root = path.dirname(import.meta.dirname);
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const { scripts, dependencies } = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
};
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).map((page) => page.replaceAll('\\', '/'));

const FENCE = /^```.*\n([\s\S]*?)^```/gm;
const withoutCode = (text: string) => text.replace(FENCE, '').replace(/`[^`\n]*`/g, '');

/** What stands in a page as code: fenced blocks, with lines that go on joined, and code inside of sentences. */
function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(FENCE)].map(([, block = '']) => block.replaceAll('\\\n', ' '));
  const inline = [...text.replace(FENCE, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks.flatMap((block) => block.split('\n')), ...inline];
}

/** Targets of links and pictures, those of this repository only. */
const linksOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The anchors of a page's headings, as code hosts make them. */
const anchorsOf = (text: string): string[] =>
  [...text.replace(FENCE, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );

/** What `--help` of a command says; of the nearest one above it where there is none of that name. */
async function helpOf(words: readonly string[]): Promise<string> {
  let text = '';
  const out = (line: string) => {
    text += `${line}\n`;
  };
  await run([...words, '--help'], { ...processIo(), out, err: out }, '0');
  return text;
}

suite('the words', () => {
  for (const page of pages) {
    test(`${page}: every link leads somewhere`, () => {
      const text = read(page);
      for (const link of linksOf(text)) {
        const [file = '', anchor] = link.split('#', 2);
        const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
        assert.ok(existsSync(path.join(root, target)), `${link}: there is no ${target}`);
        if (anchor !== undefined)
          assert.ok(anchorsOf(read(target)).includes(anchor), `${link}: no such heading`);
      }
    });

    test(`${page}: every command is there`, async () => {
      for (const code of codeOf(read(page))) {
        for (const [, name = ''] of code.matchAll(/\bnpm (?:run (?:-s )?)?([a-z]+)/g)) {
          const own = ['ci', 'install', 'ping', 'rebuild', 'config', 'pack', 'run'].includes(name);
          assert.ok(own || Object.hasOwn(scripts, name), `${code}: there is no script ${name}`);
        }
        const [, line] = /(?:^|[\s/])gatehouse (?:-- )?([a-z].*)$/.exec(code) ?? [];
        if (line === undefined) continue;
        const command: string[] = [];
        for (const word of line.split(/[\s|]+/)) {
          if (!/^Commands:$/m.test(await helpOf(command)) || !/^[a-z][a-z-]*$/.test(word)) break;
          command.push(word);
          const usage = `Usage: gatehouse ${command.join(' ')} `;
          assert.ok((await helpOf(command)).startsWith(usage), `${code}: there is no ${command.join(' ')}`);
        }
        for (const [option] of line.replace(/#.*$/, '').matchAll(/(?<=\s)--[a-z-]+/g))
          assert.ok((await helpOf(command)).includes(option), `${code}: there is no ${option}`);
      }
    });
  }

  test('every page can be found from its index', () => {
    for (const [index, pattern] of [
      ['docs/README.md', 'docs/*.md'],
      ['docs/decisions/README.md', 'docs/decisions/*.md'],
    ] as const) {
      const links = linksOf(read(index)).map((link) => path.posix.basename(link));
      for (const page of globSync(pattern, { cwd: root }).map((file) => path.basename(file)))
        assert.ok(page === 'README.md' || links.includes(page), `${index} does not name ${page}`);
    }
  });

  test('every code of refusal is explained, with its status', () => {
    const rows = [...read('docs/codes.md').matchAll(/^\| (`.+`) \| (\d{3}) \|/gm)];
    const explained = rows.flatMap(([, codes = '', status]) =>
      [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']) => [code, Number(status)]),
    );
    const known = Object.entries(REFUSALS).map(([code, { status }]) => [code, status]);
    assert.deepEqual(explained.sort(), known.sort());
  });

  test('every dependency has a page that says why', () => {
    for (const name of Object.keys(dependencies)) {
      // `@cedar-policy/cedar-wasm` is Cedar, `@simplewebauthn/server` is SimpleWebAuthn.
      const plain = name.replace(/^@(.*)\/server$/, '$1').replace(/^@.*\//, '');
      const page = `docs/decisions/${plain.replace(/-wasm$/, '')}.md`;
      assert.ok(pages.includes(page), `${page} is missing`);
    }
  });
});
