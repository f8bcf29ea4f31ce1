import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { documentOf, writeContract } from '../contracts/document.ts';
import { inferContract, type ModelInput } from '../contracts/infer.ts';
import { decodeModel } from '../graph/decode.ts';
import { givenInputs, type OnnxGraph } from '../graph/onnx.ts';
import { MalformedModel } from '../graph/wire.ts';
import { type Data, readData } from '../lifecycle/attack/data/read-data.ts';
import type { CliIo } from './io.ts';
import { type ModelsOptions, modelBytes } from './models-place.ts';
import { counted, names, positive } from './numbers.ts';

interface ContractOptions extends ModelsOptions {
  readonly data: string;
  readonly drop: readonly string[];
  readonly file?: string;
  readonly rows: number;
  readonly to?: string;
}

/** `models contract`: the model is read and not run, so it may be one that nobody has approved yet. */
export const contractOptions = (io: CliIo, command: Command): Command =>
  command
    .requiredOption(
      '-d, --data <FILE>',
      'rows that the model is asked: CSV, JSON lines, .npy, IDX; each may be .gz',
    )
    .option('--drop <COLUMNS>', 'columns that the model does not take, such as the label', names, [])
    .option('--file <NAME>', 'the file of a sealed model (default: its only ONNX file)')
    .option('--rows <N>', 'rows of the data that are read', positive, 100_000)
    .option('--to <FILE>', 'file to write (default: standard output)')
    .action((model: string, options: ContractOptions) => contract(io, model, options));

async function contract(io: CliIo, model: string, options: ContractOptions): Promise<void> {
  const to = options.to === undefined ? undefined : resolve(io.cwd, options.to);
  if (to !== undefined && existsSync(to))
    throw new Problem('usage', `${options.to} is there already`, 'Name a file that is not.');
  const inputs = inputsOf(await modelBytes(io, model, options));
  const rows = rowsOf(await readData(io.cwd, options.data, options.rows), new Set(options.drop));
  const { contract: found, notes } = inferContract(inputs, rows);
  const text = writeContract(found);
  if (to !== undefined) await writeFile(to, text, { flag: 'wx' });
  if (options.json === true) {
    io.json({ contract: documentOf(found), notes, rows: rows.length });
    return;
  }
  for (const note of notes) io.err(note);
  if (to === undefined) io.out(text.trimEnd());
  else
    io.out(
      `${options.to} is the contract of ${counted(rows.length, 'row')}: look it over before it is used.`,
    );
}

function inputsOf(bytes: Uint8Array): ModelInput[] {
  return givenInputs(graphOf(bytes)).map(({ name, type, dims }) => {
    if (type === undefined || dims === undefined)
      throw new Problem(
        'usage',
        'the model has an input that is no tensor, or of a type or shape that it does not say',
      );
    return { name, type, dims: dims.map((size) => size ?? -1) };
  });
}

function graphOf(bytes: Uint8Array): OnnxGraph {
  try {
    return decodeModel(bytes).graph;
  } catch (error) {
    if (!(error instanceof MalformedModel)) throw error;
    throw new Problem('usage', 'this is no ONNX model', undefined, error);
  }
}

function rowsOf({ content, name }: Data, dropped: ReadonlySet<string>): JsonObject[] {
  if (content.kind === 'table') {
    const unknown = [...dropped].find((column) => !content.columns.includes(column));
    if (unknown !== undefined) throw new Problem('usage', `${name} has no column “${unknown}”`);
    const kept = content.columns.flatMap((column, at) => (dropped.has(column) ? [] : [{ column, at }]));
    return content.rows.map((row) =>
      Object.fromEntries(kept.map(({ column, at }) => [column, row[at] ?? null])),
    );
  }
  const [count = 0, ...sizes] = content.dims;
  const width = sizes.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(
      Array.from(content.data.subarray(row * width, (row + 1) * width), (value, at) => [`x${at}`, value]),
    ),
  );
}
