import { setTimeout } from 'node:timers/promises';
import type { JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { askControl, type ControlOptions } from '../gateway/control-client.ts';
import { FolderInUse } from '../ledger/lock.ts';
import { dataPaths } from '../lifecycle/data-folder.ts';
import type { CliIo } from './io.ts';
import { loadSettings, settingsPath } from './load.ts';

export interface AskOptions extends ControlOptions {
  /** Of Gatehouse, for whatever depends on it. */
  readonly version?: string;
}

/**
 * One administrative act: by the running gateway, over the control socket in its data folder; where none is running,
 * by the same code in this process, on the same ledger. Throws a Problem where it is refused. */
export async function askAdmin(
  io: CliIo,
  config: string | undefined,
  method: 'GET' | 'POST',
  path: string,
  body?: JsonObject,
  how: AskOptions = {},
): Promise<JsonObject> {
  const settings = await loadSettings(io, settingsPath(io, config));
  const { socket } = dataPaths(settings.data);
  const ask = () => askControl(socket, method, path, body, how);
  const answer = await unlessInUse(async () => {
    const answered = await ask();
    if (answered !== undefined) return answered;
    // The gateway is much to load for whoever only asks one.
    const { whileClosed } = await import('./while-closed.ts');
    return whileClosed(io, settings, how.version ?? '', ask);
  });
  if (answer === undefined) throw new Problem('environment', 'the control socket does not answer');
  if (answer.status < 400) return answer.body;
  const { title, field } = answer.body;
  throw new Problem(
    answer.status < 500 ? 'findings' : 'environment',
    typeof title === 'string' ? title : 'refused',
    typeof field === 'string' ? `It is about ${field.replace(/^\//, '')}.` : undefined,
  );
}

/** Another command of this kind may have the data folder for a moment: what went before may have taken hours. */
async function unlessInUse<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 20; ; tries -= 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof FolderInUse) || tries === 0) throw error;
      await setTimeout(150);
    }
  }
}
