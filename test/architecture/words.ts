import { ROWS } from './rows.ts';
import { perFile, perImport } from './rule.ts';

const MAX_LINES = 400;

/** Rows up to this one do no input or output of their own: clocks, keys and readers come in as arguments. */
const LAST_PURE_ROW = 4;
/** What they may take from Node all the same, since it only reckons: everything, or these names. */
const PURE: Readonly<Record<string, '*' | readonly string[]>> = {
  'node:buffer': '*',
  'node:crypto': '*',
  'node:net': ['isIP', 'isIPv4', 'isIPv6', 'BlockList'],
  'node:path': '*',
  'node:stream': ['Readable'],
  'node:util': '*',
  'node:zlib': '*',
};

const isPure = (folder: string) => (ROWS[folder] ?? Number.POSITIVE_INFINITY) <= LAST_PURE_ROW;

export const filesAreShort = perFile((file) => {
  const lines = file.text.split('\n').length - 1;
  const isData = /(?:\/data\/|\.(?:data|generated)\.ts$)/.test(file.path);
  return (
    lines > MAX_LINES && !isData && `${lines} lines, ${MAX_LINES} at the most; there are two ideas in it`
  );
});

export const lowRowsImportNoEffects = perImport((file, { target, names, typeOnly }) => {
  if (file.isTest || typeOnly || !isPure(file.folder) || !target.startsWith('node:')) return;
  const allowed = PURE[target] ?? [];
  if (allowed === '*' || names.every((name) => allowed.includes(name))) return;
  return `rows 1 to ${LAST_PURE_ROW} do no input or output; take the effect as an argument`;
});

export const lowRowsUseNoEffects = perFile(
  (file) =>
    !file.isTest &&
    isPure(file.folder) &&
    file.path !== 'base/clock.ts' &&
    /(?<![.\w])(?:process\.|Date\.now|new Date\(\)|performance\.|Math\.random|set(?:Timeout|Interval|Immediate)\(|fetch\()/.test(
      file.code,
    ) &&
    `rows 1 to ${LAST_PURE_ROW} ask neither clock, chance nor process; take it as an argument`,
);

export const auditRunsInABrowser = perFile((file) => {
  if (file.isTest || file.folder !== 'audit') return;
  const outside = file.imports.find(({ target }) => !target.endsWith('.ts'));
  if (outside !== undefined) return `imports ${outside.target}; hashing and signatures come in as arguments`;
  return /(?<![.\w])(?:Buffer|process)\b/.test(file.code) && 'uses what browsers lack (Buffer, process)';
});

/** The pair that the whole data path rests on: only inspection says that a text was inspected. */
export const onlyInspectionClears = perImport(
  (file, { target, names }) =>
    target === 'exchange/cleared.ts' &&
    names.some((name) => name === 'clear' || name === '*') &&
    !file.isTest &&
    !/^gateway\/inspect\/[\w-]+\.ts$/.test(file.path) &&
    'only src/gateway/inspect/ may clear a value; hand it to them',
);

/** `Cleared` and `Receipt` are proofs: each is made in one place. */
export const proofsAreMintedAtHome = perFile((file) => {
  if (file.isTest || file.path === 'exchange/cleared.ts' || !/\.mint\b/.test(file.code)) return;
  if (file.folder !== 'ledger')
    return 'mints a proof; only exchange/cleared.ts mints Cleared, only ledger/ Receipt';
  const cleared = file.imports.some(({ target }) => target === 'exchange/cleared.ts');
  return cleared && 'the ledger mints receipts and has nothing to clear';
});

export const noCodeFromText = perFile(
  (file) =>
    /(?<![.\w])eval\s*\(|\bFunction\s*\(|\bimport\s*\((?!\s*['"])/.test(file.code) &&
    'eval, Function and computed imports run text as code; write it out',
);

/**
 * A password manager or a cloud's own command may hold the master key; what is changed in a repository is git's to say; a model
 * runs in a process of its own, which runs this program.
 */
const STARTS_PROGRAMS = ['vault/command.ts', 'lifecycle/scan/changed.ts', 'runtime/onnx/model-process.ts'];

/** Worker processes run this program and no other. */
const IS_SEVERAL_PROCESSES = /^(cli\/serve|gateway\/(listen|workers\/(crew|pipe)))\.ts$/;

export const noOtherPrograms = perImport(
  (file, { target }) =>
    !file.isTest &&
    !STARTS_PROGRAMS.includes(file.path) &&
    (['node:child_process', 'node:vm'].includes(target) ||
      (target === 'node:cluster' && !IS_SEVERAL_PROCESSES.test(file.path))) &&
    'the product starts no other program and no other realm',
);

export const theDataPathDoesNotFetch = perFile(
  (file) =>
    !file.isTest &&
    file.folder === 'gateway' &&
    /(?<![.\w])fetch\s*\(|\bglobalThis\.fetch\b/.test(file.code) &&
    'a fetch costs about ten times what undici does; use the pool',
);

/** `any` where a type stands: after these, or as the last of a type's arguments. */
const ANY = /(?:[:<|&]|=>|\b(?:as|extends|satisfies)\b|,(?=\s*any\s*>))\s*any\b(?!\s*[(.])/;

export const noAny = perFile(
  (file) => ANY.test(file.code) && 'says `any`; say `unknown` and look, or name the type',
);

export const onlyTheCommandLinePrints = perFile(
  (file) =>
    !file.isTest &&
    file.folder !== 'cli' &&
    file.path !== 'main.ts' &&
    /\bconsole\./.test(file.code) &&
    'prints; use the log, or return the text',
);

/** What ties a file to one machine or one mirror. Matches no line of this file. */
const TIED = [
  { says: 'a path of somebody’s machine', pattern: /(?<![\w.~-])\/(?:home|Users|work)\/\w/ },
  { says: 'the host of a package registry', pattern: /\bregistry\.(?:npmjs|yarnpkg)\b|\bdeb\.debian\b/ },
];

/** Lines that name such a thing, in files of any kind. */
export const tiedToAPlace = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).flatMap(([path, text]) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        TIED.filter(({ pattern }) => pattern.test(line)).map(
          ({ says }) => `${path}:${index + 1} holds ${says}; leave it out, or make it a setting`,
        ),
      ),
  );
