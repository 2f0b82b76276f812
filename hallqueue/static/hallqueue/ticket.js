// The ticket's own page: shows the newest frame of one ticket, in three languages, and says when it is out of date.

import { html, nothing, render } from "./vendor/lit-html.js";
import { look } from "./live.js";
import { clock } from "./moments.js";
import { fill, newKey, pageData, post, Refusal } from "./page.js";
import { helpPart } from "./ticket_help.js";
import { ratingsPart } from "./ticket_rate.js";
import { backPart, cancelPart, mattersPart } from "./ticket_own.js";

const SPRITE = document.documentElement.dataset.icons;
const HTML_LANGUAGES = { zh: "zh-CN", mn: "mn-Mong", en: "en" };
const LANGUAGES = [
  ["zh", "中文"],
  ["mn", "ᠮᠣᠩᠭᠣᠯ"],
  ["en", "English"],
];

/** Of how many windows the numbers are shown at most. */
const SHOWN = 8;

const root = document.getElementById("main");
const state = { lang: pageData.lang, frame: pageData.frame.data, freshness: "connecting", link: null };
const now = () => state.link?.now() ?? Date.now();

const say = (key, params) => fill(pageData.tongues[state.lang === "mn" ? "zh" : state.lang][key], params);

/** A text; in Mongolian the Chinese with its column beside it. */
function word(key, params) {
  if (state.lang !== "mn") return say(key, params);
  const mongolian = fill(pageData.tongues.mn[key], params);
  return html`<span class="both"><span>${say(key, params)}</span><span class="mn" lang="mn-Mong">${mongolian}</span></span>`;
}

const listed = (numbers) => numbers.slice(0, SHOWN).join(state.lang === "en" ? ", " : "、");

const name = (names) => (state.lang === "en" && names.en) || names.zh;
const icon = (id) => html`<svg class="icon" aria-hidden="true"><use href="${SPRITE}#${id}"></use></svg>`;

const page = ({ over }) => html`
  <header class="slip__head">
    <p class="slip__hall clip-3" title=${name(pageData.names)}>${name(pageData.names)}</p>
    <div class="button-group" role="group" aria-label=${say("ticket.language")}>${LANGUAGES.map(languageButton)}</div>
    <button class="button button--small" type="button" aria-pressed=${isLarge()} @click=${enlarge}>${icon("zoom-in")}${say("words.elder")}</button>
  </header>
  ${over ? gone(state.frame) : living(state.frame)}
`;

const languageButton = ([lang, label]) => html`
  <button class="button button--small" type="button" aria-pressed=${state.lang === lang} @click=${() => speak(lang)}
    lang=${HTML_LANGUAGES[lang]}>${lang === "mn" ? html`<span class="mn mn--line">${label}</span>` : label}</button>
`;

const gone = ({ date }) => html`
  <div class="empty">${icon("ticket")}<p class="lead">${word("ticket.over", { date })}</p></div>
  ${rates(state.frame)}
  <div class="slip__acts">${tellUs()}</div>
  <footer class="slip__foot">${hallsWork()}</footer>
`;

/** Staff are asked nothing: their rating would be refused. */
const rates = (frame) => pageData.staff ? nothing : ratingsPart(frame, name, { word, say, icon, draw });

const told = ({ zh, mn, en }) => (state.lang === "en" && en ? en : state.lang === "mn" && mn ? html`<span class="both"><span>${zh}</span><span class="mn" lang="mn-Mong">${mn}</span></span>` : zh);

const living = (frame) => html`
  ${frame.emergency ? html`<div class="alarm" role="alert">${icon("triangle-alert")}<p>${told(frame.emergency)}</p></div>` : nothing}
  ${frame.notices.map((each) => html`<div class="note note--special">${icon("megaphone")}<p>${told(each)}</p></div>`)}
  <section class="ticket slip__paper">
    <p class="ticket__name">${name(frame.service)}</p>
    ${state.lang === "mn" && frame.service.mn
      ? html`<p class="mn" lang="mn-Mong">${frame.service.mn}</p>`
      : nothing}
    <h1 class="ticket-number ticket-number--hero ${frame.state === "called" ? "ticket-number--called" : ""}">
      ${number(frame.label)}
    </h1>
    <p class="row slip__states">
      <span class="state state--large" data-state=${frame.state}>${word(`words.state.${frame.state}`)}</span>
      ${frame.priority ? html`<span class="tag tag--special">${word("ticket.priority")}</span>` : nothing}
    </p>
  </section>
  <div class="stack" role="status">${(PARTS[frame.state] ?? plain)(frame)}</div>
  ${mattersPart(frame, { word })} ${backPart(frame, { word, say, icon, draw, isTooLate })} ${way(frame)} ${rates(frame)}
  <div class="slip__acts">
    ${fallback(frame)}
    ${["done", "cancelled", "expired"].includes(frame.state) ? nothing : helpPart({ word, say, icon, draw })}
    ${along()} ${tellUs()} ${pageData.rules ? rules() : nothing} ${cancelPart(frame, { word, say, icon, draw })}
  </div>
  <footer class="slip__foot">
    ${hallsWork()}
    <p class="fine">${word("ticket.taken_at")} <span class="num">${clock(frame.issued_at)}</span></p>
    <span class="freshness" data-freshness=${state.freshness}>${word(`ticket.${state.freshness}`)}</span>
  </footer>
`;

