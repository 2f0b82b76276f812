// The test of one bar: sends the words, and shows beside them what one should see on the real one.

import { pageData, post, Refusal, t } from "../hallqueue/page.js";
import { showStrip } from "./led.js";

const LOOK_AGAIN = 1000; // a text in pages turns, a test ends after a while
const base = `/${pageData.hall}/cards/${pageData.card}/`;
const picture = document.getElementById("should");
const glass = picture.parentElement;
let shape = "";

/** A text longer than the bar runs over it here too, at the size of its lamps; a text as long as the last one runs on. */
function fit() {
  const found = `${picture.naturalWidth} × ${picture.naturalHeight}`;
  if (found === shape) return;
  shape = found;
  showStrip(glass, pageData.size, picture.naturalWidth / picture.naturalHeight > (pageData.size[0] / pageData.size[1]) * 1.01);
}

const again = () => (picture.src = `${base}should.png?at=${Date.now()}`);
const lookAgain = () => picture.complete && !document.hidden && again();

picture.addEventListener("load", fit);
fit();
setInterval(lookAgain, LOOK_AGAIN);

document.getElementById("tester")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = document.getElementById("words").value;
  try {
    say(t("cards.tested", await post(`${base}test/`, { words })));
    again();
  } catch (error) {
    say(error instanceof Refusal ? error.message : t("cards.unreachable"), true);
  }
});

function say(sentence, refused = false) {
  const note = document.createElement("p");
  note.className = refused ? "toast toast--refused" : "toast";
  note.textContent = sentence;
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 5000);
}
