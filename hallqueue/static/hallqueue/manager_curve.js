// The day's curve: taken, called and waiting, drawn with uPlot in the colours of the theme.

import { clock } from "./moments.js";
import { t } from "./page.js";
import { html, render } from "./vendor/lit-html.js";
import uPlot from "./vendor/uplot.js";

const place = document.getElementById("curve");
const drawn = { plot: null };
const LINES = [
  { name: "waiting", token: "--blue-text", wash: "--blue-wash", width: 3 },
  { name: "issued", token: "--gold-line", width: 2, dash: [2, 4] },
  { name: "called", token: "--jade-text", width: 2, dash: [10, 4] },
];

const colour = (token) => getComputedStyle(document.documentElement).getPropertyValue(token).trim();
const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const size = () => ({ width: place.clientWidth, height: Math.round(15 * rem()) });
const hours = (_, marks) => marks.map((mark) => clock(mark * 1000));

/** Draw, or draw anew: {at, issued, called, waiting} of the same length. */
export function drawCurve(curve) {
  const has = curve.at.length > 0;
  place.hidden = !has;
  document.getElementById("curve-none").hidden = has;
  if (!has) return;
  // Before the first slot there was nothing: the lines rise from there.
  const data = [[curve.at[0] - 60 * curve.minutes, ...curve.at], ...LINES.map((line) => [0, ...curve[line.name]])];
  if (drawn.plot) drawn.plot.setData(data);
  else begin(data);
  place.setAttribute("role", "img");
  const last = (name) => curve[name].at(-1);
  place.setAttribute("aria-label", LINES.map((line) => `${t(`manager.curve_of.${line.name}`)} ${last(line.name)}`).join(", "));
}

function begin(data) {
  drawn.plot = new uPlot(options(), data, place);
  new ResizeObserver(() => drawn.plot.setSize(size())).observe(place);
  render(LINES.map((line) => html`<span class="legend__item" data-line=${line.name}>${t(`manager.curve_of.${line.name}`)}</span>`), document.getElementById("legend"));
}

function options() {
  const font = `${Math.round(0.8125 * rem())}px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { font, stroke: colour("--ink-soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  return {
    ...size(),
    padding: [rem(), rem(), 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { range: (_, first, last) => [first, Math.max(last, first + 3600)] }, y: { range: (_, low, high) => [0, Math.max(4, high * 1.1)] } },
    axes: [
      { ...axis, values: hours, space: 4 * rem(), size: 2.2 * rem() },
      { ...axis, size: 3 * rem(), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
    ],
    series: [{}, ...LINES.map(series)],
  };
}

const series = ({ name, token, wash, width, dash }) => ({
  label: name,
  stroke: colour(token),
  fill: wash ? colour(wash) : undefined,
  width,
  dash,
  points: { show: (plot) => plot.data[0].length < 3, size: 7 },
});
