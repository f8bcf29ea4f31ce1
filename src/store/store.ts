import type { KeyObject } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { Background } from './background.ts';
import { Callers } from './callers.ts';
import { Counters } from './counters.ts';
import { openDatabase } from './database.ts';
import type { QuotaDesk } from './desk.ts';
import { Factors } from './factors.ts';
import { History } from './history.ts';
import { Identities } from './identities.ts';
import { Incidents } from './incidents.ts';
import { Invitations } from './invitations.ts';
import { Links } from './links.ts';
import { ModelRegistry } from './models.ts';
import { People } from './people.ts';
import { PolicyVersions } from './policy-versions.ts';
import { Proposals } from './proposals.ts';
import { SealedPseudonyms } from './pseudonyms.ts';
import { Quotas } from './quotas.ts';
import { Reviews } from './reviews.ts';
import { Sessions } from './sessions.ts';

/** What the gateway keeps beside its ledger: callers with their keys, people with their sessions, and what they have used. */
export interface Store {
  readonly callers: Callers;
  readonly identities: Identities;
  readonly invitations: Invitations;
  readonly quotas: QuotaDesk;
  readonly history: History;
  readonly background: Background;
  readonly pseudonyms: SealedPseudonyms;
  readonly models: ModelRegistry;
  readonly incidents: Incidents;
  readonly people: People;
  readonly factors: Factors;
  readonly links: Links;
  readonly sessions: Sessions;
  readonly proposals: Proposals;
  readonly policies: PolicyVersions;
  readonly reviews: Reviews;
  /** Key of the hashes of API keys. */
  readonly pepper: KeyObject;
  /** Writes what waits and lets go of the file. */
  close(): void;
}

export interface StoreOptions {
  /** Key of the hashes of API keys; kept apart from the database. */
  readonly pepper: KeyObject;
  readonly clock: Clock;
  /** In a worker: the desk of the process that counts. Without it this process is that one. */
  readonly quotas?: QuotaDesk;
}

/** Opens the store. Callers and keys are read from the file by every process of a gateway; one of them counts. */
export function openStore(file: string, options: StoreOptions): Store {
  const database = openDatabase(file);
  const counters = new Counters(database, options.clock);
  const background = new Background(database, options.pepper, options.clock);
  return {
    callers: new Callers(database, options.pepper, options.clock),
    identities: new Identities(database, options.clock),
    invitations: new Invitations(database, options.pepper, options.clock),
    quotas: options.quotas ?? new Quotas(counters, background, options.clock),
    history: new History(database, options.pepper, options.clock),
    background,
    pseudonyms: new SealedPseudonyms(database, options.clock),
    models: new ModelRegistry(database, options.clock),
    incidents: new Incidents(database),
    people: new People(database, options.clock),
    factors: new Factors(database, options.clock),
    links: new Links(database, options.pepper, options.clock),
    sessions: new Sessions(database, options.pepper, options.clock),
    proposals: new Proposals(database, options.pepper, options.clock),
    policies: new PolicyVersions(database, options.clock),
    reviews: new Reviews(database, options.clock),
    pepper: options.pepper,
    close() {
      counters.close();
      database.close();
    },
  };
}
