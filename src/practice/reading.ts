import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';

/** Readers of request fields that both dialects share. Each throws `request_invalid` and names the field. */

export const invalid = (field: string, hint: string): Refusal =>
  new Refusal('request_invalid', { field: `/${field}`, hint });

export function requireText(body: JsonObject, field: string): string {
  const value = body[field];
  if (typeof value !== 'string' || value === '') throw invalid(field, `${field} must be a text.`);
  return value;
}

export function requireObjects(body: JsonObject, field: string): JsonObject[] {
  const value = body[field];
  if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) {
    throw invalid(field, `${field} must be a list of objects that is not empty.`);
  }
  return value.filter(isObject);
}

export const objects = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

/** A whole number from 1 to `most`; undefined where the field is absent or null. */
export function wholeNumber(body: JsonObject, field: string, most: number): number | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most) {
    throw invalid(field, `${field} must be a whole number from 1 to ${most}.`);
  }
  return value;
}

export const texts = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).filter((text) => typeof text === 'string');

/** All the text in a message's content: a text, or blocks that hold text, more blocks, or a document's source. */
export function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(textOf).join('\n');
  if (!isObject(content)) return '';
  if (typeof content.text === 'string') return content.text;
  if (isObject(content.source) && content.source.type === 'text') return textOf(content.source.data);
  return textOf(content.content ?? content.source ?? null);
}

/** Hexadecimal digits that stand for a request: ids made of them are the same for the same request. */
export const digest = (body: JsonObject, chars: number): string =>
  createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, chars);
