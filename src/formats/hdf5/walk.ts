import { shown } from '../../findings/finding.ts';
import { beginsLikeFile } from '../hidden.ts';
import { Slice } from '../source.ts';
import { type Datatype, readDataspace, readDatatype } from './elements.ts';
import type { H5 } from './file.ts';
import { type Message, readHeader, SHARED } from './header.ts';
import { Unreadable } from './heaps.ts';
import { dense, type Link, oldLinks, readLink } from './links.ts';
import { HDF5_RULES as RULES } from './rules.ts';
import { readExternal, readFilters, readLayout, type Stored } from './storage.ts';
import { Values } from './values.ts';

const TYPE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  external: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  comment: 0x0d,
  symbols: 0x11,
  attributeInfo: 0x15,
} as const;
const LONGEST_PATH = 1000;
const LONGEST_TEXT = 1 << 16;
const COMMITTED = 2;

interface Stretch {
  readonly start: number;
  readonly end: number;
}

interface Queued {
  readonly at: number;
  readonly path: string;
}

/** Walks over groups, datasets and attributes, from the root. Links that lead out of the file are told and not followed. */
export class Hdf5Walk {
  groups = 0;
  datasets = 0;
  readonly #h5: H5;
  readonly values: Values;
  readonly #seen = new Set<number>();
  readonly #queue: Queued[] = [];

  constructor(h5: H5) {
    this.#h5 = h5;
    this.values = new Values(h5);
  }

