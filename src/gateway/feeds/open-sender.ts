import type { About, Format } from '../../feeds/format.ts';
import { FORMATS } from '../../feeds/index.ts';
import { fileSender } from './file-sender.ts';
import { httpSender } from './http-sender.ts';
import { mailSender } from './mail-sender.ts';
import type { FeedOrder } from './order.ts';
import type { Sender } from './sender.ts';
import { syslogSender } from './syslog-sender.ts';

/** The sender of a feed, and how many notices it takes at once. */
export function openSender(
  order: FeedOrder,
  who: Pick<About, 'version' | 'host' | 'ledger'>,
): { readonly sender: Sender; readonly most: number } {
  const wanted = nameOfFormat(order);
  const format = formatOf(wanted);
  const about = (): About => ({
    ...who,
    now: Date.now(),
    ...(order.use === 'pagerduty' && { key: order.secret }),
    // On its way to a syslog server every form stands in a line of syslog.
    ...(order.use === 'syslog' && order.format !== 'rfc5424' && { inner: formatOf(order.format) }),
  });
  return { sender: open(order, format, about), most: Math.min(order.queue, format.most) };
}

function open(order: FeedOrder, format: Format, about: () => About): Sender {
  switch (order.use) {
    case 'syslog':
      return syslogSender(order, format, about);
    case 'email':
      return mailSender(order, format, about);
    case 'file':
      return fileSender(order, format, about);
    default:
      return httpSender(order, format, about);
  }
}

function nameOfFormat({ use, format }: FeedOrder): string {
  if (use === 'file' || use === 'http') return format;
  return use === 'syslog' ? 'rfc5424' : use;
}

function formatOf(name: string): Format {
  const format = FORMATS.find((one) => one.name === name);
  if (format === undefined) throw new TypeError(`there is no format ${name}`);
  return format;
}
