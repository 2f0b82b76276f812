// The screen above one window: its number, whom it serves, how it stands, and who is next.

import { pageData, t } from "../hallqueue/page.js";
import { html, nothing, render } from "../hallqueue/vendor/lit-html.js";
import { TOO_OLD, sayingOf } from "./announcer.js";
import { Flashes, lookThroughGlass, ticketNumber, windowNumber } from "./glass.js";

const place = document.getElementById("screen");
let shown = null;

const flashes = new Flashes(() => draw());

lookThroughGlass((frame, now) => {
  shown = frame;
  const current = frame.data.current;
  if (current) {
    const saying = sayingOf(frame.epoch, current);
    if (current.state === "called" && now() - Date.parse(current.said_at) <= TOO_OLD) flashes.note([saying]);
    else flashes.know([saying]);
  }
  draw();
});

function draw() {
  if (shown) render(screen(shown.data), place);
}

function screen({ window, current, waiting, next }) {
  const state = current ? current.state : window.state === "open" ? "waiting" : window.state;
  return html`${who(window)} ${now(state, current, window)} ${after(state, waiting, next)}`;
}

function who(window) {
  const services = window.services.join(" · ");
  const name = window.name || (window.fallback ? t("board.fallback") : "");
  return html`<section class="screen__who ${window.fallback ? "screen__who--fallback" : ""}">
    ${windowNumber(window.number)}
    <div class="screen__name bilingual">
      <div>
        <h2 class="clip-2" title=${name}>${name}</h2>
        <p class="clip-3" title=${services}>${services}</p>
      </div>
      ${window.name_mn ? html`<span class="mn" lang="mn-Mong">${window.name_mn}</span>` : nothing}
    </div>
  </section>`;
}

function now(state, current, window) {
  const fresh = current && flashes.has(sayingOf(shown.epoch, current)) ? "call--fresh" : "";
  const called = state === "called" ? "screen__now--called" : "";
  const why = window.reason || (state === "paused" ? t("board.screen.elsewhere") : "");
  return html`<section class="screen__now ${called} ${fresh}" data-state=${state}>
    ${current ? ticketNumber(current.label, "screen__ticket") : nothing}
    <div class="screen__state bilingual">
      <strong>${t(`board.screen.${state}`)}</strong>
      <span class="mn" lang="mn-Mong">${pageData.mn[`board.screen.${state}`]}</span>
    </div>
    ${why && !current ? html`<p class="clip-2">${why}</p>` : nothing}
  </section>`;
}

function after(state, waiting, next) {
  const none = html`<span>${t("board.screen.nobody")}</span>`;
  const some = html`<span>${t("board.screen.next")}</span>
    <span class="screen__next">${next.map((label) => ticketNumber(label))}</span>
    <span class="screen__count">${t("board.screen.waiting_count", { count: waiting })}</span>`;
  const line = state === "closed" ? html`<span>${t("board.screen.elsewhere")}</span>` : next.length ? some : none;
  return html`<footer class="screen__after">${line}</footer>`;
}
