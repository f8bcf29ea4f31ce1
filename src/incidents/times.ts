import { type Incident, isOn } from './incident.ts';

/** Milliseconds from the first thing that belongs to an incident; undefined where that has not come. */
export interface Times {
  /** Until it was opened. */
  readonly detect: number | undefined;
  /** Until the first measure was in force, or a person said that it is contained. */
  readonly contain: number | undefined;
  readonly recover: number | undefined;
}

export function timesOf({ first, opened, reached, measures }: Incident): Times {
  const start = Math.min(first ?? opened, opened);
  const since = (time: number | undefined) => (time === undefined ? undefined : Math.max(0, time - start));
  const taken = measures
    .filter((one) => isOn(one) || one.state === 'undoing' || one.state === 'undone')
    .map(({ time }) => time);
  const contained = [...taken, ...(reached.contained === undefined ? [] : [reached.contained])];
  return {
    detect: first === undefined ? undefined : since(opened),
    contain: since(contained.length === 0 ? undefined : Math.min(...contained)),
    recover: since(reached.recovered),
  };
}
