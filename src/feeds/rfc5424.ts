import { clean, factsOf } from './clean.ts';
import { type About, type Format, written } from './format.ts';
import { headline, type Notice } from './notice.ts';

/** `log audit` (RFC 5424, table 1). */
const FACILITY = 13;
const SEVERITIES = { informational: 6, low: 5, medium: 4, high: 3, critical: 2 } as const;

/** The number that RFC 5612 keeps for whoever has none of their own. */
const ELEMENT = 'gatehouse@32473';

/** A line of syslog (RFC 5424), with all facts as structured data. What frames it on its way is not here. */
export const rfc5424: Format = {
  name: 'rfc5424',
  contentType: 'text/plain; charset=utf-8',
  most: 1000,
  lines: true,
  write: (notices, about) => written(notices.map((notice) => lineOf(notice, about))),
};

function lineOf(notice: Notice, about: About): string {
  const { seq, leaf, time, kind, level, facts } = notice;
  const head = [
    `<${FACILITY * 8 + SEVERITIES[level]}>1`,
    // To the microsecond at most, with Z or an offset (section 6.2.3).
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(time) ? time : '-',
    name(about.host, 255),
    'gatehouse',
    '-',
    name(kind, 32),
  ].join(' ');
  const parameters = [['seq', String(seq)], ['leaf', leaf], ['level', level], ...factsOf(facts)].map(
    ([key, value]) => `${key}="${escaped(String(value))}"`,
  );
  const message = about.inner?.write([notice], about).text ?? clean(headline(notice));
  // Text that is more than ASCII says so with a byte order mark (section 6.4).
  return `${head} [${ELEMENT} ${parameters.join(' ')}] ${/^[\x20-\x7e]*$/.test(message) ? '' : '\ufeff'}${message}`;
}

/** Printable ASCII without spaces, or `-` for nothing (section 6). */
const name = (text: string, most: number): string => text.replace(/[^\x21-\x7e]/g, '').slice(0, most) || '-';

/** A quote, a backslash and a closing bracket are escaped (section 6.3.3). */
const escaped = (text: string): string => clean(text).replace(/["\\\]]/g, '\\$&');
