import type { Json, JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import type { Opaque, Provenance, Slot, TextFormat } from '../exchange/part.ts';
import { parseLossless } from '../wire/json.ts';

/** An object or an array, as the place where a value stands. */
export type Holder = { [key: string | number]: Json };

/** A text as a shape finds it. */
export interface Find {
  readonly path: string;
  readonly provenance: Provenance;
  readonly format: TextFormat;
  readonly text: string;
  readonly fixed?: boolean;
  readonly delta?: boolean;
  /** Read by the model as one with the other parts of the group that is open. */
  readonly part?: boolean | 'thought';
  /** Writes the text back to where it stands. */
  readonly put: (text: string) => void;
}

class FoundSlot implements Slot {
  readonly path: string;
  readonly provenance: Provenance;
  readonly format: TextFormat;
  readonly fixed: boolean;
  readonly delta: boolean;
  readonly joined: string | undefined;
  readonly #put: (text: string) => void;
  readonly #changed: (() => void) | undefined;
  text: string;

  constructor(find: Find, joined: string | undefined, changed: (() => void) | undefined) {
    this.path = find.path;
    this.provenance = find.provenance;
    this.format = find.format;
    this.fixed = find.fixed ?? false;
    this.delta = find.delta ?? false;
    this.joined = joined;
    this.text = find.text;
    this.#put = find.put;
    this.#changed = changed;
  }

  set(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.#put(text);
    this.#changed?.();
  }
}

/** Most names of streamed fields that the shape does not know, per stream. */
const MAX_CHANNELS = 64;

/** Most elements that the lists of one request have together: messages, parts, tools, texts to embed. */
const MAX_ELEMENTS = 20_000;

interface Group {
  readonly id: string;
  readonly slots: Slot[];
  readonly thoughts: Slot[];
}
const groupOf = (id: string): Group => ({ id, slots: [], thoughts: [] });

/** What shapes have found in one body, and their way to refuse it. */
export class Reading {
  readonly slots: Slot[] = [];
  readonly opaque: Opaque[] = [];
  /** Names of tools that the request declares, and of those that the answer calls. */
  readonly tools: { readonly declared: string[]; readonly called: string[] } = { declared: [], called: [] };
  readonly #fromClient: boolean;
  readonly #channels: Map<string, number>;
  #elements = 0;
  #group: Group | undefined;
  /** Of messages that follow each other in one role: the parts of each belong to it. */
  #run: Group | undefined;
  #changed: (() => void) | undefined;

  /** `channels` is kept by a stream over all of its events: the numbers given to fields without a name here. */
  constructor(from: 'client' | 'upstream', channels: Map<string, number> = new Map()) {
    this.#fromClient = from === 'client';
    this.#channels = channels;
  }

  /** The value does not fit the API. `hint` is a sentence without any text of the body. */
  refuse(path: string, hint: string): never {
    throw new Refusal(this.#fromClient ? 'request_invalid' : 'upstream_invalid', { field: path, hint });
  }

  /** The value may fit the API, but what it asks for is not passed on. */
  unsupported(path: string, hint: string): never {
    throw new Refusal(this.#fromClient ? 'unsupported' : 'upstream_invalid', { field: path, hint });
  }

  /** Counts the elements of a list. What a request may make of the gateway is bounded before it is put to work. */
  elements(count: number, path: string): void {
    this.#elements += count;
    if (this.#fromClient && this.#elements > MAX_ELEMENTS)
      this.refuse(path, `The lists of a request may have at most ${MAX_ELEMENTS} elements together.`);
  }

  /** An empty text says nothing to anyone and is no slot. */
  found(find: Find): void {
    if (find.text === '') return;
    const group = find.part ? (this.#group ?? this.#run) : undefined;
    const thinks = find.part === 'thought';
    const joined = group && (thinks ? `${group.id}/thought` : group.id);
    const slots = (thinks ? group?.thoughts : group?.slots) ?? this.slots;
    slots.push(new FoundSlot(find, joined, this.#changed));
  }

  /** Parts found by `read` follow each other in the list, whatever else is found between them. */
  together(id: string, read: () => void): void {
    const outer = this.#group;
    const run = this.#run;
    const group = run ?? groupOf(id);
    this.#group = group;
    this.#run = undefined;
    read();
    this.#group = outer;
    this.#run = run;
    if (run === undefined) this.#close(group);
  }

  /** Messages found by `read` are one to a server that joins those of one role: so are their parts. */
  run(id: string, read: () => void): void {
    const run = groupOf(id);
    this.#run = run;
    read();
    this.#run = undefined;
    this.#close(run);
  }

  #close({ slots, thoughts }: Group): void {
    for (const slot of slots) this.slots.push(slot);
    for (const slot of thoughts) this.slots.push(slot);
  }

  /** A mask in any text found by `read` also calls `changed`. */
  watching(changed: () => void, read: () => void): void {
    const outer = this.#changed;
    this.#changed = changed;
    read();
    this.#changed = outer;
  }

  /** A short name for a text channel that only the upstream has a name for: names of its own never leave the body. */
  channel(name: string, path: string): string {
    let number = this.#channels.get(name);
    if (number === undefined) {
      number = this.#channels.size;
      if (number === MAX_CHANNELS) this.refuse(path, 'Too many fields that are not known here.');
      this.#channels.set(name, number);
    }
    return `${path}/${number}`;
  }
}

/** Sets an own property whatever its name is; plain assignment to `__proto__` would not. */
export function define(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** Text of a tree, written back by a mask. Masks change the insides of strings only, so that it stays JSON. */
export const readTree = (text: string): Json => parseLossless(text);
