// A window's pad: asks whoever was just served there, says thank you, and is neutral again by itself.

import { html, nothing, render } from "./vendor/lit-html.js";
import { look } from "./live.js";
import { hasNewWords, pageData, post } from "./page.js";
import { begun, forget, ratePart } from "./rate.js";
import { column, icon, name, say, speak, word } from "./kiosk_words.js";

const THANKS = 6000;
const LANGUAGES = [
  ["zh", "中文"],
  ["mn", "ᠮᠣᠩᠭᠣᠯ"],
  ["en", "English"],
];
const root = document.getElementById("glass");
const state = { lang: "zh", frame: null, fresh: null, left: "", thanks: 0 };
let link = null;

/** What is still asked of the person who was served, while the hall's seconds last and nobody said "not now". */
function asking() {
  const { frame } = state;
  if (!frame?.since || state.left === frame.since) return [];
  const until = Date.parse(frame.since) + frame.seconds * 1000;
  return link.now() < until ? frame.asked.filter((each) => !each.rated) : [];
}

const page = () => {
  const asked = asking();
  return html`
    <header class="glass__head"><h1>${name(pageData.names)}</h1>
      <div class="button-group" role="group" aria-label=${say("rating.language")}>${LANGUAGES.map(
        ([lang, label]) => html`<button class="button" type="button" aria-pressed=${state.lang === lang} @click=${() => tongue(lang)}>
          ${lang === "mn" ? html`<span class="mn mn--line">${label}</span>` : label}</button>`,
      )}</div></header>
    <main class="glass__body glass__body--scroll ${asked.length && state.thanks <= Date.now() ? "pad" : "centred"}">${state.thanks > Date.now() ? thanks() : asked.length ? ask(asked) : idle()}</main>
    <footer class="glass__foot"><span class="pad__window">${word("rating.window", pageData.window)}</span>
      ${asked.length && state.thanks <= Date.now() ? later(asked) : nothing}</footer>`;
};

const ask = ([first, ...rest]) => {
  const all = state.frame.asked.length;
  return html`
    <div class="pad__ask"><p class="ticket-number pad__number">${first.label}</p>
      <h2 class="question">${word("rating.ask")}</h2>
      <p class="lead">${name(first.service)} ${column(first.service)}
        ${all > 1 ? html`<span class="soft">${word("rating.of_matters", { one: all - rest.length, all })}</span>` : nothing}</p>
      <p class="soft">${word("rating.ask_lead")}</p></div>
    ${ratePart(first.id, { word, say, icon, draw }, { send })}`;
};

const isRetired = () => state.frame?.window.state === "retired";
const idle = () => html`<div class="empty">${icon(isRetired() ? "door-closed" : "star")}
  <p class="question">${word(isRetired() ? "rating.pad_retired" : "rating.pad_idle")}</p></div>`;
const thanks = () => html`<div class="empty" role="status">${icon("circle-check")}<p class="question">${word("rating.thanks")}</p></div>`;
const later = (asked) => html`<span class="num soft" aria-hidden="true">${seconds()}</span>
  <button class="button button--large" type="button" data-later ?disabled=${!asked.length} @click=${notNow}>${word("rating.later")}</button>`;

const seconds = () => Math.max(0, Math.ceil((Date.parse(state.frame.since) + state.frame.seconds * 1000 - link.now()) / 1000));

async function send(rating, said, key) {
  await post("rate/", { rating, level: said.level, reasons: said.reasons }, { key });
  const asked = state.frame.asked.map((each) => (each.id === rating ? { ...each, rated: true } : each));
  state.frame = { ...state.frame, asked, since: new Date(link.now()).toISOString() };
  if (asked.every((each) => each.rated)) state.thanks = Date.now() + THANKS;
}

function notNow() {
  state.left = state.frame.since;
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
  if (state.frame && frame.data.since !== state.frame.since) forget();
  state.frame = frame.data;
  draw();
}

speak("zh");
root.replaceChildren();
link = look([`pad:${pageData.hall}:${pageData.window.number}`], {
  build: pageData.build,
  onFrame,
  onFresh: ({ fresh, why }) => (why ? location.reload() : (state.fresh = fresh)),
});
draw();
setInterval(() => {
  const was = state.asked;
  state.asked = asking().length + Number(state.thanks > Date.now());
  if (was && !state.asked) rest();
  else draw();
}, 500);
