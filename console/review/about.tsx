import { moment } from '../base/format.ts';
import { Link } from '../base/route.tsx';
import { Fact } from '../ui/fact.tsx';
import type { Held } from './held.ts';

/** Pages on which more is said of a thing. */
const PAGES: Readonly<Record<string, string>> = { incident: 'incidents', model: 'models' };

/** What a person has to know of what is no text, whatever it is: thing by thing, fact by fact. */
export const About = ({ about }: { readonly about: NonNullable<Held['about']> }) => (
  <>
    {Object.entries(about).map(([what, thing]) => {
      const page = PAGES[what];
      return (
        <section key={what} aria-label={what}>
          <h3>
            {what}{' '}
            {page !== undefined && typeof thing.id === 'string' && <Link to={page}>{`All ${page}`}</Link>}
          </h3>
          <dl class="facts">
            {Object.entries(thing)
              .filter(([, value]) => value !== null && value !== '')
              .map(([name, value]) => (
                <Fact key={name} name={name.replaceAll('_', ' ')} value={<Value value={value} />} />
              ))}
          </dl>
        </section>
      );
    })}
  </>
);

const TIME = /^\d{4}-\d\d-\d\dT/;

function Value({ value }: { readonly value: unknown }) {
  if (typeof value === 'string') return <>{TIME.test(value) ? moment(value) : value}</>;
  if (typeof value === 'object') return <code class="break">{JSON.stringify(value)}</code>;
  return <>{String(value)}</>;
}
