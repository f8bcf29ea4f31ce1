import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import type { About, Format } from '../../feeds/format.ts';
import { idOf, type Notice } from '../../feeds/notice.ts';
import { nameOf } from '../log.ts';
import { connectTo } from './connect.ts';
import type { FeedOrder } from './order.ts';
import { absent, type Outcome, type Sender } from './sender.ts';

/**
 * Sends letters (SMTP, RFC 5321). The connection is made here, to an address that was checked; its TLS is nodemailer's, which
 * checks the certificate. Without TLS it sends to this machine only, or where the settings say so.
 */
export function mailSender(order: FeedOrder, format: Format, about: () => About): Sender {
  const { host = '', port = 0 } = order.server ?? {};
  const transport = createTransport({
    host,
    port,
    secure: order.secure === 'tls',
    requireTLS: order.secure === 'starttls',
    ignoreTLS: order.secure === 'none',
    ...(order.user !== undefined && { auth: { user: order.user, pass: order.secret ?? '' } }),
    // With an address instead of a name there is nothing to ask for (SNI), and the certificate must have the address.
    tls: { ...order.tls, minVersion: 'TLSv1.2', ...(isIP(host) === 0 && { servername: host }) },
    connectionTimeout: order.timeout,
    greetingTimeout: order.timeout,
    socketTimeout: order.timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket(_options, done) {
      connectTo(order, false).then(
        (connection) => done(null, { connection }),
        (error: Error) => done(error, false),
      );
    },
  });

  async function deliver(notices: readonly Notice[]): Promise<Outcome> {
    const now = about();
    const { subject = '', text, html = '' } = format.write(notices, now);
    const [first] = notices;
    const { rejected } = await transport.sendMail({
      from: order.from,
      to: [...order.to],
      subject,
      text,
      html,
      // The same for the same letter, however often it is sent.
      messageId: `<${first === undefined ? 'none' : idOf(first)}.${notices.length}.${order.name}@${now.host.replace(/[^\w.-]/g, '') || 'gatehouse'}>`,
      // Nobody's holiday note is wanted (RFC 3834).
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return {
      came: 'took',
      answer: rejected.length === 0 ? 'SMTP 250' : `SMTP 250, ${rejected.length} not taken`,
    };
  }

  return {
    send: (notices) => deliver(notices).catch(outcomeOf),
    close: async () => transport.close(),
  };
}

/** A 5xx to the letter itself is about the letter; one to sender, recipients or password is about the settings. */
function outcomeOf(error: unknown): Outcome {
  const { responseCode, command } = error as { responseCode?: unknown; command?: unknown };
  if (typeof responseCode !== 'number') return absent(nameOf(error));
  const answer = `SMTP ${responseCode}`;
  if (responseCode >= 500 && command === 'DATA') return { came: 'refused', answer };
  return absent(answer);
}