  async run(root: number): Promise<void> {
    this.#queue.push({ at: root, path: '' });
    this.#seen.add(root);
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
      const rest = this.#h5.step();
      if (rest) await rest;
      await this.#object(next);
    }
  }

  async #object({ at, path }: Queued): Promise<void> {
    const h5 = this.#h5;
    const messages = await readHeader(h5, at);
    const layout = messages.find(({ type }) => type === TYPE.layout);
    if (layout === undefined) this.groups++;
    else await this.#dataset(messages, layout, path);
    for (const message of messages) {
      const { type, flags, start, end } = message;
      const cursor = () => h5.cursor('message', start, end - start);
      if (type === TYPE.attribute && (flags & SHARED) !== 0)
        this.#unread(path, 'a shared attribute', message);
      else if (type === TYPE.attribute) await this.#attribute(path, message);
      else if (type === TYPE.attributeInfo)
        for (const one of await this.#dense(path, message, 2, 0)) await this.#attribute(path, one);
      else if (type === TYPE.linkInfo)
        for (const one of await this.#dense(path, message, 8, 4))
          this.#link(path, readLink(h5, h5.cursor('link', one.start, one.end - one.start)), one);
      else if (type === TYPE.link) this.#link(path, readLink(h5, cursor()), message);
      else if (type === TYPE.symbols)
        for (const link of await oldLinks(h5, message)) this.#link(path, link, message);
      else if (type === TYPE.comment)
        h5.part.readText(cursor().text(Math.min(end - start, LONGEST_TEXT), LONGEST_TEXT), 'metadata', start);
    }
  }

  /** Attributes or links of an object that has very many, in a heap of their own. */
  async #dense(path: string, message: Message, skipped: number, idAt: number): Promise<readonly Stretch[]> {
    const h5 = this.#h5;
    const { start, end } = message;
    const cursor = h5.cursor('message', start, end - start);
    cursor.skip(1);
    const flags = cursor.u8();
    cursor.skip((flags & 1) !== 0 ? skipped : 0);
    const heap = h5.address(cursor);
    const tree = h5.address(cursor);
    try {
      return await dense(h5, heap, tree, idAt);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#unread(path, error.message, message);
      return [];
    }
  }

  #unread(path: string, what: string, { start, end }: Stretch): void {
    this.#h5.part.report({
      rule: RULES.unread.id,
      message: `of ${shown(path === '' ? '/' : path, 80)}: ${what}`,
      range: { start, end },
    });
  }

  #link(path: string, link: Link, { start, end }: Stretch): void {
    const name = `${path}/${link.name}`.slice(0, LONGEST_PATH);
    const range = { start, end };
    if (link.is === 'hard') {
      if (this.#seen.has(link.at)) return;
      this.#seen.add(link.at);
      this.#queue.push({ at: link.at, path: name });
    } else if (link.is === 'external')
      this.#h5.part.report({
        rule: RULES.external.id,
        message: `${shown(name, 80)} leads to ${shown(link.target, 80)} in the file ${shown(link.file, 100)}`,
        range,
        evidence: { file: shown(link.file, 200), target: shown(link.target, 200) },
      });
    else if (link.is === 'user')
      this.#h5.part.report({
        rule: RULES.link.id,
        message: `${shown(name, 80)} is a link of class ${link.type}`,
        range,
      });
  }

  async #attribute(path: string, { start, end }: Stretch): Promise<void> {
    const h5 = this.#h5;
    const cursor = h5.cursor('attribute', start, end - start);
    const version = cursor.u8();
    const flags = cursor.u8();
    const [nameSize, typeSize, spaceSize] = [cursor.u16(), cursor.u16(), cursor.u16()];
    if (version === 3) cursor.skip(1);
    // In version 1 each part is padded to eight bytes.
    const padded = (size: number) => (version === 1 ? Math.ceil(size / 8) * 8 : size);
    const name = cursor.text(nameSize, LONGEST_TEXT).split('\0', 1)[0] ?? '';
    cursor.skip(padded(nameSize) - nameSize);
    const typeAt = cursor.at;
    cursor.skip(padded(typeSize));
    const spaceAt = cursor.at;
    cursor.skip(padded(spaceSize));
    const shared = version === 1 ? 0 : flags;
    const type = await this.#type({ start: typeAt, end: typeAt + typeSize }, (shared & 1) !== 0);
    if (type === undefined || (shared & 2) !== 0)
      return this.#unread(path, `the attribute ${shown(name, 60)} has a shared type`, { start, end });
    const count = readDataspace(h5, h5.cursor('shape', spaceAt, spaceSize));
    const size = Math.min(count * type.size, end - cursor.at);
    await this.values.look(`${path}@${name}`, type, { start: cursor.at, end: cursor.at + size });
  }

  /** Undefined where it is kept in a table of shared messages. */
  async #type({ start, end }: Stretch, isShared: boolean): Promise<Datatype | undefined> {
    const h5 = this.#h5;
    const cursor = h5.cursor('datatype', start, end - start);
    if (!isShared) return readDatatype(cursor);
    const version = cursor.u8();
    const kind = cursor.u8();
    if (version === 3 && kind !== COMMITTED) return undefined;
    if (version === 1) cursor.skip(6);
    const at = h5.address(cursor);
    const messages = at === undefined ? [] : await readHeader(h5, at);
    const found = messages.find(({ type, flags }) => type === TYPE.datatype && (flags & SHARED) === 0);
    return found && readDatatype(h5.cursor('datatype', found.start, found.end - found.start));
  }

  async #dataset(messages: readonly Message[], layout: Message, path: string): Promise<void> {
    const h5 = this.#h5;
    this.datasets++;
    const one = (type: number) => messages.find((message) => message.type === type);
    const [space, typeAt, filters] = [one(TYPE.dataspace), one(TYPE.datatype), one(TYPE.filters)];
    const type = typeAt && (await this.#type(typeAt, (typeAt.flags & SHARED) !== 0));
    const count =
      space === undefined || (space.flags & SHARED) !== 0
        ? 0
        : readDataspace(h5, h5.cursor('shape', space.start, space.end - space.start));
    for (const message of messages) if (message.type === TYPE.external) readExternal(h5, message, path);
    const packed = filters === undefined ? [] : readFilters(h5, filters, path);
    const size = count * (type?.size ?? 0);
    const stored: readonly Stored[] = one(TYPE.external) ? [] : await readLayout(h5, layout, size, path);
    if (type === undefined) return;
    if (packed.length > 0) return this.values.lookPacked(path, type, packed, stored);
    for (const at of stored) await this.values.look(path, type, at);
  }

  /** What no structure reaches: free space, chunks of before, and what somebody hides there. Nothing of HDF5 reads it. */
  async unreached(start: number, end: number): Promise<void> {
    const { part } = this.#h5;
    part.coverage.claim('data', start, end);
    if (beginsLikeFile(part.source, start))
      await part.inside('(unused space)', new Slice(part.source, start, end), 'raw');
  }
}
