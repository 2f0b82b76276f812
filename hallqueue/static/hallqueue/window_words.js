// Small pieces that the window pages share: numbers, states, durations, tags, toasts.

import { pageData, t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { icon } from "./words.js";

const TOAST_STAYS = 4_000;
const REFUSAL_STAYS = 8_000;

export { icon };

/** A ticket's number, its letter a breath apart. */
export function number(label, more = "") {
  const [, letter, digits] = label.match(/^(\D*)(.*)$/);
  return html`<span class="ticket-number ${more}"><i>${letter}</i>${digits}</span>`;
}

/** A state as colour, shape and word. */
export const state = (name, word, more = "") => html`<span class="state ${more}" data-state=${name}>${word}</span>`;

/** Milliseconds as 4:05 or 1:04:05. */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (figure) => String(figure).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** What is special about a ticket: class, who, language, sent or transferred here; but for what is `said` already. */
export function tags(row, said = "") {
  const found = [];
  if (row.priority) found.push(["tag--special", t(`words.priority.${row.priority}`)]);
  else if (row.klass !== "ordinary") found.push(["tag--special", t(`words.class.${row.klass}`)]);
  if (row.language && row.language !== "zh") found.push(["", t(`window.language.${row.language}`)]);
  if (row.people > 1) found.push(["", t("life.together", { count: row.people })]);
  if (row.count > 1) found.push(["", t("life.matters", { count: row.count })]);
  if (row.sent) found.push(["", t("window.sent_here")]);
  else if (row.transfers && row.klass !== "transferred") found.push(["tag--plain", t("window.transferred")]);
  const unsaid = found.filter(([, word]) => !said.endsWith(word));
  return unsaid.length ? html`${unsaid.map(([more, word]) => html`<span class="tag ${more}">${word}</span>`)}` : nothing;
}

const SHAPES = { guard: "hourglass", aged: "arrow-up", turn: "scale", sent: "map-pin" };
const CLASS_SHAPES = { priority: "star", appointment: "clock", returning: "rotate-ccw", transferred: "arrow-right", ordinary: "list" };

/** Why somebody is next, in a word: the hall's own reason, by which the call itself is made. `next` as in the frame. */
export function wordOfNext({ code, turn, number, of, rank }, { klass }) {
  const word = {
    sent: () => t("window.sent_here"),
    turn: () => t("window.next.turn", { klass: t(`words.class.${turn === "ordinary" ? "ordinary" : klass}`), number, of }),
    guard: () => t("window.next.guard"),
    aged: () => t("window.next.aged"),
  }[code]?.() ?? (turn === "ordinary" ? t("window.next.place") : t(`words.class.${klass}`));
  return rank ? t(`window.next.${rank}`, { word }) : word;
}

/** The word and its shape. */
export const whyNext = (next, row) => html`
  <span class="tag tag--why" title=${t("window.next_why")}>${icon(SHAPES[next.code] ?? CLASS_SHAPES[next.turn === "ordinary" ? "ordinary" : row.klass])}${wordOfNext(next, row)}</span>`;

/** Why a ticket stands in the fallback window's line. */
export const why = (row) => (row.why ? t(`window.why.${row.why.code}`, { text: row.why.text }) : "");

/** The texts whose keys begin with `room`. */
export function textsUnder(room) {
  return Object.keys(pageData.texts)
    .filter((key) => key.startsWith(`${room}.`))
    .map((key) => pageData.texts[key]);
}

/** A sentence at the lower edge for a few seconds; the newest replaces the one before. */
export function toast(sentence, refused = false) {
  const shelf = document.getElementById("toasts");
  const slip = document.createElement("div");
  slip.className = refused ? "toast toast--refused" : "toast";
  slip.textContent = sentence;
  shelf.replaceChildren(slip);
  setTimeout(() => slip.remove(), refused ? REFUSAL_STAYS : TOAST_STAYS);
}
