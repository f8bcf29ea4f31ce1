import { shown } from '../../findings/finding.ts';
import type { Part } from '../format.ts';
import { folded, nameReports } from '../member-names.ts';
import { Slice } from '../source.ts';
import { readContent } from './contents.ts';
import { findEnds, readViews } from './directory.ts';
import { readGap } from './gaps.ts';
import { Layout } from './layout.ts';
import { locate, type Member } from './member.ts';
import { type End, type Entry, textOf } from './records.ts';
import { ZIP_RULES } from './rules.ts';
import { TorchArchive } from './torch.ts';

/** Reads an archive as every kind of program would: by each directory that it may have, and from the front. */
export async function readZip(part: Part): Promise<void> {
  const { source } = part;
  const [first, ...others] = findEnds(source);
  const layout = new Layout(source.size);
  const members: Member[] = [];
  if (first === undefined)
    part.report({ rule: ZIP_RULES.directory.id, message: 'it has no directory at its end' });
  else members.push(...(await readEnded(part, first, layout)));
  for (const end of others) {
    // That of an archive within this one is a member's own business.
    if (layout.has(end.at)) continue;
    part.report({
      rule: ZIP_RULES.directory.id,
      message: `there is another end record at byte ${end.at}`,
      range: { start: end.at, end: end.end },
    });
    members.push(...(await readEnded(part, end, layout)));
  }
  const hidden: Member[] = [];
  for (const gap of layout.gaps()) hidden.push(...(await readGap(part, gap)));
  reportOverlaps(part, layout);
  const torch = new TorchArchive(members.map(({ name }) => name));
  // Bytes that are several members are read once: they are the same under every name.
  const seen = new Set<string>();
  for (const member of [...members, ...hidden]) {
    const { from, to, header, mode, name } = member;
    const kind = torch.kindOf(name);
    const bytes = `${from} ${to} ${header.method} ${mode} ${typeof kind === 'object' ? name : kind}`;
    if (!seen.has(bytes)) await readContent(part, member, torch);
    else for (const report of nameReports(name)) part.report(report);
    if (to > from) seen.add(bytes);
  }
  if (first !== undefined) await readComment(part, first);
}

async function readEnded(part: Part, end: End, layout: Layout): Promise<readonly Member[]> {
  layout.take(end.start, end.end);
  // Several directories name the same members, mostly.
  const members = new Map<string, Member>();
  for (const { start, end: stop, base, entries } of await readViews(part, end)) {
    layout.take(start, stop);
    reportDuplicates(part, entries);
    for (const [i, entry] of entries.entries()) {
      if (i % 500 === 499) {
        const rest = part.pause();
        if (rest) await rest;
      }
      const [member, otherwise] = locate(part, entry, base);
      for (const one of [member, otherwise]) {
        if (one === undefined) continue;
        const key = `${one.at} ${one.to} ${one.header.method} ${one.header.size} ${one.name}`;
        if (one === member && !members.has(key)) layout.take(one.at, one.end);
        members.set(key, one);
      }
    }
  }
  return [...members.values()];
}

function reportOverlaps(part: Part, layout: Layout): void {
  const [first, ...more] = layout.overlaps();
  if (first === undefined) return;
  part.report({
    rule: ZIP_RULES.overlap.id,
    message: `bytes ${first.start} to ${first.end} belong to more than one member${more.length > 0 ? `, and so in ${more.length} more places` : ''}`,
    range: first,
  });
}

/** Python's pickles are looked up without regard to case by PyTorch; numpy's arrays may well be `W` and `w`. */
const LOOKED_UP = /\.(?:pkl|pickle)$/;

function reportDuplicates(part: Part, entries: readonly Entry[]): void {
  const exact = new Set<string>();
  const loose = new Set<string>();
  for (const { name, offset } of entries) {
    const like = folded(textOf(name));
    const range = { start: offset, end: offset };
    if (exact.has(name))
      part.report({
        rule: ZIP_RULES.duplicate.id,
        message: `there are two members called ${shown(textOf(name))}`,
        range,
      });
    else if (loose.has(like))
      part.report({
        rule: ZIP_RULES.duplicate.id,
        severity: LOOKED_UP.test(like) ? 'high' : 'low',
        message: `there are two members called ${shown(textOf(name))} but for upper and lower case`,
        range,
      });
    exact.add(name);
    loose.add(like);
  }
}

/** A comment is told, and read as a file of its own: texts can be pickles. */
async function readComment(part: Part, { at, end }: End): Promise<void> {
  const comment = new Slice(part.source, at + 22, end);
  if (comment.size === 0) return;
  part.coverage.claim('parsed', at + 22, end);
  part.note({ comment: shown(part.source.read(at + 22, comment.size), 1000) });
  await part.inside('(comment)', comment);
}
