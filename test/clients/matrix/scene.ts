/** What every client asks. */

/** One pixel. */
export const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

export const SYSTEM = 'Be brief.';
export const SAYS = 'Good day to you';
export const ASKS = 'How is the weather in Rome?';
export const SHOWS = 'What is this?';
export const RESULT = '18 degrees';
export const MAX = 256;
export const TEMPERATURE = 0.5;

export const DESCRIPTION = 'The weather of a city';
export const SCHEMA = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false,
};
