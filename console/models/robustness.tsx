import { moment } from '../base/format.ts';
import { Badge } from '../ui/badge.tsx';
import { Fact } from '../ui/fact.tsx';
import { Table } from '../ui/table.tsx';
import { Curve } from './curve.tsx';
import { labelOf, type Model, percent, type Robustness, type Share } from './model.ts';

/** How robust a version was found to be, the newest report first. */
export function RobustnessOf({ model }: { readonly model: Model }) {
  if (model.robustness.length === 0)
    return (
      <div class="empty-state">
        <h2>Robustness</h2>
        <p>Nobody has attacked this version yet, or kept what came of it:</p>
        <p>
          <code>
            gatehouse attack {labelOf(model)} --data test.csv --attach {labelOf(model)}
          </code>
        </p>
      </div>
    );
  return (
    <>
      {[...model.robustness].reverse().map((report) => (
        <Report key={report.report} report={report} />
      ))}
    </>
  );
}

const Report = ({ report }: { readonly report: Robustness }) => (
  <section class="card" aria-label={`Robustness, ${moment(report.time)}`}>
    <div class="table-head">
      <h2>Robustness</h2>
      <Badge word={report.verdict} />
      <span class="grow" />
      <span class="quiet">
        {moment(report.time)}, by {report.by}
      </span>
    </div>
    <div class="pair">
      <div>
        <Curve of={report} />
        <p class="quiet">
          Rows left right by all attacks together, by budget in {report.norm}; the band is the 95 % interval.
        </p>
      </div>
      <dl class="facts">
        <Fact name="Right as it is" value={shareShown(report.clean)} />
        <Fact name="Rows" value={report.rows} />
        <Fact name="Version" value={`Gatehouse ${report.tool}`} />
        <Fact name="Digest of the report" value={<code class="break">{report.report}</code>} />
      </dl>
    </div>
    {report.warnings.map((text) => (
      <p class="problem" key={text}>
        {text}
      </p>
    ))}
    <Table
      title="Attacks"
      rows={report.runs}
      id={({ attack, epsilon }) => `${attack} ${epsilon}`}
      empty={<p>No attack was run to its end.</p>}
      columns={[
        { name: 'attack', label: 'Attack', value: ({ attack }) => attack },
        { name: 'epsilon', label: 'Budget', value: ({ epsilon }) => epsilon, number: true },
        {
          name: 'robust',
          label: 'Left right',
          value: ({ robust }) => robust.share,
          shown: ({ robust }) => shareShown(robust),
          number: true,
        },
        { name: 'queries', label: 'Questions a row', value: ({ queries }) => queries, number: true },
      ]}
    />
  </section>
);

const shareShown = ({ share, low, high }: Share): string =>
  `${percent(share)} (${percent(low)} to ${percent(high)})`;
