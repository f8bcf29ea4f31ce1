import { parseArgs } from 'node:util';
import type { Setting } from './matrix.ts';
import { type OwnName, TARGET_NAMES, type TargetName } from './targets.ts';

/** What a run consists of; each part starts its own processes. */
export const PARTS = ['matrix', 'hold', 'streams', 'soak'] as const;
export type Part = (typeof PARTS)[number];

export const HELP = `Measures the gateway beside its peers: direct, bare passthrough, Portkey, Gatehouse as it may be set up.

  npm run bench -- gateway [options]

  --quick            About two and a half minutes instead of about ten; rougher numbers
  --json             One JSON document on stdout instead of tables
  --only PART,…      ${PARTS.join(', ')} (all)
  --targets NAME,…   ${TARGET_NAMES.join(', ')} (all)
  --soak N           Requests of the soak (200,000; with --quick 10,000)
  --profile SETTING  Nothing but a CPU profile of Gatehouse at a setting: plain|stream, KB, connections: plain-1-16;
                     gatehouse-full/plain-1-16 for Gatehouse with everything on

Exit: 0 measured, 1 a wrong reply, 3 wrong usage, 4 could not run. A goal that is not reached is told and is no error.
Other work on the machine shows in the numbers: read the ratios.
`;

export interface Options {
  readonly quick: boolean;
  readonly json: boolean;
  readonly parts: readonly Part[];
  readonly targets: readonly TargetName[];
  readonly soak: number;
  readonly profile: ProfileOf | undefined;
}

/** What a profile is taken of: one process, so not of workers. */
export interface ProfileOf {
  readonly target: Exclude<OwnName, 'gatehouse-2w'>;
  readonly setting: Setting;
}

/** The options, or what is wrong with them. */
export function readOptions(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        only: { type: 'string', default: PARTS.join() },
        targets: { type: 'string', default: TARGET_NAMES.join() },
        soak: { type: 'string' },
        profile: { type: 'string' },
      },
    });
    const { quick, json } = values;
    const soak = Number((values.soak ?? (quick ? '10000' : '200000')).replaceAll(',', ''));
    if (!Number.isSafeInteger(soak) || soak < 1000)
      return '--soak wants a number of requests, 1000 at least.';
    return {
      quick,
      json,
      soak,
      profile: values.profile === undefined ? undefined : profileOf(values.profile),
      parts: pick('--only', PARTS, values.only),
      targets: pick('--targets', TARGET_NAMES, values.targets),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function pick<Name extends string>(option: string, known: readonly Name[], text: string): Name[] {
  const wanted = text.split(',');
  const unknown = wanted.find((name) => !known.some((each) => each === name));
  if (unknown !== undefined)
    throw new Error(`${option} knows no “${unknown}”; there are ${known.join(', ')}.`);
  return known.filter((name) => wanted.includes(name));
}

function profileOf(text: string): ProfileOf {
  const [, full, shape, kb, connections] =
    /^(?:gatehouse(-full)?\/)?(plain|stream)-(\d{1,3})-(\d{1,4})$/.exec(text) ?? [];
  if (shape === undefined)
    throw new Error(`--profile knows no setting “${text}”; such as plain-1-16 or stream-20-256.`);
  const setting = {
    stream: shape === 'stream',
    promptChars: Number(kb) * 1024,
    connections: Number(connections),
  };
  return { target: full === undefined ? 'gatehouse' : 'gatehouse-full', setting };
}
