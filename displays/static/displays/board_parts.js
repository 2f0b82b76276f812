// The parts a board is composed of: list of calls, one big call, calls by zone, waiting table, people by zone, notices.

import { t } from "../hallqueue/page.js";
import { html, nothing, render } from "../hallqueue/vendor/lit-html.js";
import { repeat } from "../hallqueue/vendor/directives/repeat.js";
import { sayingOf } from "./announcer.js";
import { wasDropped } from "./board_sound.js";
import { icon, inLanguage, mongolian, mongolianOf, ticketNumber, windowNumber } from "./glass.js";

const MOST_AREAS = 9;
const FEWEST_ROWS = 3;
const STRIP = 320;
const ROW = 1.5;
const EARLIER = 4;

const PARTS = { calls: callsPart, big: bigPart, zones: zonesPart, waiting: linesPart, areas: areasPart, notices: stage, both: bothPart, none: () => nothing };

/** Draw one part into its place; `context` is {data, epoch, flashes, sized, rows}. */
export function draw(place, part, context) {
  render(PARTS[part]({ ...context, place }), place);
}

/** How many calls stand in a place: as many as its shape bears, or as figures of the wanted size leave room for. */
export function rowsFor(place, em) {
  const glass = place.closest(".display");
  const [wide, tall] = [glass.clientWidth, glass.clientHeight];
  if (tall <= STRIP) return place.id === "side-part" ? 1 : 3;
  if (em) return Math.max(1, Math.min(12, Math.floor(place.clientHeight / (em * tall * ROW))));
  if (place.id === "side-part") return tall >= wide ? 3 : 5;
  return tall >= wide ? 8 : 6;
}

function callsPart(context) {
  const calls = context.data.calls.slice(0, context.rows);
  const fewest = context.sized ? 1 : Math.min(FEWEST_ROWS, context.rows);
  context.place.style.setProperty("--others", Math.max(calls.length, fewest) - 1);
  if (calls.length === 0) return context.place.id === "side-part" ? nobodyYet() : howTo(context.data);
  return html`<ol class="board__list">${repeat(calls, (call) => call.id, (call, place) => row(call, place, context))}</ol>`;
}

function row(call, place, { epoch, flashes }) {
  const calling = call.state === "called";
  const fresh = flashes.has(sayingOf(epoch, call)) ? "call--fresh" : "";
  const newest = place === 0 ? (calling ? "call--first call--newest" : "call--first") : "";
  return html`<li class="call ${newest} ${fresh}" data-call=${call.id} data-said=${call.said}>${inside(call, calling && place, epoch)}</li>`;
}

const inside = (call, red, epoch) => html`
  ${ticketNumber(call.label, red ? "ticket-number--called" : "")}
  <span class="call__way">${icon("arrow-right")}</span>
  ${windowNumber(call.window)}
  <span class="board__place">
    <span class="clip-2" title=${inLanguage(call.way)}>${inLanguage(call.way)}</span>
    <span class="board__marks">${marks(call, epoch)}</span>
  </span>${mongolianOf(call.way)}`;

function marks(call, epoch) {
  const fallback = call.fallback ? html`<span class="state" data-state="fallback">${t("board.fallback")}</span>` : nothing;
  if (call.state !== "called") return html`${fallback}<span class="state" data-state=${call.state}>${t(`board.state.${call.state}`)}</span>`;
  if (wasDropped(sayingOf(epoch, call))) return html`${fallback}<span class="board__said">${t("board.not_spoken")}</span>`;
  return html`${fallback}${call.said > 1 ? html`<span class="board__said">${t("board.said", { count: call.said })}</span>` : nothing}`;
}

/** One call that fills its place: in the big layout, and over notices. */
export function oneBig(call, { epoch, flashes }) {
  const calling = call.state === "called";
  const fresh = flashes.has(sayingOf(epoch, call)) ? "call--fresh" : "";
  return html`<div class="call call--big ${calling ? "call--newest" : ""} ${fresh}" data-call=${call.id} data-said=${call.said}>${inside(call, false, epoch)}</div>`;
}

function bigPart(context) {
  const [call, ...earlier] = context.data.calls;
  if (!call) return howTo(context.data);
  const small = earlier.slice(0, EARLIER);
  return html`<div class="big">${oneBig(call, context)}
    ${small.length ? html`<ol class="big__earlier">${small.map(short)}</ol>` : nothing}</div>`;
}

const short = (call) => html`<li class="short" data-state=${call.state}>${ticketNumber(call.label, call.state === "called" ? "ticket-number--called" : "")}
  <span class="call__way">${icon("arrow-right")}</span>${windowNumber(call.window)}</li>`;

