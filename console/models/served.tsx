import { count } from '../base/format.ts';
import { Link } from '../base/route.tsx';
import { Fact } from '../ui/fact.tsx';
import { Table } from '../ui/table.tsx';
import { type Prediction, percent } from './model.ts';

/** A model that classifies or scores: what it may be asked, who watches, and what is done to its answers. */
export const Served = ({ prediction }: { readonly prediction: Prediction }) => {
  const { name, from, of, ready, contract, calibrated, ladder, shapers } = prediction;
  const features = contract.inputs.flatMap((input) =>
    input.features.map((feature) => ({ ...feature, input: input.name })),
  );
  return (
    <section class="card" aria-label={`Prediction ${name}`}>
      <div class="table-head">
        <h2 class="subject">{name}</h2>
        <span class={`badge ${ready ? 'good' : 'warn'}`}>{ready ? 'ready' : 'not ready'}</span>
      </div>
      <dl class="facts">
        <Fact
          name="Answered by"
          value={
            from === 'sealed' ? <Link to={`models/${encodeURIComponent(of)}`}>{of}</Link> : `${from} of ${of}`
          }
        />
        <Fact name="Rows of a question" value={`${count(contract.max_rows)} at most`} />
        <Fact
          name="Takes"
          value={contract.inputs.map(({ name: input, type, shape }) => (
            <code key={input}>
              {input}: {type} [{shape.join(', ')}]
            </code>
          ))}
        />
        <Fact
          name="Monitors"
          value={
            calibrated === null
              ? 'none: it has no calibration'
              : `${calibrated.monitors.length}, calibrated on ${count(calibrated.rows)} rows`
          }
        />
        {calibrated !== null && calibrated.accuracy !== null && (
          <Fact name="Right on labelled rows" value={percent(calibrated.accuracy)} />
        )}
        <Fact name="Every answer is shaped by" value={shapers.join(', then ') || 'nothing'} />
        <Fact
          name="Ladder"
          value={
            ladder.length === 0 ? (
              'alarms are logged'
            ) : (
              <ol class="rungs">
                {ladder.map(({ respond, approval, shapers: more }) => (
                  <li key={respond}>
                    {respond}
                    {more.length > 0 && ` (${more.join(', ')})`}
                    {approval && <span class="quiet">, when a person says so</span>}
                  </li>
                ))}
              </ol>
            )
          }
        />
      </dl>
      {calibrated !== null && (
        <details>
          <summary>Monitors that are calibrated</summary>
          <p>{calibrated.monitors.join(', ')}</p>
        </details>
      )}
      {features.length > 0 && (
        <details>
          <summary>Its input contract</summary>
          <Table
            title={`Features of ${name}`}
            rows={features}
            id={({ input, name: feature }) => `${input} ${feature}`}
            empty={null}
            columns={[
              { name: 'name', label: 'Feature', value: (feature) => feature.name },
              { name: 'kind', label: 'Kind', value: ({ kind }) => kind },
              { name: 'values', label: 'Values', value: ({ values }) => values },
              {
                name: 'missing',
                label: 'May be missing',
                value: ({ missing }) => (missing ? 'yes' : 'no'),
              },
            ]}
          />
        </details>
      )}
    </section>
  );
};
