import { constants, type X509Certificate } from 'node:crypto';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Refusal } from '../base/refusal.ts';
import type { TlsSettings } from '../settings/settings.ts';

/**
 * Groups for the key exchange, best first. The hybrid with ML-KEM-768 keeps what is recorded today closed to a quantum
 * computer of tomorrow (draft-ietf-tls-ecdhe-mlkem); behind `/` stand those for who does not know it. A client that
 * knows it is asked to use it even if it began with another (SSL_CTX_set1_groups_list(3) of OpenSSL 3.5).
 */
const GROUPS = 'X25519MLKEM768/X25519:prime256v1:secp384r1';

/**
 * What a TLS listener works with; taken anew at a reload. With client certificates no session is resumed: it would
 * bring back the verdict on a certificate from before a revocation.
 */
export const tlsOptions = ({ cert, key, client_ca, crl, client_certificates }: TlsSettings) =>
  ({
    cert,
    key: key.reveal(),
    minVersion: 'TLSv1.2',
    ecdhCurve: GROUPS,
    ...(client_certificates !== 'off' && {
      ca: client_ca,
      ...(crl !== undefined && { crl }),
      secureOptions: constants.SSL_OP_NO_TICKET,
    }),
  }) as const;

/** Whether certificates are asked for, which is settled when the listener is made. */
export const askOptions = ({ client_certificates }: TlsSettings) => ({
  requestCert: client_certificates !== 'off',
  rejectUnauthorized: client_certificates === 'required',
});

/**
 * The client certificates of open connections. Each was checked against the CAs and revocation lists of its handshake;
 * where those have changed since, the connection has to be made anew before it may ask for anything more.
 */
export class ClientCertificates {
  /** By the address of the other end, until the handshake is over: which trust it began under. */
  readonly #begun = new Map<string, number>();
  readonly #connections = new WeakMap<
    Socket,
    { readonly trust: number; readonly certificate: X509Certificate | undefined }
  >();
  #trust = 0;
  #on = false;

  /** Watches a listener that asks for certificates. */
  watch(server: Server): void {
    this.#on = true;
    server.on('connection', (socket) => {
      const end = endOf(socket);
      this.#begun.set(end, this.#trust);
      socket.once('close', () => this.#begun.delete(end));
    });
    server.on('secureConnection', (socket) => {
      const trust = this.#begun.get(endOf(socket)) ?? -1;
      this.#connections.set(socket, { trust, certificate: socket.getPeerX509Certificate() });
    });
  }

  /** From now on other CAs or revocation lists count. */
  renew(): void {
    this.#trust += 1;
  }

  /** An answer is over: a connection from before a {@link renew} ends with it, so that its client makes a new one. */
  release(socket: Socket): void {
    const known = this.#connections.get(socket);
    if (known !== undefined && known.trust !== this.#trust) socket.end();
  }

  /**
   * The certificate of a connection; undefined where it has none. Throws `credential_invalid` where it is not good, or
   * was checked against what does not count any more.
   */
  of(socket: Socket): X509Certificate | undefined {
    if (!this.#on || !(socket instanceof TLSSocket)) return undefined;
    const known = this.#connections.get(socket);
    if (known !== undefined && known.trust === this.#trust && known.certificate === undefined)
      return undefined;
    // Without `required`, the handshake goes on with a bad certificate and leaves the verdict to us.
    if (known?.trust === this.#trust && socket.authorized) return known.certificate;
    throw new Refusal('credential_invalid', { headers: { connection: 'close' } });
  }
}

const endOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
