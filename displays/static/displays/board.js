// The board: its layout's parts, what goes over them, and the voice. A call always comes before a notice.

import { pageData } from "../hallqueue/page.js";
import { TOO_OLD, sayingOf } from "./announcer.js";
import { Arranged, drawOver } from "./arranged.js";
import { draw as drawPart, oneBig, rowsFor } from "./board_parts.js";
import { announcerOf } from "./board_sound.js";
import { Flashes } from "./glass.js";
import { showNotices } from "./notice_line.js";
import { NoticePlayer } from "./notice_player.js";

// How long a call has the glass to itself where notices had it before.
const CALL_STANDS = 12_000;

const board = document.getElementById("board");
const parts = { main: document.getElementById("main-part"), side: document.getElementById("side-part") };

const arranged = new Arranged(take, draw);
const flashes = new Flashes(() => draw());
const announcer = announcerOf(() => arranged.now());
const player = new NoticePlayer();

let heard = false; // the server, by this page

/** What is young flashes; of what was called before this page was there, the newest call alone. */
function take({ epoch, data }) {
  const newest = youngestOf(data.calls);
  const young = data.calls.filter((call) => age(call) <= TOO_OLD && (heard || call === newest));
  flashes.note(young.map((call) => sayingOf(epoch, call)));
  flashes.know(data.calls.map((call) => sayingOf(epoch, call)));
}

function draw() {
  const { layout, playing } = arranged;
  const { data } = arranged.frame;
  const call = youngestOf(data.calls);
  const alone = layout.interlude > 0 && (!call || age(call) > layout.interlude * 1000);
  const interlude = alone && playing.length > 0 && layout.main !== "notices" && !pageData.example;
  const calling = Boolean(call) && age(call) < CALL_STANDS && call.state === "called";
  const where = { main: interlude ? "notices" : layout.main, side: interlude && usesNotices(layout.side) ? "areas" : layout.side };
  [board.dataset.main, board.dataset.side] = [where.main, where.side];
  for (const name of ["main", "side"]) drawInto(parts[name], where[name], playing, calling);
  const isOver = calling && (data.emergency || where.main === "notices");
  drawOver(data.emergency, isOver ? oneBig(call, { epoch: arranged.frame.epoch, flashes }) : null);
  showNotices(data.notices);
}

const usesNotices = (part) => part === "notices" || part === "both";

function drawInto(place, part, list, calling) {
  const { layout, frame } = arranged;
  const context = { data: frame.data, epoch: frame.epoch, flashes, sized: Boolean(layout.em), rows: rowsFor(place, layout.em) };
  place.dataset.part = part;
  drawPart(place, part, context);
  const stage = place.querySelector(".notices");
  if (stage) player.show(stage, list, { paused: calling || Boolean(frame.data.emergency) });
}

function youngestOf(calls) {
  return calls.reduce((last, call) => (!last || call.said_seq > last.said_seq ? call : last), null);
}

function age(call) {
  return arranged.now() - Date.parse(call.said_at);
}

arranged.start(({ epoch, data }) => {
  heard = true;
  announcer.hear(epoch, data.calls, data.voice);
});
