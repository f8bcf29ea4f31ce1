import type { Command } from 'commander';
import { robustnessIn } from '../lifecycle/attack/report-file.ts';
import { askAdmin } from './admin.ts';
import { bytesOf } from './bytes.ts';
import type { CliIo } from './io.ts';
import { keyOf, type ModelsOptions } from './models-place.ts';

/** `models attach MODEL --report FILE`: what attacks on a version came to, kept with it. */
export const attachOptions = (io: CliIo, command: Command): Command =>
  command
    .requiredOption('--report <FILE>', 'result.json of an attack on a file of it')
    .action(async (model: string, options: ModelsOptions & { report: string }) => {
      const answer = await attach(io, model, bytesOf(io)(options.report), options);
      if (options.json === true) io.json(answer);
      else io.out(`${model} has the report now.`);
    });

/** @param report the bytes of `result.json` */
export async function attach(io: CliIo, model: string, report: Uint8Array, options: ModelsOptions) {
  const robustness = robustnessIn(report);
  const how = { key: keyOf(io, options) };
  const path = `/admin/v1/registry/${encodeURIComponent(model)}`;
  const { root } = await askAdmin(io, options.config, 'GET', path, undefined, how);
  const body = { root: String(root), robustness: JSON.parse(JSON.stringify(robustness)) };
  return askAdmin(io, options.config, 'POST', `${path}/attacked`, body, how);
}
