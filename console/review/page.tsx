import { Link } from '../base/route.tsx';
import type { PageProps } from '../pages/index.tsx';
import { Page } from '../ui/page.tsx';
import { Decided } from './decided.tsx';
import { Proposals } from './proposals.tsx';
import { Queue } from './queue.tsx';

/** What waits for people: what guards held, and acts that take two. */
export function ReviewPage(props: PageProps) {
  const { may = [] } = props.session;
  const views = VIEWS.filter(({ action }) => may.includes(action));
  const [, asked = ''] = props.place.parts;
  const shown = views.find(({ path }) => path === asked) ?? views[0];
  return (
    <Page title="Review" says={shown?.says}>
      <nav class="tabs" aria-label="Review">
        <ul>
          {views.map(({ path, title }) => (
            <li key={path}>
              <Link
                to={path === '' ? 'review' : `review/${path}`}
                {...(path === shown?.path && { 'aria-current': 'page' })}
              >
                {title}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {shown?.render(props)}
    </Page>
  );
}

const VIEWS = [
  {
    path: '',
    title: 'Waiting',
    action: 'reviews.read',
    says: 'What policy put on hold until a person decides, the next deadline first.',
    render: (props: PageProps) => <Queue {...props} />,
  },
  {
    path: 'decided',
    title: 'Decided',
    action: 'reviews.read',
    says: 'What was decided, by whom. What deadlines decided is among it.',
    render: (props: PageProps) => <Decided {...props} />,
  },
  {
    path: 'proposals',
    title: 'Proposals',
    action: 'proposals.read',
    says: 'Acts that take two people: one proposes, another one who may do the same approves.',
    render: (props: PageProps) => <Proposals {...props} />,
  },
] as const;