function zonesPart({ data, place, flashes, epoch }) {
  const columns = place.clientHeight > place.clientWidth ? 2 : 3;
  const zones = data.zones ?? [];
  place.style.setProperty("--cols", Math.min(columns, zones.length) || 1);
  place.style.setProperty("--lines", Math.ceil(zones.length / columns) || 1);
  const line = (call) => html`<li class="short ${flashes.has(sayingOf(epoch, call)) ? "call--fresh" : ""}" data-state=${call.state}>${ticketNumber(call.label, call.state === "called" ? "ticket-number--called" : "")}
    <span class="call__way">${icon("arrow-right")}</span>${windowNumber(call.window)}</li>`;
  return html`<ul class="zones">${zones.map(
    ({ name, waiting, calls }) => html`<li class="zone"><h2><span class="clip-1" title=${inLanguage(name)}>${inLanguage(name) || t("board.elsewhere")}</span>${mongolianOf(name)}<span class="zone__count num"><span>${t("board.screen.waiting_count", { count: waiting })}</span><b>${t("board.lines_people", { count: waiting })}</b></span></h2>
      ${calls.length ? html`<ol>${calls.map(line)}</ol>` : html`<p class="soft">${t("board.nothing_called")}</p>`}</li>`,
  )}</ul>`;
}

function linesPart({ data, place }) {
  const lines = data.lines ?? [];
  const head = html`<h2 class="lines__head bilingual"><span>${t("board.lines")}</span>${mongolian("board.lines")}</h2>`;
  if (!lines.length) return html`<div class="lines">${head}<p class="lines__none">${t("board.lines_none")}</p></div>`;
  const most = mostLines(place, parseFloat(getComputedStyle(document.documentElement).fontSize), lines);
  const [here, rest] = lines.length > most ? [lines.slice(0, most - 1), lines.length - most + 1] : [lines, 0];
  return html`<div class="lines">${head}<ul class="lines__list">${here.map(line)}
    ${rest ? html`<li class="line line--more">${t("board.lines_more", { count: rest })}</li>` : nothing}</ul></div>`;
}

/** How many lines of the table stand whole: Mongolian makes them higher, a strip has two columns of small ones. */
function mostLines(place, rem, lines) {
  const strip = place.closest(".display").clientHeight <= STRIP;
  const main = place.id !== "side-part";
  const high = main && lines.some(({ name }) => mongolianOf(name) !== nothing) ? 5 : 3.9;
  const [head, tall, columns] = strip ? [2.6, 3, main ? 2 : 1] : [5, high, 1];
  return Math.max(2, Math.floor((place.clientHeight - head * rem) / (tall * rem)) * columns);
}

const line = ({ name, waiting, windows }) => html`<li class="line"><span class="clip-2" title=${inLanguage(name)}>${inLanguage(name)}</span>${mongolianOf(name)}
  <b class="num">${t("board.lines_people", { count: waiting })}</b><span class="line__at num">${windows.length ? windowNumber(windows.join(" · ")) : "—"}</span></li>`;

function howTo(data) {
  const steps = ["ticket", "users", "megaphone"];
  const texts = ["board.empty_take", "board.empty_wait", "board.empty_come"];
  const step = (name, at) => html`<li class="board__step">
    ${icon(name)}<b class="num">${at + 1}</b><span>${t(texts[at])}</span>${mongolian(texts[at])}
  </li>`;
  const head = data.hall.is_open ? "board.empty" : "board.closed";
  return html`<div class="board__howto">
    <h2 class="bilingual"><span>${t(head)}</span>${mongolian(head)}</h2>
    <ol class="board__steps">${steps.map(step)}</ol>
  </div>`;
}

const nobodyYet = () => html`<p class="lines__none">${t("board.nothing_called")}</p>`;

function areasPart({ data }) {
  const found = data.areas;
  const all = found.reduce((sum, area) => sum + area.waiting, 0);
  const areas = found.some(({ name }) => inLanguage(name)) ? found : []; // a hall without areas has no “others”
  const rows = areas.length > MOST_AREAS ? [...areas.slice(0, MOST_AREAS - 1), together(areas.slice(MOST_AREAS - 1))] : areas;
  return html`<div class="board__areas" aria-label=${t("board.waiting")}><h2 class="board__areas-head"><span class="bilingual"><span>${t("board.waiting")}</span>${mongolian("board.waiting")}</span>
      <b class="num">${all}</b></h2>
    <ul class="board__zones" data-many=${rows.length > 4 ? "yes" : "no"}>${rows.map(area)}</ul></div>`;
}

function together(found) {
  return { name: { zh: "" }, waiting: found.reduce((sum, each) => sum + each.waiting, 0) };
}

function area({ name, waiting: count }) {
  const zone = inLanguage(name);
  return html`<li class="board__zone"><span class="bilingual"><span class="clip-2" title=${zone}>${zone || t("board.elsewhere")}</span>
      ${mongolianOf(name)}</span>
    <b class="num">${count}</b></li>`;
}

function stage() {
  return html`<div class="notices"></div>`;
}

function bothPart(context) {
  return html`${areasPart(context)}<div class="notices"></div>`;
}
