// The page of the LED bars: what the frame says, drawn whole; beside it what each card acknowledged, asked for each second.

import { look } from "../hallqueue/live.js";
import { exactClock } from "../hallqueue/moments.js";
import { pageData, post, Refusal, t } from "../hallqueue/page.js";
import { toast } from "../hallqueue/toast.js";
import { icon, word } from "../hallqueue/words.js";
import { html, nothing, render } from "../hallqueue/vendor/lit-html.js";
import { repeat } from "../hallqueue/vendor/directives/repeat.js";
import { showStrip } from "./led.js";

const LOOKS = { ok: "open", unheard: "serving", unknown: "closed" };
const ASK_EVERY = 1000;
const page = document.getElementById("cards");

let cards = [];
let seq = 0;
let known = {};

function draw() {
  render(
    cards.length
      ? html`<div class="grid bars">${repeat(cards, (card) => card.id, cardOf)}</div>`
      : html`<div class="empty">${icon("monitor")}<p>${t("cards.none")}</p></div>`,
    page,
  );
  page.querySelectorAll(".bar").forEach(fit);
}

function cardOf(card) {
  const seen = known[card.id] ?? {};
  return html`<article class="card ${card.down ? "card--alarm" : ""}">
    <div class="row row--spread"><h2 class="bars__name">${card.name}</h2>${condition(card)}</div>
    ${seen.version === undefined ? picture(card, `should.png?seq=${seq}`, "cards.should", card.runs) : picture(card, `bar.png?version=${seen.version}`, "cards.does", seen.runs)}
    <p class="fine bars__address">${[t(`cards.family.${card.family}`), card.what, card.twin ? t("cards.twin") : card.address, card.station ? t("cards.station", card) : ""].filter(Boolean).join(" · ")}</p>
    ${card.down ? html`<p>${word(`cards.advice.${card.condition}`)}</p>` : nothing}
    <p class="soft">${seen.shown_at ? html`<span class="bars__shown">${t("cards.confirmed", { text: seen.shown || t("cards.dark") })}</span>` : nothing}
      ${seen.seen_at ? html`<span class="fine">${t("cards.seen", { time: exactClock(seen.seen_at) })}</span>` : nothing}</p>
    <div class="row">
      ${pageData.may_test && card.active ? html`<button class="button button--small" type="button" @click=${() => test(card)}>${icon("send")}${t("cards.test")}</button>` : nothing}
      ${pageData.may_change ? html`<a class="button button--small" href="${card.id}/">${icon("pencil")}${t("cards.edit")}</a>` : nothing}
    </div>
    ${pageData.may_test && seen.fault ? faults(card, seen.fault) : nothing}
  </article>`;
}

const picture = (card, source, name, runs) =>
  html`<div class="bar" .size=${card.size} .runs=${runs}><img src="${card.id}/${source}" alt="${t(name)}: ${card.text || t("cards.dark")}" @load=${(event) => fit(event.target.parentElement)}></div>`;

const fit = (glass) => showStrip(glass, glass.size, Boolean(glass.runs));

function condition(card) {
  if (!card.active) return html`<span class="state" data-state="closed">${t("cards.inactive")}</span>`;
  return html`<span class="state" data-state=${LOOKS[card.condition] ?? "stranded"}>${t(`cards.condition.${card.condition}`)}</span>`;
}

const faults = (card, now) => html`<details><summary>${t("cards.fault_title")}</summary>
  <div class="button-group" role="group" aria-label=${t("cards.fault_title")}>${pageData.faults.map(
    (fault) => html`<button class="button button--small" type="button" aria-pressed=${fault === now} @click=${() => say(`${card.id}/fault/`, { fault }).then(ask)}>${t(`cards.fault.${fault}`)}</button>`,
  )}</div></details>`;

async function test(card) {
  const told = await say(`${card.id}/test/`, { words: t("cards.test_words") });
  if (told) toast(t("cards.tested", told));
}

async function say(url, fields) {
  try {
    return await post(url, fields);
  } catch (error) {
    toast(error instanceof Refusal ? error.message : t("cards.unreachable"), true);
    return null;
  }
}

/** What is known beside the log; drawn again only if it is something new. */
async function ask() {
  const response = await fetch("shows/", { headers: { Accept: "application/json" } }).catch(() => null);
  const now = response?.ok ? await response.json() : known;
  if (JSON.stringify(now) === JSON.stringify(known)) return;
  known = now;
  draw();
}

function show(frame) {
  cards = frame.data.cards;
  seq = frame.seq;
  draw();
}

function freshness({ fresh, since }) {
  const chip = document.getElementById("freshness");
  chip.dataset.freshness = fresh ? "live" : "stale";
  chip.textContent = t(fresh ? "cards.live" : "cards.connecting");
  const banner = document.getElementById("stale");
  banner.hidden = fresh;
  if (!fresh) banner.textContent = t("cards.stale", { time: exactClock(since) });
}

show(pageData.frame);
ask();
setInterval(() => document.hidden || ask(), ASK_EVERY);
look([`card:${pageData.hall}:all`], { build: pageData.build, onFrame: show, onFresh: freshness });
