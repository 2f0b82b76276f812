// The board: the last calls, who waits where, and the voice.

import { pageData, t } from "../hallqueue/page.js";
import { html, nothing, render } from "../hallqueue/vendor/lit-html.js";
import { repeat } from "../hallqueue/vendor/directives/repeat.js";
import { Announcer, TOO_OLD, sayingOf } from "./announcer.js";
import { Flashes, icon, lookThroughGlass, ticketNumber, windowNumber } from "./glass.js";
import { showNotices } from "./notice_line.js";
import { playerOn } from "./player.js";

const MOST_AREAS = 9;
const FEWEST_ROWS = 3;
const MOST_SPOKEN_KEPT = 50;
const FAULT_SHOWN = 15_000;
const STRIP = matchMedia("(max-height: 22rem), (max-height: 320px)");
const UPRIGHT = matchMedia("(max-aspect-ratio: 1/1)");

const calls = document.getElementById("calls");
const areas = document.getElementById("areas");
const button = document.getElementById("sound");
const spokenHere = `spoken:${pageData.topic}`;

let shown = null;
let now = Date.now;

const flashes = new Flashes(() => draw());
const play = playerOn(document.getElementById("voice"));
const tryOut = playerOn(new Audio()); // apart from the voice, so that trying the sound never cuts a call
const announcer = new Announcer({
  play: (call) => play(`/${pageData.hall}/sound/${call.sound}.wav`),
  now: () => now(),
  spoken: spokenBefore(),
  onSpoken: remember,
  onBlocked: () => showSound("blocked"),
  onFault: (call) => showFault(call),
});

lookThroughGlass((frame, serverNow) => {
  [shown, now] = [frame, serverNow];
  const young = frame.data.calls.filter((call) => now() - Date.parse(call.said_at) <= TOO_OLD);
  flashes.note(young.map((call) => sayingOf(frame.epoch, call)));
  flashes.know(frame.data.calls.map((call) => sayingOf(frame.epoch, call)));
  draw();
  announcer.hear(frame.epoch, frame.data.calls);
});

for (const media of [STRIP, UPRIGHT]) media.addEventListener("change", () => draw());

function draw() {
  if (!shown) return;
  const rows = shown.data.calls.slice(0, mostRows());
  calls.style.setProperty("--others", Math.max(rows.length, FEWEST_ROWS) - 1);
  calls.classList.toggle("board__calls--empty", rows.length === 0);
  render(rows.length ? list(rows) : howTo(), calls);
  render(waiting(shown.data.areas), areas);
  showNotices(shown.data.notices);
}

function mostRows() {
  if (STRIP.matches) return 3;
  return UPRIGHT.matches ? 8 : 6;
}

function list(rows) {
  return html`<ol class="board__list">${repeat(rows, (call) => call.id, row)}</ol>`;
}

function row(call, place) {
  const calling = call.state === "called";
  const fresh = flashes.has(sayingOf(shown.epoch, call)) ? "call--fresh" : "";
  const newest = place === 0 ? (calling ? "call--first call--newest" : "call--first") : "";
  return html`<li class="call ${newest} ${fresh}" data-call=${call.id} data-said=${call.said}>
    ${ticketNumber(call.label, calling && place ? "ticket-number--called" : "")}
    <span class="call__way">${icon("arrow-right")}</span>
    ${windowNumber(call.window)}
    <span class="board__place">
      <span class="clip-2" title=${call.direction}>${call.direction}</span>
      <span class="board__marks">${marks(call, calling)}</span>
    </span>
  </li>`;
}

function marks(call, calling) {
  const fallback = call.fallback ? html`<span class="state" data-state="fallback">${t("board.fallback")}</span>` : nothing;
  if (!calling) return html`${fallback}<span class="state" data-state=${call.state}>${t(`board.state.${call.state}`)}</span>`;
  return html`${fallback}${call.said > 1 ? html`<span class="board__said">${t("board.said", { count: call.said })}</span>` : nothing}`;
}

function howTo() {
  const steps = ["ticket", "users", "megaphone"];
  const texts = ["board.empty_take", "board.empty_wait", "board.empty_come"];
  const step = (name, at) => html`<li class="board__step">
    ${icon(name)}<b class="num">${at + 1}</b><span>${t(texts[at])}</span>${mongolian(texts[at])}
  </li>`;
  const head = shown.data.hall.is_open ? "board.empty" : "board.closed";
  return html`<div class="board__howto">
    <h2 class="bilingual"><span>${t(head)}</span>${mongolian(head)}</h2>
    <ol class="board__steps">${steps.map(step)}</ol>
  </div>`;
}

function mongolian(key) {
  return html`<span class="mn" lang="mn-Mong">${pageData.mn[key]}</span>`;
}

function waiting(found) {
  const all = found.reduce((sum, area) => sum + area.waiting, 0);
  const rows = found.length > MOST_AREAS ? [...found.slice(0, MOST_AREAS - 1), together(found.slice(MOST_AREAS - 1))] : found;
  return html`<h2 class="board__areas-head"><span class="bilingual"><span>${t("board.waiting")}</span>${mongolian("board.waiting")}</span>
      <b class="num">${all}</b></h2>
    <ul class="board__zones" data-many=${rows.length > 4 ? "yes" : "no"}>${rows.map(area)}</ul>`;
}

function together(found) {
  return { zone: "", waiting: found.reduce((sum, each) => sum + each.waiting, 0) };
}

function area({ zone, zone_mn: column, waiting: count }) {
  return html`<li class="board__zone"><span class="bilingual"><span class="clip-2" title=${zone}>${zone || t("board.elsewhere")}</span>
      ${column ? html`<span class="mn" lang="mn-Mong">${column}</span>` : nothing}</span>
    <b class="num">${count}</b></li>`;
}

/* The voice: what the button says, and what a person's touch does. */

button.addEventListener("click", async () => {
  try {
    await tryOut(`/${pageData.hall}/sound/chime.wav`);
    showSound("on");
  } catch {
    showSound("blocked");
  }
  announcer.resume();
});

function showSound(state) {
  button.dataset.sound = state;
  button.classList.toggle("board__sound--blocked", state === "blocked");
  button.lastElementChild.textContent = t(`board.sound_${state === "blocked" ? "blocked" : state === "on" ? "on" : "test"}`);
}

function showFault(call) {
  button.dataset.sound = "fault";
  button.lastElementChild.textContent = t("board.sound_fault", { label: call.label });
  setTimeout(() => showSound("test"), FAULT_SHOWN);
}

function spokenBefore() {
  return JSON.parse(sessionStorage.getItem(spokenHere) ?? "[]");
}

function remember(saying) {
  if (button.dataset.sound === "blocked") showSound("test");
  sessionStorage.setItem(spokenHere, JSON.stringify([...spokenBefore(), saying].slice(-MOST_SPOKEN_KEPT)));
}
