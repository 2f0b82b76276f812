// The test of one bar: sends the words, and shows beside them what one should see on the real one.

import { pageData, post, Refusal, t } from "../hallqueue/page.js";
import { showStrip } from "./led.js";

const STANDS_MS = 30_500;
const base = `/${pageData.hall}/cards/${pageData.card}/`;
const picture = document.getElementById("should");
const glass = picture.parentElement;
// A text longer than the bar runs over it here too, at the size of its lamps.
const fit = () => showStrip(glass, pageData.size, picture.naturalWidth / picture.naturalHeight > (pageData.size[0] / pageData.size[1]) * 1.01);
const again = () => (picture.src = `${base}should.png?at=${Date.now()}`);

picture.addEventListener("load", fit);
fit();

document.getElementById("tester")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = document.getElementById("words").value;
  try {
    say(t("cards.tested", await post(`${base}test/`, { words })));
    again();
    setTimeout(again, STANDS_MS);
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
