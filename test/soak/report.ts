import { figure, table } from '../../bench/harness/table.ts';
import { dollarsOf } from '../../src/base/money.ts';
import type { Report } from './soak.ts';

/** The report for people. */
export function reportText(report: Report): string {
  const { options, machine, sums, findings } = report;
  const lines = [
    `${report.date}, ${Math.round(report.seconds)} s, ${options.workers} workers, ${options.clients} clients, seed ${options.seed}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, load ${machine.load} before`,
    '',
    `${report.requests} requests; ${sums.requests} charged, ${sums.tokens} tokens, $${dollarsOf(BigInt(sums.cost))}; ` +
      `${report.cosigned} entries cosigned, ${report.entries} in the mirror (started ${report.mirrorStarts} times), ${report.unsealed} unsealed`,
    '',
    table(
      ['outcome', 'requests'],
      Object.entries(report.outcomes).map(([name, count]) => [name, String(count)]),
    ),
    '',
    table(
      ['trouble', 'times'],
      Object.entries(report.trouble).map(([name, count]) => [name, String(count)]),
    ),
    '',
    table(
      ['process', 'minutes', 'RSS MB', 'a minute', 'heap MB', 'a minute', 'files', 'a minute'],
      report.vitals.map((vital) => [
        vital.name,
        ...[
          vital.minutes,
          vital.rss,
          vital.rssSlope,
          vital.heap,
          vital.heapSlope,
          vital.files,
          vital.filesSlope,
        ].map(figure),
      ]),
    ),
  ];
  if (report.minutes.length > 0) {
    const costs = report.minutes.map(({ cpuMs, requests }) => figure(cpuMs / Math.max(1, requests)));
    lines.push('', `processor time a request, by minute, ms: ${costs.join(' ')}`);
  }
  if (report.folder !== undefined) lines.push('', `files: ${report.folder}`);
  lines.push('', findings.length === 0 ? 'Nothing found.' : 'FOUND:');
  for (const { what, count, about } of findings)
    lines.push(`  ${what} (${count}×)`, ...about.map((one) => `    ${one}`));
  return lines.join('\n');
}
