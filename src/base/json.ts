/** Any JSON value. `JSON.rawJSON` objects (numbers kept as written) are let through as `object`. */
export type Json = string | number | boolean | null | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** `JSON.isRawJSON` (ECMAScript 2026), which TypeScript's library does not declare yet. */
const { isRawJSON } = JSON as unknown as { isRawJSON(value: unknown): boolean };

/** A number that a double would change, kept as it was written. `JSON.stringify` writes it back unchanged. */
export const isRawNumber = (value: unknown): boolean => isRawJSON(value);

/** An object with members: neither an array, nor a number that is kept as it was written. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);
