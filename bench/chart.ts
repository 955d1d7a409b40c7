// Owns the chart of docs/performance.md: bars of processor time, C being 1. It must not know where the figures come from.

import { init, use } from 'echarts/core';
import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';

/** One kind of contender, in one colour: a value for each case, or `null` where it has none. */
export interface Bars {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

const WIDTH = 860;
const ROW = 72;
const AROUND = 84;
/** Told apart on white and on black, and by people who do not see all colours (Okabe and Ito). */
const COLOURS = ['#0072b2', '#8c959f', '#e69f00', '#cc79a7'];
const TEXT = '#57606a';
const TEXT_IN_THE_DARK = '#adbac7';
const FAINT = '#8c959f';
const FONT = 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif';

use([BarChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

/** The chart as SVG. Bars that are longer than `most` are cut; their numbers say how long they are. */
export function chart(cases: readonly string[], bars: readonly Bars[], most: number): string {
  const text = { color: TEXT, fontFamily: FONT, fontSize: 13 };
  const shown = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: AROUND + ROW * cases.length });
  shown.setOption({
    animation: false,
    color: COLOURS,
    textStyle: text,
    legend: { top: 4, textStyle: text, itemWidth: 14, itemHeight: 10, itemGap: 36 },
    grid: { top: 40, left: 150, right: 48, bottom: 32, outerBoundsMode: 'none' },
    xAxis: {
      max: most,
      name: '× C',
      nameGap: 6,
      nameTextStyle: text,
      axisLabel: text,
      splitLine: { lineStyle: { color: FAINT, opacity: 0.25 } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: [...cases],
      axisLabel: { ...text, lineHeight: 17 },
      axisLine: { lineStyle: { color: FAINT } },
      axisTick: { show: false },
    },
    series: bars.map(({ name, values }, i) => ({
      name,
      type: 'bar',
      barGap: '8%',
      barCategoryGap: '22%',
      data: values.map((value) => ({
        value: value === null ? null : Math.min(value, most),
        label: {
          show: value !== null,
          position: value !== null && value > 0.93 * most ? 'insideRight' : 'right',
          distance: 4,
          fontSize: 11,
          fontFamily: FONT,
          color: value !== null && value > 0.93 * most ? '#000000' : TEXT,
          formatter: value === null ? '' : value.toFixed(2),
        },
      })),
      ...(i === 0
        ? {
            markLine: {
              symbol: 'none',
              silent: true,
              label: { show: false },
              lineStyle: { color: TEXT, type: 'dashed', width: 1 },
              data: [{ xAxis: 1 }],
            },
          }
        : {}),
    })),
  });
  const svg = shown.renderToSVGString();
  shown.dispose();
  const dark = `<style>@media (prefers-color-scheme: dark) { text[fill="${TEXT}"] { fill: ${TEXT_IN_THE_DARK} } path[stroke="${TEXT}"] { stroke: ${TEXT_IN_THE_DARK} } }</style>`;
  return `${svg.replace(/(<svg[^>]*>)/, `$1${dark}`)}\n`;
}
