import { announce } from '../base/announce.tsx';
import { post, type Session, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { count, moment } from '../base/format.ts';
import { Link, pathTo } from '../base/route.tsx';
import { labelOf, type Model as Version } from '../models/model.ts';
import { RobustnessOf } from '../models/robustness.tsx';
import { Badge } from '../ui/badge.tsx';
import { Fact } from '../ui/fact.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import '../models/models.css';

interface Props {
  /** `fraud@3`, or `fraud` for the version that is used. */
  readonly id: string;
  readonly session: Session;
}

/** One version of a sealed model: what is known of it, and who says that it may be used. */
export function Model({ id, session }: Props) {
  const path = `/admin/v1/registry/${encodeURIComponent(id)}`;
  const found = useData<Version>(path);
  const may = (action: string) => session.may?.includes(action) === true;
  const take = (model: Version, act: string, body: object, said: string) =>
    post(`/admin/v1/registry/${encodeURIComponent(labelOf(model))}/${act}`, body).then(
      () => {
        announce(said);
        found.again();
      },
      (error) => announce(wordsOf(error)),
    );
  return (
    <Page title="Model" says={<code>{id}</code>} actions={<Link to="models">All models</Link>}>
      <Show of={found}>
        {(model) => (
          <>
            <div class="card">
              <div class="table-head">
                <h2 class="subject">{labelOf(model)}</h2>
                <Badge word={model.state} />
                <span class="grow" />
                {may('registry.approve') &&
                  ['scanned', 'signed', 'approved', 'active'].includes(model.state) &&
                  model.root !== null && (
                    <button
                      type="button"
                      onClick={() => take(model, 'approve', { root: model.root }, 'You have approved it.')}
                    >
                      Approve
                    </button>
                  )}
                {may('registry.activate') && ['scanned', 'signed', 'approved'].includes(model.state) && (
                  <button type="button" onClick={() => take(model, 'activate', {}, 'It is used now.')}>
                    Activate
                  </button>
                )}
              </div>
              <dl class="facts">
                <Fact name="Added by" value={model.submitter.owner} />
                <Fact name="Since" value={moment(model.created)} />
                <Fact name="Files" value={`${count(model.files)}, ${count(model.bytes)} bytes`} />
                <Fact
                  name="Scan"
                  value={
                    model.scan === null ? (
                      'not scanned'
                    ) : (
                      <>
                        <Badge word={model.scan.verdict} />{' '}
                        <span class="quiet">
                          by {model.scan.version}, {moment(model.scan.time)}
                          {model.scan.until !== null && `, excused until ${model.scan.until}`}
                        </span>
                      </>
                    )
                  }
                />
                <Fact name="Signature" value={model.signer === null ? 'nobody signed it' : model.signer} />
                <Fact
                  name="Digest"
                  value={model.root === null ? '–' : <code class="break">{model.root}</code>}
                />
                <Fact
                  name="Served"
                  value={<Link to={pathTo('exchanges', { model: model.name })}>what it was asked</Link>}
                />
              </dl>
            </div>
            <RobustnessOf model={model} />
            <Table
              title="Approvals"
              rows={model.approvals}
              id={({ owner, time }) => `${owner} ${time}`}
              empty={<p>Nobody has approved it. Who added it does not.</p>}
              columns={[
                { name: 'owner', label: 'Who', value: ({ owner }) => owner },
                { name: 'time', label: 'When', value: ({ time }) => time, shown: ({ time }) => moment(time) },
              ]}
            />
          </>
        )}
      </Show>
    </Page>
  );
}
