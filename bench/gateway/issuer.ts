import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { IssuerFacts } from './gatehouse-files.ts';

/** Programs that ask, each with a token of its own: enough that one is not asked for again at once. */
export const PROGRAMS = 400;
const TEAMS = 20;
const ORGANISATIONS = 4;
const AUDIENCE = 'gatehouse-bench';

export interface Issuer extends IssuerFacts {
  /** Signed by its key, one for each program. */
  readonly tokens: readonly string[];
}

/** An identity provider of the bench's own: one key, served as a key set, and tokens that it has signed. */
export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = JSON.stringify({
    keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256', use: 'sig' }],
  });
  const server = createServer((_req, res) => {
    res.setHeader('content-type', 'application/json').end(keys);
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const issuer = `http://127.0.0.1:${port}`;
  const sign = (program: number) =>
    new SignJWT({
      team: `team-${program % TEAMS}`,
      organisation: `org-${program % ORGANISATIONS}`,
      purposes: 'support,analytics',
      groups: ['programs'],
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'bench' })
      .setIssuer(issuer)
      .setAudience(AUDIENCE)
      .setSubject(`program-${program}`)
      .setIssuedAt()
      .setExpirationTime('6h')
      .sign(privateKey);
  const tokens = await Promise.all(Array.from({ length: PROGRAMS }, (_, program) => sign(program)));
  return { issuer, jwks: `${issuer}/jwks`, audience: AUDIENCE, tokens };
}
