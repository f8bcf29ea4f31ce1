import type { Random } from '../random.ts';

const VERBS =
  'get list search find create update delete send fetch read write add remove count convert parse format check validate book cancel schedule upload download translate summarize render query export import archive rename move copy merge split rotate resize compress sign verify notify subscribe publish approve reject assign close open start stop restart deploy scale measure plot'.split(
    ' ',
  );
const NOUNS =
  'invoice order ticket customer contact file folder image page event calendar message channel email thread issue branch commit user account balance payment refund product price stock city weather route flight hotel booking table row record report chart metric log alert device lamp door thermostat recipe song playlist movie book article note task project sprint build job queue image video document contract policy claim patient appointment prescription sensor map place currency rate timezone date holiday translation word definition address package shipment label comment review survey poll vote role permission secret key certificate domain cache index schema migration cluster node pod volume backup'.split(
    ' ',
  );
const TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object'];
const NAMES =
  'id name query limit offset page cursor from to date start end status type format currency amount unit language timezone path url title body text subject recipient channel priority tags filter sort order fields include dry_run force timeout retries user_id account_id city country latitude longitude radius color size width height quality encoding locale region zone namespace replicas image version branch author reason note comment'.split(
    ' ',
  );
const ABOUT = [
  (noun: string) => `The ${noun} to use.`,
  (noun: string) => `Id of the ${noun}.`,
  (noun: string) => `Only ${noun}s of this kind.`,
  (noun: string) => `Name of the ${noun}, as shown to users`,
  () => 'ISO 8601 date',
  () => 'Maximum number of results (default 20, at most 100).',
  () => 'Optional.',
  (noun: string) => `If true, nothing is changed and the ${noun} that would result is returned.`,
  () => 'Cursor of the next page, from a previous call.',
  (noun: string) => `Whether archived ${noun}s are included`,
];
const PURPOSES = [
  (verb: string, noun: string) => `${verb}s a ${noun}.`,
  (verb: string, noun: string) => `${verb} ${noun}s of the current workspace, newest first.`,
  (verb: string, noun: string) => `Use this to ${verb} a ${noun} when the user asks for it.`,
  (verb: string, noun: string) => `${verb} the ${noun} with the given id. Returns 404 if there is none.`,
  (verb: string, noun: string) =>
    `Call this tool to ${verb} one or more ${noun}s. Requires the scope ${noun}s:write.`,
  (verb: string, noun: string) => `${verb}s ${noun}s. Do not call it more than once for the same ${noun}.`,
  (verb: string, noun: string) =>
    `${verb} ${noun}. Always confirm with the user before a ${noun} is changed.`,
  (verb: string, noun: string) => `Helper that ${verb}s ${noun}s and returns JSON`,
];

/** A declaration of a tool as the APIs of model servers and MCP write it, around a description. */
export function toolDefinition(random: Random, description?: string): string {
  const [verb, noun] = [random.pick(VERBS), random.pick(NOUNS)];
  const name = random.pick([
    `${verb}_${noun}`,
    `${verb}${noun[0]?.toUpperCase()}${noun.slice(1)}`,
    `${noun}.${verb}`,
    `${noun}-${verb}`,
  ]);
  const properties: Record<string, unknown> = {};
  for (let i = random.below(6); i >= 0; i--) {
    const type = random.pick(TYPES);
    properties[random.pick(NAMES)] = {
      type,
      ...(random.chance(0.7) && { description: random.pick(ABOUT)(random.pick(NOUNS)) }),
      ...(random.chance(0.15) && { enum: [random.pick(NOUNS), random.pick(NOUNS), random.pick(NOUNS)] }),
      ...(type === 'array' && { items: { type: random.pick(TYPES) } }),
      ...(type === 'integer' && random.chance(0.4) && { minimum: 1, maximum: 100, default: 20 }),
    };
  }
  const parameters = {
    type: 'object',
    properties,
    ...(random.chance(0.6) && { required: Object.keys(properties).slice(0, 1 + random.below(2)) }),
    ...(random.chance(0.3) && { additionalProperties: false }),
  };
  const said = description ?? random.pick(PURPOSES)(verb, noun);
  const kind = random.below(5);
  const value =
    kind === 0
      ? { type: 'function', function: { name, description: said, parameters } }
      : kind === 1
        ? { name, description: said, input_schema: parameters }
        : kind === 2
          ? {
              name,
              description: said,
              inputSchema: parameters,
              annotations: { readOnlyHint: random.chance(0.5) },
            }
          : kind === 3
            ? { name, description: said, parameters }
            : { description: said, parameters, name };
  return JSON.stringify(value, null, random.chance(0.35) ? 2 : 0);
}
