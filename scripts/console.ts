/**
 * Builds `console/` into `console/dist`: one script, one style sheet, one page, and a script for each part that is loaded when it is
 * needed; all of them also compressed. Names hold a hash of what is in them, so that browsers may keep them for ever. What is up to date is left alone, and nothing is printed.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib';
import { build } from 'esbuild';

const root = path.dirname(import.meta.dirname);
const out = path.join(root, 'console', 'dist');
const manifest = path.join(out, 'manifest.json');
const sha256 = (...parts: readonly (string | Uint8Array)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** Of all that it is made of. */
function inputs(): string {
  const names = ['console/**/*.{ts,tsx,css}', 'src/audit/*.ts', 'src/base/json.ts', 'scripts/console.ts'];
  const files = globSync([...names, 'package-lock.json'], { cwd: root, exclude: ['console/dist/**'] }).sort();
  return sha256(...files.flatMap((file) => [file, readFileSync(path.join(root, file))]));
}

const page = (script: string, style: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Gatehouse</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/console/a/${style}">
<script type="module" src="/console/a/${script}"></script>
</head>
<body><div id="app"></div><noscript>The console needs JavaScript.</noscript></body>
</html>
`;

/** What the packages in the bundle want to be handed on with them. */
function licenses(inputs: readonly string[]): string {
  const packages = new Set(
    inputs.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []),
  );
  return [...packages]
    .sort()
    .map((name) => {
      const folder = path.join(root, 'node_modules', name);
      const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
      if (file === undefined) throw new Error(`${name} has no licence`);
      return `${name}\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
    })
    .join('\n\n');
}

/** Written under another name first: a gateway that reads now sees a whole file or none. */
function put(name: string, bytes: Uint8Array): void {
  const aside = path.join(out, `.${name}.${process.pid}`);
  writeFileSync(aside, bytes);
  renameSync(aside, path.join(out, name));
}

const made = inputs();
const before = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as { made?: string }) : {};
if (before.made !== made) {
  mkdirSync(out, { recursive: true });
  const { outputFiles, metafile } = await build({
    entryPoints: { app: path.join(root, 'console', 'main.tsx') },
    outdir: out,
    bundle: true,
    minify: true,
    format: 'esm',
    splitting: true,
    chunkNames: '[name]-[hash]',
    target: 'es2024',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    tsconfig: path.join(root, 'console', 'tsconfig.json'),
    write: false,
    metafile: true,
  });
  const files = new Map<string, Uint8Array>();
  const named = (ending: string) => {
    const contents = outputFiles.find((file) => path.basename(file.path) === `app${ending}`)?.contents;
    if (contents === undefined) throw new Error(`esbuild made no ${ending}`);
    const name = `app-${sha256(contents).slice(0, 12)}${ending}`;
    files.set(name, contents);
    return name;
  };
  files.set('index.html', Buffer.from(page(named('.js'), named('.css'))));
  for (const { path: file, contents } of outputFiles)
    if (!/^app\.\w+$/.test(path.basename(file))) files.set(path.basename(file), contents);
  const names = [...files.keys()];
  for (const [name, bytes] of files) {
    put(name, bytes);
    put(`${name}.gz`, gzipSync(bytes, { level: 9 }));
    put(`${name}.br`, brotliCompressSync(bytes, { params: { [zlib.BROTLI_PARAM_QUALITY]: 11 } }));
  }
  put('LICENSES', Buffer.from(licenses(Object.keys(metafile.inputs))));
  put('manifest.json', Buffer.from(`${JSON.stringify({ made, files: names })}\n`));
  const kept = new Set([
    'manifest.json',
    'LICENSES',
    ...names.flatMap((name) => [name, `${name}.gz`, `${name}.br`]),
  ]);
  for (const name of readdirSync(out)) if (!kept.has(name)) rmSync(path.join(out, name), { force: true });
}
