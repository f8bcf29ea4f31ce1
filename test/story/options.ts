import { parseArgs } from 'node:util';
import type { StoryOptions } from './story.ts';

export interface Options extends StoryOptions {
  readonly json: boolean;
  readonly colour: boolean;
}

export const HELP = `npm run story -- [options]

An attacker asks the chat of a shop for what it must not say: by streaming, encodings and the results of tools, first without
a gateway, then through one. They are noticed, contained and reviewed; the incident is closed and told of; and the ledger is
verified before and after somebody edits it by hand. A real gateway, real clients, real commands; the model is a simulation.

  --fast        run the commands in this process, not each in one of its own
  --keep        start the gateway again at the end, with an invitation to its console, and leave its folder
  --json        the report as JSON, without the telling
  --no-color    no colours (nor with NO_COLOR, or where the output is no terminal)

Ctrl-C stops it and cleans up.
Exit codes: 0 the story held, 1 something got through or was not found (it says what), 3 wrong usage, 4 it could not be played.
`;

/** Wrong usage of the command. */
export class WrongUsage extends Error {}

export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv, terminal: boolean): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        fast: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'no-color': { type: 'boolean', default: false },
      },
    });
    const { fast, keep, json } = values;
    return { fast, keep, json, colour: terminal && !values['no-color'] && (env.NO_COLOR ?? '') === '' };
  } catch (error) {
    throw new WrongUsage((error as Error).message);
  }
}
