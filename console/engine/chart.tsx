/** Charts: SVG with values that take the focus, and the numbers as a table and as a file below. */
import { scaleBand, scaleLinear } from 'd3-scale';
import { arc, pie, stack } from 'd3-shape';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { csvOf, type Point, totals } from './figures.ts';
import { saveFile } from './saveFile.ts';

/** What every chart gets. */
export interface Chart {
  readonly title: string;
  /** What the labels are, such as 时间. */
  readonly by: string;
  /** The names of the series, in the order of the values. */
  readonly series: readonly string[];
  readonly points: readonly Point[];
  /** A value as people read it. */
  readonly format: (value: number) => string;
  /** A value in a file. */
  readonly plain: (value: number) => string;
}

const said = ({ series, format }: Chart, { label, values }: Point) =>
  `${label}：${values.map((value, at) => `${series[at] ?? ''} ${format(value)}`).join('，')}`;

/** The colours stand in the style sheet, by number from 1. */
const colour = (at: number) => `series-${(at % 6) + 1}`;

/** A value: it takes the focus, and says itself. */
function Mark({ says, children }: { readonly says: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes the focus only to be read.
    <g role="img" tabIndex={0} aria-label={says}>
      <title>{says}</title>
      {children}
    </g>
  );
}

function Legend({ series }: { readonly series: readonly string[] }) {
  return (
    <ul class="legend">
      {series.map((name, at) => (
        <li key={name}>
          <span class={`swatch ${colour(at)}`} />
          <span>{name}</span>
        </li>
      ))}
    </ul>
  );
}

/** The numbers of a chart. */
function Numbers({ chart }: { readonly chart: Chart }) {
  const { title, by, series, points, format, plain } = chart;
  const save = () => {
    const rows = points.map(({ label, values }) => [label, ...values.map(plain)]);
    saveFile(`${title}.csv`, csvOf([[by, ...series], ...rows]), 'text/csv');
  };
  return (
    <details>
      <summary>数据表</summary>
      <div class="scroll">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">{by}</th>
              {series.map((name) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map(({ label, values }) => (
              <tr key={label}>
                <td data-label={by}>{label}</td>
                {values.map((value, at) => (
                  <td key={series[at]} class="number" data-label={series[at]}>
                    {format(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <button type="button" class="small" onClick={save}>
        下载 CSV
      </button>
    </details>
  );
}

const HEIGHT = 240;
const EDGE = { left: 72, right: 8, top: 10, bottom: 26 } as const;
const TICKS = 4;

/** How wide a chart is drawn, and how many labels stand below it: letters are as large on a phone as elsewhere. */
const DRAWN = { wide: { width: 760, labelsMax: 12 }, narrow: { width: 380, labelsMax: 6 } } as const;
const NARROW = '(max-width: 760px)';

function useDrawn() {
  const [isNarrow, show] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const media = matchMedia(NARROW);
    const read = () => show(media.matches);
    media.addEventListener('change', read);
    return () => media.removeEventListener('change', read);
  }, []);
  return isNarrow ? DRAWN.narrow : DRAWN.wide;
}

/** Bars over time, one upon the other. */
export function Bars({ chart }: { readonly chart: Chart }) {
  const { points, series, format, title } = chart;
  const { width, labelsMax } = useDrawn();
  const x = scaleBand(
    points.map(({ label }) => label),
    [EDGE.left, width - EDGE.right],
  ).padding(0.3);
  const y = scaleLinear([0, Math.max(1, ...totals(points))], [HEIGHT - EDGE.bottom, EDGE.top]).nice(TICKS);
  const layers = stack<Point, number>()
    .keys(series.keys())
    .value(({ values }, at) => values[at] ?? 0)([...points]);
  const every = Math.ceil(points.length / labelsMax);
  return (
    <figure class="chart" aria-label={title}>
      <svg viewBox={`0 0 ${width} ${HEIGHT}`}>
        <title>{title}</title>
        {y.ticks(TICKS).map((tick) => (
          <g key={tick}>
            <line class="grid" x1={EDGE.left} x2={width - EDGE.right} y1={y(tick)} y2={y(tick)} />
            <text x={EDGE.left - 8} y={y(tick)} dy="0.35em" text-anchor="end">
              {format(tick)}
            </text>
          </g>
        ))}
        {points.map((point, at) => (
          <Mark key={point.label} says={said(chart, point)}>
            {/* The whole column can be pointed at. */}
            <rect
              x={x(point.label) ?? 0}
              y={EDGE.top}
              width={x.bandwidth()}
              height={HEIGHT - EDGE.bottom - EDGE.top}
              fill="transparent"
            />
            {layers.map((layer, own) => {
              const [from = 0, to = 0] = layer[at] ?? [];
              return (
                <rect
                  key={series[own]}
                  class={colour(own)}
                  x={x(point.label) ?? 0}
                  y={y(to)}
                  width={x.bandwidth()}
                  height={Math.max(0, y(from) - y(to))}
                />
              );
            })}
            {at % every === 0 && (
              <text x={(x(point.label) ?? 0) + x.bandwidth() / 2} y={HEIGHT - 8} text-anchor="middle">
                {point.label}
              </text>
            )}
          </Mark>
        ))}
      </svg>
      <Legend series={series} />
      <Numbers chart={chart} />
    </figure>
  );
}

const RING = 180;

/** The shares of one series: a ring, with each part's name and value beside it. */
export function Shares({ chart }: { readonly chart: Chart }) {
  const { points, title, format } = chart;
  const parts = pie<Point>()
    .value(({ values }) => values[0] ?? 0)
    .sort(null)([...points]);
  const draw = arc<(typeof parts)[number]>()
    .innerRadius(RING * 0.3)
    .outerRadius(RING / 2 - 2)
    .padAngle(0.015);
  return (
    <figure class="chart shares" aria-label={title}>
      <svg viewBox={`${-RING / 2} ${-RING / 2} ${RING} ${RING}`}>
        <title>{title}</title>
        {parts.map((part, at) => (
          <Mark key={part.data.label} says={said(chart, part.data)}>
            <path class={colour(at)} d={draw(part) ?? ''} />
          </Mark>
        ))}
      </svg>
      <ul class="legend">
        {points.map(({ label, values }, at) => (
          <li key={label}>
            <span class={`swatch ${colour(at)}`} />
            <span>
              {label} {format(values[0] ?? 0)}
            </span>
          </li>
        ))}
      </ul>
      <Numbers chart={chart} />
    </figure>
  );
}
