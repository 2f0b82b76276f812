// The line at a board's foot: its advice, or the notices that stand, one after the other.

import { t } from "../hallqueue/page.js";

const TURN = 8000;

const line = document.getElementById("notice");
const shown = { notices: [], turn: 0 };

/** The notices of a frame; the line changes at once when they do. */
export function showNotices(notices) {
  shown.notices = notices;
  draw();
}

function draw() {
  const notice = shown.notices[shown.turn % (shown.notices.length || 1)];
  line.textContent = notice ? notice.zh : t("board.advice");
  line.classList.toggle("board__notice", Boolean(notice));
}

setInterval(() => ((shown.turn += 1), draw()), TURN);
