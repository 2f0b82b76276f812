// A window's pad: asks whoever was just served there, says thank you, and is neutral again by itself.

import { html, nothing, render } from "./vendor/lit-html.js";
import { look } from "./live.js";
import { hasNewWords, pageData, post, Refusal } from "./page.js";
import { begun, forget, ratePart } from "./rate.js";
import { answering, column, icon, name, say, speak, word } from "./kiosk_words.js";

const TOLD = 6000; // milliseconds that thanks, or why it was too late, stand
const FINAL = ["pad_over", "rating_over", "rated_already"]; // refusals that no other tap would change
const LANGUAGES = [
  ["zh", "中文"],
  ["mn", "ᠮᠣᠩᠭᠣᠯ"],
  ["en", "English"],
];
const root = document.getElementById("glass");
const state = { lang: "zh", frame: null, fresh: null, turn: 0, left: new Set(), told: { until: 0 } };
let link = null;

/** What is still asked of one person, the first whose time lasts and who did not say "not now"; one after another. */
function asking() {
  const open = (state.frame?.asked ?? []).filter(
    (each) => !each.rated && !state.left.has(each.turn) && link.now() < Date.parse(each.until),
  );
  return open.filter((each) => each.turn === open[0].turn);
}

const page = () => {
  const asked = asking();
  const asks = asked.length > 0 && !telling();
  return html`
    <header class="glass__head"><h1 class="clip-2">${name(pageData.names)}</h1>
      <div class="button-group" role="group" aria-label=${say("rating.language")}>${LANGUAGES.map(
        ([lang, label]) => html`<button class="button" type="button" aria-pressed=${state.lang === lang} @click=${() => tongue(lang)}>
          ${lang === "mn" ? html`<span class="mn mn--line">${label}</span>` : label}</button>`,
      )}</div></header>
    <main class="glass__body glass__body--scroll ${asks ? "pad" : "centred"}">${telling() ? told(state.told) : asks ? ask(asked) : idle()}</main>
    <footer class="glass__foot"><span class="pad__window">${word("rating.window", pageData.window)}</span>
      ${asks ? later(asked) : nothing}</footer>`;
};

const ask = ([first, ...rest]) => {
  const all = state.frame.asked.filter((each) => each.turn === first.turn).length;
  return html`
    <div class="pad__ask"><p class="ticket-number pad__number">${first.label}</p>
      <h2 class="question">${word("rating.ask")}</h2>
      <p class="lead">${name(first.service)} ${column(first.service)}
        ${all > 1 ? html`<span class="soft">${word("rating.of_matters", { one: all - rest.length, all })}</span>` : nothing}</p>
      <p class="soft">${word("rating.ask_lead")}</p></div>
    ${ratePart(first.id, { word, say, icon, draw }, { send })}`;
};

const telling = () => state.told.until > Date.now();
const tell = (sign, text) => (state.told = { sign, text, until: Date.now() + TOLD });
const isRetired = () => state.frame?.window.state === "retired";
const idle = () => html`<div class="empty">${icon(isRetired() ? "door-closed" : "star")}
  <p class="question">${word(isRetired() ? "rating.pad_retired" : "rating.pad_idle")}</p></div>`;
const told = ({ sign, text }) => html`<div class="empty" role="status">${icon(sign)}<p class="question">${text}</p></div>`;
const later = (asked) => html`<span class="num soft" aria-hidden="true">${seconds(asked[0])}</span>
  <button class="button button--large" type="button" data-later ?disabled=${!asked.length} @click=${notNow}>${word("rating.later")}</button>`;

const seconds = ({ until }) => Math.max(0, Math.min(state.frame.seconds, Math.ceil((Date.parse(until) - link.now()) / 1000)));

async function send(rating, said, key) {
  try {
    await post(answering("rate/"), { rating, level: said.level, reasons: said.reasons }, { key });
  } catch (error) {
    if (error instanceof Refusal && FINAL.includes(error.code)) tell("circle-alert", error.message);
    throw error;
  }
  const { turn } = state.frame.asked.find((each) => each.id === rating) ?? {};
  const until = new Date(link.now() + state.frame.seconds * 1000).toISOString();
  const asked = state.frame.asked.map((each) =>
    each.turn === turn ? { ...each, until, rated: each.rated || each.id === rating } : each,
  );
  state.frame = { ...state.frame, asked };
  if (asked.every((each) => each.turn !== turn || each.rated)) tell("circle-check", word("rating.thanks"));
}

function notNow() {
  state.left.add(asking()[0]?.turn);
  rest();
}

function rest() {
  forget();
  speak((state.lang = "zh"));
  draw();
}

function tongue(lang) {
  speak((state.lang = lang));
  draw();
}

function draw() {
  render(page(), root);
}

function onFrame(frame) {
  if (hasNewWords(frame) && !begun()) return location.reload();
  state.frame = frame.data;
  watch();
}

/** Draw what is asked now; when it is another person's turn, or nobody's, nothing of the one before is left. */
function watch() {
  if (telling()) return draw();
  const [first] = asking();
  const changed = state.turn !== (first?.turn ?? 0);
  state.turn = first?.turn ?? 0;
  if (changed) rest();
  else draw();
}

speak("zh");
root.replaceChildren();
link = look([`pad:${pageData.hall}:${pageData.window.number}`], {
  build: pageData.build,
  onFrame,
  onFresh: ({ fresh, why }) => (why ? location.reload() : (state.fresh = fresh)),
});
draw();
setInterval(watch, 500);
