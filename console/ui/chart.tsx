import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

export interface Line {
  readonly label: string;
  /** Name of a colour of the style sheet. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

interface Props {
  readonly title: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** Somebody points at this time. For those who do not point, the table below leads to the same. */
  readonly onPick?: (time: number) => void;
}

const HEIGHT = 170;
/** A colour of the style sheet as a canvas takes it: as the browser has worked it out, for the theme of now. */
function colourOn(element: HTMLElement, name: string): string {
  element.style.color = `var(--${name})`;
  return getComputedStyle(element).color;
}

/**
 * Lines over time. Drawn on a canvas at most once a frame, so however often its numbers change it costs the same. For those who do not
 * see it, and for copying, the numbers stand in a table below.
 */
export function Chart({ title, times, lines, format, onPick }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const shape = lines.map(({ label, colour: name }) => `${label} ${name}`).join();
  const data = useRef<uPlot.AlignedData>([[]]);
  data.current = [[...times], ...lines.map(({ values }) => [...values])];

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const make = () => {
      plot.current?.destroy();
      const colour = (name: string) => colourOn(element, name);
      const axis = {
        stroke: colour('quiet'),
        grid: { stroke: colour('line'), width: 1 },
        ticks: { show: false },
      };
      plot.current = new uPlot(
        {
          width: element.clientWidth || 300,
          height: HEIGHT,
          legend: { show: false },
          cursor: { show: false },
          scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
          axes: [
            axis,
            { ...axis, size: 64, values: (_plot, splits) => splits.map((value) => format(value)) },
          ],
          series: [
            {},
            ...lines.map(({ label, colour: name }) => ({
              label,
              stroke: colour(name),
              width: 1.5,
              points: { show: false },
            })),
          ],
        },
        data.current,
        element,
      );
    };
    make();
    const resizing = new ResizeObserver(() => {
      if (element.clientWidth > 0 && plot.current?.width !== element.clientWidth)
        plot.current?.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    resizing.observe(element);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    window.addEventListener('gatehouse:theme', make);
    dark.addEventListener('change', make);
    return () => {
      resizing.disconnect();
      window.removeEventListener('gatehouse:theme', make);
      dark.removeEventListener('change', make);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);

  useEffect(() => {
    const frame = requestAnimationFrame(() => plot.current?.setData(data.current));
    return () => cancelAnimationFrame(frame);
  });

  const picked = ({ clientX }: MouseEvent) => {
    const drawn = plot.current;
    const at = drawn?.posToIdx(clientX - drawn.over.getBoundingClientRect().left);
    const time = at === undefined ? undefined : times[at];
    if (time !== undefined) onPick?.(time);
  };

  return (
    <section class="chart" aria-label={title}>
      <div class="table-head">
        <h2>{title}</h2>
        <span class="grow" />
        {lines.map(({ label, colour: name }) => (
          <span class="key" key={label}>
            <svg width="12" height="12" aria-hidden="true">
              <rect y="5" width="12" height="3" class={`stroke-${name}`} />
            </svg>
            {label}
          </span>
        ))}
      </div>
      <div
        ref={place}
        class={onPick ? 'canvas picked' : 'canvas'}
        aria-hidden="true"
        onClick={onPick && picked}
      />
    </section>
  );
}