/** What the hall shows everybody of its work. */
const hallsWork = () => html`<nav class="slip__work" aria-label=${say("ticket.work")}>
  <a href="/${pageData.hall}/wall/?lang=${state.lang}">${icon("megaphone")}<span>${word("wall.name")}</span></a>
  <a href="/${pageData.hall}/rankings/departments/?lang=${state.lang}">${icon("building-2")}<span>${word("ticket.departments")}</span></a>
</nav>`;

const tellUs = () => html`<a class="button" href="/t/${pageData.token}/concern/">${icon("file-text")}${word("ticket.tell_us")}</a>`;

const along = () => (pageData.along ? html`<a class="button" href=${pageData.along.href}>${icon("users")}${pageData.along.words}</a>` : nothing);

const waiting = (frame) => html`
  <div class="slip__place">
    <div class="tile">
      <span class="tile__name">${word("ticket.ahead")}</span>
      <span class="tile__figure">${frame.ahead}<small>${word("ticket.people")}</small></span>
    </div>
    <div class="tile">
      <span class="tile__name">${word("ticket.wait")}</span>
      <span class="tile__figure tile__figure--words">${range(frame)}</span>
    </div>
  </div>
  ${!frame.windows.length ? note("info", "ticket.no_window") : frame.ahead === 0 ? note("bell", "ticket.next") : nothing}
  ${frame.windows.length
    ? html`<p class="soft">${word("ticket.windows")} <span class="num">${listed(frame.windows)}</span>
        ${frame.zones.length === 1 ? name(frame.zones[0]) : nothing}</p>`
    : nothing}
`;

const open = ({ state: stands }) => ["now", "ahead"].includes(stands);

/** Whether a step and another may still be done in any order. */
const isLoose = (step, all) => open(step) && all.some((other) => other !== step && other.stage === step.stage && open(other));

/** The steps of a journey, and where each is. */
const way = ({ journey }) =>
  journey
    ? html`<section class="way way--ticket" aria-label=${name(journey.names)}>
        <p class="way__name">${icon("layers")}<b>${name(journey.names)}</b></p>
        <ol class="way__steps">${journey.steps.map(
          (step, _, all) => html`<li class="way__step" data-step=${step.state} aria-current=${step.state === "now" ? "step" : nothing}>
            <span class="grow">${step.back ? word("journeys.back") : name(step.names)}</span>
            ${step.windows.length && step.state !== "skipped"
              ? html`<span class="fine num">${say("ticket.at_windows", { numbers: listed(step.windows) })} ${step.zones.length === 1 ? name(step.zones[0]) : nothing}</span>`
              : nothing}
            ${isLoose(step, all) ? html`<span class="fine way__loose">${word("journeys.any_order")}</span>` : nothing}
            <span class="tag tag--plain">${word(`journeys.state.${step.state}`)}</span></li>`,
        )}</ol></section>`
    : nothing;

/** The way to the fallback window: why it is this ticket's, or the button that asks for it, in two steps. */
const fallback = ({ fallback: { reason, may_ask: mayAsk }, state: stands }) => {
  if (reason && ["waiting", "called"].includes(stands))
    return html`<div class="note note--special">${icon("shield")}<p>${word("ticket.to_fallback")} <b>${word(`fallback.reason.${reason}`)}</b></p></div>`;
  if (!mayAsk) return nothing;
  if (!state.asking)
    return html`<button class="button" type="button" @click=${() => draw((state.asking = true))}>${icon("shield")}${word("ticket.ask_fallback")}</button>`;
  return html`<div class="card card--special stack" role="group" aria-label=${say("ticket.ask_fallback")}>
    <p>${word("ticket.ask_fallback_lead")}</p>
    ${state.refusal ? html`<p class="field__error" role="alert">${state.refusal}</p>` : nothing}
    <div class="row">
      <button class="button" type="button" @click=${() => draw((state.asking = false))}>${word("ticket.ask_fallback_no")}</button>
      <button class="button button--primary" type="button" aria-busy=${Boolean(state.busy)} @click=${askForFallback}>${word("ticket.ask_fallback_yes")}</button>
    </div></div>`;
};

