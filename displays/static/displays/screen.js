// The screen above one window: its number, whom it serves, how it stands, who is next; notices while nobody is called.

import { pageData, t } from "../hallqueue/page.js";
import { html, nothing, render } from "../hallqueue/vendor/lit-html.js";
import { TOO_OLD, sayingOf } from "./announcer.js";
import { Arranged, drawOver } from "./arranged.js";
import { Flashes, inLanguage, mongolian, ticketNumber, windowNumber } from "./glass.js";
import { NoticePlayer } from "./notice_player.js";

const parts = document.getElementById("parts");

const arranged = new Arranged(take, draw);
const flashes = new Flashes(() => draw());
const player = new NoticePlayer();
let busyAt = Date.now();

function take({ epoch, data: { current } }) {
  if (!current) return;
  const saying = sayingOf(epoch, current);
  const young = arranged.now() - Date.parse(current.said_at) <= TOO_OLD;
  if (current.state === "called" && young) flashes.note([saying]);
  else flashes.know([saying]);
}

function draw() {
  const { window, current, waiting, next, emergency } = arranged.frame.data;
  const state = current ? current.state : window.state === "open" ? "waiting" : window.state;
  if (state !== "waiting") busyAt = Date.now();
  const { layout, playing } = arranged;
  const alone = layout.interlude > 0 && Date.now() - busyAt > layout.interlude * 1000;
  const interlude = alone && playing.length > 0 && !pageData.example;
  const middle = interlude ? html`<section class="notices"></section>` : now(state, current, window);
  render(html`${who(window)} ${middle} ${after(state, waiting, next)}`, parts);
  if (interlude) player.show(parts.querySelector(".notices"), playing, { paused: Boolean(emergency) });
  drawOver(emergency, emergency && state === "called" ? now(state, current, window) : null);
}

function who(window) {
  const name = (pageData.lang === "en" && window.name_en) || window.name || (window.fallback ? t("board.fallback") : "");
  return html`<section class="screen__who ${window.fallback ? "screen__who--fallback" : ""}">
    ${windowNumber(window.number)}
    <div class="screen__name bilingual">
      <div>
        <h2 class="clip-2" title=${name}>${name}</h2>
        <ul class="screen__services">${window.services.map((names) => html`<li class="clip-2">${inLanguage(names)}</li>`)}</ul>
      </div>
      ${window.name_mn ? html`<span class="mn" lang="mn-Mong">${window.name_mn}</span>` : nothing}
    </div>
  </section>`;
}

function now(state, current, window) {
  const fresh = current && flashes.has(sayingOf(arranged.frame.epoch, current)) ? "call--fresh" : "";
  const called = state === "called" ? "screen__now--called" : "";
  const why = window.reason || (state === "paused" ? t("board.screen.elsewhere") : "");
  return html`<section class="screen__now ${called} ${fresh}" data-state=${state}>
    ${current ? ticketNumber(current.label, "screen__ticket") : nothing}
    <div class="screen__state bilingual">
      <strong>${t(`board.screen.${state}`)}</strong>
      ${mongolian(`board.screen.${state}`)}
    </div>
    ${why && !current ? html`<p class="clip-2">${why}</p>` : nothing}
  </section>`;
}

function after(state, waiting, next) {
  const none = html`<span>${t("board.screen.nobody")}</span>`;
  const some = html`<span>${t("board.screen.next")}</span>
    <span class="screen__next">${next.map((label) => ticketNumber(label))}</span>
    <span class="screen__count">${t("board.screen.waiting_count", { count: waiting })}</span>`;
  const line = ["closed", "retired"].includes(state) ? html`<span>${t("board.screen.elsewhere")}</span>` : next.length ? some : none;
  return html`<footer class="screen__after">${line}</footer>`;
}

arranged.start();
