import assert from 'node:assert/strict';
import test from 'node:test';
import { atLeast } from '../../src/findings/severity.ts';
import { FORMATS } from '../../src/formats/index.ts';
import { Bytes } from '../../src/formats/source.ts';
import { Book } from '../../src/lifecycle/scan/calls/book.ts';
import { scanFile } from '../../src/lifecycle/scan/scanner.ts';
import { CODE } from './repositories/code.ts';
import { FOLDERS } from './repositories/folders.ts';
import type { File } from './repositories/making.ts';
import { ORDINARY } from './repositories/ordinary.ts';
import { SERVED } from './repositories/served.ts';
import { VARIANTS } from './repositories/variants.ts';

const READERS = { formats: FORMATS, calls: new Book() };

async function judged([, name, content]: File) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const { findings, verdict } = await scanFile(name, new Bytes(bytes), READERS);
  return { verdict, bad: findings.filter(({ severity }) => atLeast(severity, 'medium')) };
}

/**
 * What shows no danger by itself, or is done every day: packages of a strange name, functions that nobody knows, models
 * that are loaded in the ordinary ways.
 */
const BY_ITSELF_NOTHING = new Set([
  'HF_ALLOW_CODE_EVAL',
  'json deep nesting',
  'jsonl with auto',
  'quant config custom',
  'req -e dot',
  'req typosquat',
  'req global-option',
  'req no-binary',
  'packages apt',
  'setup.py entry kwargs',
  'package.json prepare',
  'package.json preprepare/postprepare',
  '.env token',
  'mcp cursor',
  'pytest.ini plugin',
  'nb markdown attachment',
  'nb torch.hub',
  'readme markdown img exfil',
  'readme space app py',
  'netrc',
  'hydra unknown',
  'ldm target unknown',
  'spacy readers path',
  'fairseq user-dir cli',
  'mmengine custom_imports',
  'litellm custom callback',
  'langchain tool python repl',
  'haystack unknown',
  'promptflow',
  'bentofile setup script',
  'bento model.yaml',
  '.dvc/config',
  'datasets dataset_infos',
  'yaml tag env ctor',
  'py .txt',
  'py torch.load unsafe',
  'py ransom',
  'py yaml.load',
  'py gc',
  'py joblib load',
  'py np load',
  'py shelve',
  'py importlib reload',
  'py fork bomb',
  'py mem bomb',
]);

for (const [what, files] of Object.entries({
  'settings, packages and files that tools run': FOLDERS,
  'notebooks, cards, secrets and settings of servers': SERVED,
  'XML, YAML and code': CODE,
  variants: VARIANTS,
}))
  test(`hostile ${what} are found`, async () => {
    for (const file of files) {
      if (BY_ITSELF_NOTHING.has(file[0])) continue;
      const { bad } = await judged(file);
      assert.ok(bad.length > 0, file[0]);
    }
  });

test('what ordinary repositories hold is clean', async () => {
  for (const file of ORDINARY) {
    const { bad, verdict } = await judged(file);
    assert.deepEqual(
      [file[0], verdict, ...bad.map(({ rule, message }) => `${rule}: ${message}`)],
      [file[0], 'clean'],
    );
  }
});