async function askForFallback() {
  if (state.busy) return;
  draw(Object.assign(state, { busy: true, refusal: "", key: state.key ?? newKey() }));
  try {
    await post(`/t/${pageData.token}/fallback/`, {}, { key: state.key });
    Object.assign(state, { asking: false, key: null });
  } catch (error) {
    Object.assign(state, { refusal: error instanceof Refusal ? error.message : say("ticket.stale"), key: error instanceof Refusal ? null : state.key });
  }
  draw((state.busy = false));
}

const called = ({ window }) => html`
  <div class="summons">
    <p>${word("ticket.go")}</p>
    <p class="window-number window-number--hero">${window.number}<small>${say("ticket.window")}</small></p>
    <p class="summons__way">${icon("map-pin")}<span>${name(window.way)}</span>${state.lang === "mn" && window.way.mn ? html`<span class="mn" lang="mn-Mong">${window.way.mn}</span>` : nothing}</p>
  </div>
`;

const serving = ({ window }) => html`
  <div class="note">${icon("user")}<p>${word("ticket.serving")} <b class="num">${window.number}</b></p></div>
`;

const plain = (frame) => note("info", `ticket.${frame.state}`);
const done = () => html`<div class="note note--done">${icon("circle-check")}<p>${word("ticket.done")}</p></div>`;
const missed = ({ own }) => html`<div class="note note--special">${icon("triangle-alert")}<p>${word(missedWords(own))}
  ${own.requeue_until && !isTooLate(own) ? html`<b>${word("ticket.missed_until", { time: clock(own.requeue_until) })}</b>` : nothing}</p></div>`;
const missedWords = (own) => (isTooLate(own) ? "ticket.missed_late" : own.may_requeue ? "ticket.missed_here" : "ticket.missed");

/** Whether a missed number is past what the hall's rules let come back, by the hall's own clock. */
const isTooLate = (own) => own.is_late || (own.requeue_until !== null && now() > Date.parse(own.requeue_until));
const note = (id, key) => html`<div class="note">${icon(id)}<p>${word(key)}</p></div>`;

const joined = ({ own }) => html`<div class="note">${icon("info")}<p>${word("ticket.joined", own)}</p></div>`;

const PARTS = { joined, waiting, called, serving, done, missed };

const rules = () => html`
  <details class="slip__rules"><summary>${icon("chevron-down")}${word("ticket.rules")}</summary>
    <ul>${pageData.rules.split("\n").map((each) => html`<li>${each}</li>`)}</ul></details>
`;

function range({ low, high }) {
  if (high === null) return word("ticket.no_range");
  return low ? word("ticket.range", { low, high }) : word("ticket.under", { high });
}

function number(label) {
  const letters = label.match(/^[A-Z]*/)[0];
  return html`<i>${letters}</i>${label.slice(letters.length)}`;
}

function speak(lang) {
  state.lang = lang;
  remember("hq_lang", lang);
  draw();
}

const isLarge = () => document.documentElement.dataset.view === "elder";

/** Large print, or the usual again; this browser's other pages follow. */
function enlarge() {
  document.documentElement.dataset.view = isLarge() ? "normal" : "elder";
  remember("hq_view", document.documentElement.dataset.view);
  draw();
}

function remember(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}

function draw() {
  document.documentElement.lang = HTML_LANGUAGES[state.lang === "mn" ? "zh" : state.lang];
  const { label, state: stands, window: where } = state.frame;
  document.title = stands === "called" ? `${label} → ${where.number}${say("ticket.window")}` : (label ?? say("ticket.title"));
  render(page(state.frame), root);
}

function onFrame({ data }) {
  const calledNow = data.state === "called" && data.called_at !== state.frame.called_at;
  state.frame = data;
  if (calledNow) navigator.vibrate?.([400, 200, 400]);
  draw();
}

root.replaceChildren();
draw();
if (!state.frame.over || state.frame.ratings.length) {
  state.link = look([`ticket:${pageData.hall}:${pageData.token}`], {
    build: pageData.build,
    onFrame,
    onFresh: ({ fresh }) => {
      state.freshness = fresh ? "live" : "stale";
      draw();
    },
  });
  setInterval(() => state.frame.own?.requeue_until && draw(), 5000);
}
