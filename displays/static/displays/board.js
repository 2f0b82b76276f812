// The board: its layout's parts, what goes over them, and the voice. A call always comes before a notice.

import { pageData, t } from "../hallqueue/page.js";
import { html, nothing, render } from "../hallqueue/vendor/lit-html.js";
import { TOO_OLD, sayingOf } from "./announcer.js";
import { draw as drawPart, mongolian, oneBig, rowsFor } from "./board_parts.js";
import { announcerOf } from "./board_sound.js";
import { Flashes, icon, keepClock, lookThroughGlass, showKept } from "./glass.js";
import { keepBoard, keptBoard } from "./keep.js";
import { showNotices } from "./notice_line.js";
import { NoticePlayer, fit } from "./notice_player.js";
import { isNight, playingNow } from "./programme.js";

// How long a call has the glass to itself where notices had it before.
const CALL_STANDS = 12_000;
const LOOK = 1000;

const board = document.getElementById("board");
const parts = { main: document.getElementById("main-part"), side: document.getElementById("side-part") };
const over = document.getElementById("over");
const display = document.querySelector(".display");

let shown = null;
let now = Date.now;
let programme = pageData.programme;

const flashes = new Flashes(() => draw());
const announcer = announcerOf(() => now());
const player = new NoticePlayer();

function take(frame, serverNow) {
  [shown, now] = [frame, serverNow];
  const young = frame.data.calls.filter((call) => age(call) <= TOO_OLD);
  flashes.note(young.map((call) => sayingOf(frame.epoch, call)));
  flashes.know(frame.data.calls.map((call) => sayingOf(frame.epoch, call)));
  draw();
}

function start() {
  arrange();
  if (pageData.example) {
    keepClock(Date.now);
    return take({ epoch: "example", data: pageData.example }, Date.now);
  }
  const kept = keptBoard();
  if (kept) {
    programme = kept.programme;
    arrange();
    take(kept.frame, () => Date.now() + kept.offset);
    showKept(kept.at, kept.offset);
  }
  lookThroughGlass(
    (frame, serverNow) => {
      take(frame, serverNow);
      announcer.hear(frame.epoch, frame.data.calls, frame.data.voice);
      if (frame.data.programme !== programme.version) fetchProgramme();
      keepBoard(frame, programme, serverNow() - Date.now());
    },
    { offset: kept?.offset, onRefused: () => setTimeout(() => location.reload(), 5000) },
  );
}

/* What the frame only names: layout and playlists, asked for once for each version. */

async function fetchProgramme() {
  const answer = await fetch(`programme.json${location.search}`).catch(() => null);
  if (!answer?.ok) return;
  const found = await answer.json();
  if (found.topic !== pageData.topic) return location.reload();
  programme = found;
  keepBoard(shown, programme, now() - Date.now());
  arrange();
  draw();
}

function arrange() {
  const { layout } = programme;
  display.dataset.turn = layout.turn;
  display.dataset.mongolian = layout.mongolian ? "yes" : "no";
  board.classList.toggle("board--sized", Boolean(layout.em));
  if (layout.em) board.style.setProperty("--digits", `${layout.em * display.clientHeight}px`);
}

/* The look once a second: night and day, which notices play, whether a call has stood long enough. */

function dress() {
  if (pageData.theme) return;
  const { dress: wish, night } = programme.layout;
  const dark = wish === "night" || (wish === "timed" && isNight(night, now(), pageData.time_zone));
  document.documentElement.dataset.theme = wish === "contrast" ? "contrast" : dark ? "dark" : "light";
}

function draw() {
  if (!shown) return;
  const { layout } = programme;
  const call = youngestCall();
  const alone = layout.interlude > 0 && (!call || age(call) > layout.interlude * 1000);
  const list = playingNow(programme.playlists, now(), pageData.time_zone);
  const interlude = alone && list.length > 0 && layout.main !== "notices" && !pageData.example;
  dress();
  const calling = Boolean(call) && age(call) < CALL_STANDS && call.state === "called";
  const where = { main: interlude ? "notices" : layout.main, side: interlude && usesNotices(layout.side) ? "areas" : layout.side };
  [board.dataset.main, board.dataset.side] = [where.main, where.side];
  for (const name of ["main", "side"]) drawInto(parts[name], where[name], list, calling);
  overAll(where, calling ? call : null);
  showNotices(shown.data.notices);
}

const usesNotices = (part) => part === "notices" || part === "both";

function drawInto(place, part, list, calling) {
  const context = { data: shown.data, epoch: shown.epoch, flashes, sized: Boolean(programme.layout.em), rows: rowsFor(place, programme.layout.em) };
  place.dataset.part = part;
  drawPart(place, part, context);
  const stage = place.querySelector(".notices");
  if (stage) player.show(stage, list, { paused: calling || Boolean(shown.data.emergency) });
}

/** Over the board: the emergency, and beside it or over the notices the call that was just made. */
function overAll(where, call) {
  const emergency = shown.data.emergency;
  const callOver = call && (emergency || where.main === "notices");
  over.hidden = !emergency && !callOver;
  board.dataset.over = emergency ? "emergency" : callOver ? "call" : "no";
  const alarm = emergency
    ? html`<div class="emergency" role="alert"><p class="emergency__head">${icon("triangle-alert")}<span>${t("board.emergency")}</span>${mongolian("board.emergency")}</p>
        <p class="emergency__words">${emergency.zh}</p>
        ${emergency.mn ? html`<p class="emergency__mn mn" lang="mn-Mong">${emergency.mn}</p>` : nothing}</div>`
    : nothing;
  const calling = callOver ? oneBig(call, { epoch: shown.epoch, flashes }) : nothing;
  render(html`${alarm}${calling}`, over);
  if (emergency) fit(over.querySelector(".emergency__words"));
}

function youngestCall() {
  return shown.data.calls.reduce((last, call) => (!last || call.said_seq > last.said_seq ? call : last), null);
}

function age(call) {
  return now() - Date.parse(call.said_at);
}

start();
setInterval(draw, LOOK);
new ResizeObserver(() => (arrange(), draw())).observe(display);
