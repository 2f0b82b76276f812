// The page of a computer that only speaks: what it said last, and which of the browser's own voices it uses.

import { pageData, t } from "../hallqueue/page.js";
import { html, render } from "../hallqueue/vendor/lit-html.js";
import { announcerOf } from "./board_sound.js";
import { chooseVoice, chosenVoice, isResting, lostVoice, sayBy, voicesHere } from "./browser_voice.js";
import { lookThroughGlass, ticketNumber, windowNumber } from "./glass.js";

const MOST = 6;
const LOOK_AGAIN = 3_000; // a voice begins and ends its rest between two frames
const calls = document.getElementById("calls");
const own = document.getElementById("own");

let now = Date.now;
let voice = { browser: false, rate: 1, volume: 100 };
const announcer = announcerOf(() => now());

lookThroughGlass((frame, serverNow) => {
  [now, voice] = [serverNow, frame.data.voice];
  announcer.hear(frame.epoch, frame.data.calls, voice);
  const last = frame.data.calls.slice(0, MOST);
  render(last.length ? html`<ol class="speaker__list">${last.map(row)}</ol>` : html`<p class="lead soft">${t("board.empty")}</p>`, calls);
  drawVoices();
});

const row = (call) => html`<li class="speaker__call">${ticketNumber(call.label)}${windowNumber(call.window)}</li>`;

function drawVoices() {
  const names = voicesHere();
  const chosen = chosenVoice();
  const option = (name) => html`<option value=${name} ?selected=${name === chosen}>${name || t("voice.browser_none")}</option>`;
  render(
    html`<h2>${t("voice.browser")}</h2>
      <p class="soft" id="browser-now">${whoSpeaks(names, chosen)}</p>
      <label class="field"><span class="field__label">${t("voice.browser_choose")}</span>
        <select class="input" id="browser-voice" @change=${choose} ?disabled=${!names.length}>${["", ...names].map(option)}</select></label>
      <button class="button" type="button" ?disabled=${!chosen} @click=${tryIt}>${t("voice.browser_try")}</button>
      <p role="alert" id="browser-said"></p>`,
    own,
  );
}

/** In a sentence: whether the voice chosen here says the calls, and why not. */
function whoSpeaks(names, chosen) {
  if (!names.length) return t("voice.browser_missing");
  if (lostVoice()) return t("voice.browser_lost", { name: lostVoice() });
  if (!voice.browser) return t("voice.browser_later");
  if (!chosen) return t("voice.browser_first");
  return isResting() ? t("voice.browser_resting") : t("voice.browser_speaks", { name: chosen });
}

function choose(event) {
  chooseVoice(event.target.value);
  drawVoices();
}

async function tryIt() {
  const said = document.getElementById("browser-said");
  said.textContent = "";
  try {
    await sayBy(chosenVoice(), pageData.texts["voice.trial"], { rate: voice.rate, volume: voice.volume / 100 });
  } catch {
    said.textContent = t("voice.browser_failed");
  }
}

globalThis.speechSynthesis?.addEventListener("voiceschanged", drawVoices);
setInterval(drawVoices, LOOK_AGAIN);
drawVoices();
