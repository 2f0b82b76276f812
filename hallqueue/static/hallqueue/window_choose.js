// Choosing a window: type its number, Enter sits down; one where somebody sits is refused, or taken over explicitly.

import { look } from "./live.js";
import { clock } from "./moments.js";
import { pageData, Refusal, t, Unreachable } from "./page.js";
import { html, nothing, render } from "./vendor/lit-html.js";
import { repeat } from "./vendor/directives/repeat.js";
import { live as liveValue } from "./vendor/directives/live.js";
import { say, saying } from "./window_say.js";
import { icon, number, state, toast } from "./window_words.js";

const root = document.getElementById("choose");
const page = { held: pageData.frame, query: "", asked: null };
const me = pageData.me;

function take(next) {
  if (next.epoch === page.held.epoch && next.seq < page.held.seq) return;
  page.held = next;
  draw();
}

const isMine = (window) => window.shift?.user === me.user;

/** Windows that fit what was typed: figures are a number, words a name or zone; one's own comes first. */
function fitting() {
  const query = page.query.trim();
  const all = page.held.data.windows;
  const found = /^\d+$/.test(query)
    ? all.filter((window) => String(window.number).startsWith(query))
    : all.filter((window) => `${window.name}${window.zone}${window.takes.names.join("")}`.includes(query));
  return [...found].sort((one, other) => isMine(other) - isMine(one) || exact(other, query) - exact(one, query));
}

const exact = (window, query) => String(window.number) === query;
const address = (window) => `${location.pathname}${window.number}/`;

async function sit(window, takeOver = false) {
  if (isMine(window)) return location.assign(address(window));
  try {
    const answer = await say(`${address(window)}sit/`, "sit", { take_over: takeOver }, draw);
    if (answer) location.assign(address(window));
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof Unreachable)) throw error;
    page.asked = error.code === "window_taken" ? { number: window.number, sentence: error.message } : null;
    if (!page.asked) toast(error.message, true);
    draw();
    root.querySelector("[data-take-over]")?.focus();
  }
}

function submit(event) {
  event.preventDefault();
  const [first] = fitting();
  if (first && page.query.trim()) void sit(first);
}

const pageView = () => html`
  <div class="page-head">
    <div><h1>${t("window.choose_title")}</h1><p class="lead">${t("window.choose_lead")}</p></div>
    <form class="choose__search" @submit=${submit} role="search">
      <label class="search"><span class="visually-hidden">${t("window.choose_search")}</span>${icon("search")}
        <input class="input" autocomplete="off" placeholder=${t("window.choose_search")} maxlength="40"
          .value=${liveValue(page.query)} @input=${(event) => { page.query = event.target.value; page.asked = null; draw(); }}></label>
    </form>
  </div>
  ${fitting().length ? nothing : html`<div class="empty">${icon("search")}<p>${t("window.no_such")}</p></div>`}
  <ul class="grid choose">${repeat(fitting(), (window) => window.number, cardView)}</ul>`;

const cardView = (window) => html`
  <li class="card choose__card ${window.fallback ? "card--special" : ""}" data-number=${window.number}>
    <div class="card__head"><span class="window-number window-number--lg">${window.number}<small>${t("window.number_unit")}</small></span>
      ${state(window.state, t(`words.window_state.${window.state}`))}</div>
    <p class="clip-2 choose__takes" title=${window.takes.names.join("、")}>${aboutView(window)}</p>
    <p class="row choose__who">${icon("user")}<span>${whoWords(window)}</span>
      ${window.ticket ? html`${number(window.ticket.label)}` : nothing}
      <span class="fine num">${t("window.people_waiting", { count: window.waiting })}</span></p>
    ${page.asked?.number === window.number ? takeOverView(window) : buttonsView(window)}
  </li>`;

function aboutView(window) {
  if (window.fallback) return html`<b>${t("window.fallback")}</b> ${t("window.takes_fallback")}`;
  return html`<b>${window.name || window.zone}</b> <span class="soft">${window.takes.names.join("、")}</span>`;
}

const whoWords = (window) =>
  isMine(window) ? t("window.yours") : window.shift ? t("window.sits", window.shift) : t("window.free");

const buttonsView = (window) => html`
  <div class="card__foot">
    <button class="button ${isMine(window) ? "button--primary" : ""} grow" type="button" aria-busy=${Boolean(saying.verb)}
      @click=${() => void sit(window)}>${t(isMine(window) ? "window.enter" : "window.sit")}</button>
    <a class="button button--quiet" href=${address(window)}>${t("window.look")}</a>
  </div>`;

const takeOverView = (window) => html`
  <div class="note note--special" role="alert"><div class="stack tight">
    <p>${page.asked.sentence}</p><p class="fine">${t("window.take_over_told")}</p>
    <div class="row"><button class="button button--primary" type="button" data-take-over @click=${() => void sit(window, true)}>
        ${t("window.take_over")}</button>
      <button class="button" type="button" @click=${() => { page.asked = null; draw(); }}>${t("window.close_dialog")}</button></div></div></div>`;

function draw() {
  render(pageView(), root);
}

function freshness({ fresh, since, why }) {
  if (why) return location.reload();
  const sign = document.getElementById("freshness");
  sign.dataset.freshness = fresh ? "live" : "stale";
  sign.textContent = t(fresh ? "window.live" : "window.offline");
  const banner = document.getElementById("stale");
  banner.hidden = fresh;
  banner.textContent = t("window.stale", { time: clock(since) });
}

draw();
look([`windows:${pageData.hall}:`], { build: pageData.build, onFrame: take, onFresh: freshness });
root.querySelector("input").focus();
