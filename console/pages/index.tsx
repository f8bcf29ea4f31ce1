import type { ComponentChildren } from 'preact';
import type { Session } from '../base/api.ts';
import { Link, type Place } from '../base/route.tsx';
import { ReviewPage } from '../review/page.tsx';
import { Page } from '../ui/page.tsx';
import { Account } from './account.tsx';
import { Caller } from './caller.tsx';
import { Callers } from './callers.tsx';
import { Detections } from './detections.tsx';
import { Exchange } from './exchange.tsx';
import { Exchanges } from './exchanges.tsx';
import { Incident } from './incident.tsx';
import { Incidents } from './incidents.tsx';
import { Ledger } from './ledger.tsx';
import { Model } from './model.tsx';
import { Models } from './models.tsx';
import { Now } from './now.tsx';
import { People } from './people.tsx';
import { PolicyPage } from './policy.tsx';
import { Usage } from './usage.tsx';

export interface PageProps {
  readonly session: Session;
  readonly place: Place;
}

interface PageEntry {
  readonly path: string;
  readonly title: string;
  /** After `g`. */
  readonly key: string;
  /** Of these actions the person must be allowed one for it to be of use; undefined: none. */
  readonly action: string | readonly string[] | undefined;
  readonly render: (props: PageProps) => ComponentChildren;
}

/** Every page in the navigation, in its order. */
export const PAGES: readonly PageEntry[] = [
  { path: '', title: 'Now', key: 'n', action: 'audit.read', render: (props) => <Now {...props} /> },
  {
    path: 'exchanges',
    title: 'Exchanges',
    key: 'x',
    action: 'audit.read',
    render: (props) => {
      const id = props.place.parts[1];
      return id === undefined ? <Exchanges {...props} /> : <Exchange id={id} session={props.session} />;
    },
  },
  {
    path: 'review',
    title: 'Review',
    key: 'r',
    action: ['reviews.read', 'proposals.read'],
    render: (props) => <ReviewPage {...props} />,
  },
  {
    path: 'incidents',
    title: 'Incidents',
    key: 'i',
    action: 'incidents.read',
    render: (props) => {
      const id = props.place.parts[1];
      return id === undefined ? <Incidents {...props} /> : <Incident id={id} session={props.session} />;
    },
  },
  {
    path: 'detections',
    title: 'Detections',
    key: 'd',
    action: 'audit.read',
    render: (props) => <Detections {...props} />,
  },
  {
    path: 'callers',
    title: 'Callers',
    key: 'c',
    action: 'callers.read',
    render: (props) => {
      const id = props.place.parts[1];
      return id === undefined ? <Callers {...props} /> : <Caller id={id} session={props.session} key={id} />;
    },
  },
  {
    path: 'people',
    title: 'People',
    key: 'p',
    action: 'people.read',
    render: (props) => <People {...props} />,
  },
  {
    path: 'policy',
    title: 'Policy',
    key: 'o',
    action: 'policy.read',
    render: (props) => <PolicyPage {...props} />,
  },
  {
    path: 'models',
    title: 'Models',
    key: 'm',
    action: 'registry.read',
    render: (props) => {
      const id = props.place.parts[1];
      return id === undefined ? <Models {...props} /> : <Model id={id} session={props.session} key={id} />;
    },
  },
  { path: 'usage', title: 'Usage', key: 'u', action: 'audit.read', render: (props) => <Usage {...props} /> },
  {
    path: 'ledger',
    title: 'Ledger',
    key: 'l',
    action: 'audit.read',
    render: (props) => <Ledger {...props} />,
  },
];

const ACCOUNT: PageEntry = {
  path: 'account',
  title: 'Account',
  key: 'a',
  action: undefined,
  render: ({ session }) => <Account session={session} />,
};

export const mayOpen = ({ action }: PageEntry, may: readonly string[]): boolean =>
  action === undefined || [action].flat().some((one) => may.includes(one));

/** The page of a path that the person may see. Whoever may not see the first one sees their own account. */
export function pageOf(path: string, may: readonly string[]): PageEntry | undefined {
  const allowed = [...PAGES, ACCOUNT].filter((page) => mayOpen(page, may));
  return allowed.find((page) => page.path === path) ?? (path === '' ? ACCOUNT : undefined);
}

export const NotThere = () => (
  <Page title="Not there">
    <p>
      There is no such page, or your roles do not show it to you. <Link to="">Back to the first one</Link>
    </p>
  </Page>
);
