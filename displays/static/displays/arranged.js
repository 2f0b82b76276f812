// What boards and window screens share: the programme (layout, playlists), colours by the hour, the emergency, a day without a server.

import { pageData, t } from "../hallqueue/page.js";
import { html, nothing, render } from "../hallqueue/vendor/lit-html.js";
import { icon, keepClock, lookThroughGlass, mongolian, showKept } from "./glass.js";
import { keepHeard, keepPage, keptPage } from "./keep.js";
import { clauses, fit } from "./notice_player.js";
import { isNight, playingNow } from "./programme.js";

const LOOK = 1000;

const display = document.querySelector(".display");
const place = document.querySelector("main");
const over = document.getElementById("over");

export class Arranged {
  /** `take(frame)` hears each new frame, `draw()` draws what is there: then, every second, and when the glass changes. */
  constructor(take, draw) {
    Object.assign(this, { take, draw, frame: null, now: Date.now, programme: pageData.programme });
  }

  get layout() {
    return this.programme.layout;
  }

  /** What plays at this moment. */
  get playing() {
    return playingNow(this.programme.playlists, this.now(), pageData.time_zone);
  }

  /** Show what was kept, then what the server says; `hear(frame)` is told of the server's frames alone. */
  start(hear = () => {}) {
    this.#arrange();
    if (pageData.example) {
      keepClock(Date.now);
      this.#show({ epoch: "example", data: pageData.example }, Date.now);
    } else this.#look(hear);
    setInterval(() => this.#redraw(), LOOK);
    new ResizeObserver(() => (this.#arrange(), this.#redraw())).observe(display);
  }

  #look(hear) {
    const kept = keptPage();
    if (kept) {
      this.programme = kept.programme;
      this.#arrange();
      this.#show(kept.frame, () => Date.now() + kept.offset);
      showKept(kept.at, kept.offset);
    }
    const onFrame = (frame, serverNow) => {
      this.#show(frame, serverNow);
      hear(frame);
      if (frame.data.programme !== this.programme.version) this.#fetch();
      this.#keep();
    };
    const onRefused = () => setTimeout(() => location.reload(), 5000);
    lookThroughGlass(onFrame, { offset: kept?.offset, heardAt: kept?.at, onHeard: (at) => keepHeard(at, this.programme), onRefused });
  }

  #show(frame, now) {
    Object.assign(this, { frame, now });
    this.take(frame);
    this.#redraw();
  }

  /** What the frame only names is asked for once for each version. */
  async #fetch() {
    const answer = await fetch(`programme.json${location.search}`).catch(() => null);
    if (!answer?.ok) return;
    const found = await answer.json();
    if (found.topic !== pageData.topic) return location.reload();
    this.programme = found;
    this.#keep();
    this.#arrange();
    this.#redraw();
  }

  #keep() {
    keepPage(this.frame, this.programme, this.now() - Date.now());
  }

  #arrange() {
    display.dataset.turn = this.layout.turn;
    display.dataset.mongolian = this.layout.mongolian ? "yes" : "no";
    place.classList.toggle(`${place.id}--sized`, Boolean(this.layout.em));
    if (this.layout.em) place.style.setProperty("--digits", `${this.layout.em * display.clientHeight}px`);
  }

  #redraw() {
    if (!this.frame) return;
    this.#dress();
    this.draw();
  }

  #dress() {
    if (pageData.theme) return;
    const { dress: wish, night } = this.layout;
    const dark = wish === "night" || (wish === "timed" && isNight(night, this.now(), pageData.time_zone));
    document.documentElement.dataset.theme = wish === "contrast" ? "contrast" : dark ? "dark" : "light";
  }
}

/** Over everything: the emergency, and `call` (drawn) beside it or alone; neither: nothing is over. */
export function drawOver(emergency, call) {
  over.hidden = !emergency && !call;
  over.dataset.over = emergency ? "emergency" : "call";
  over.toggleAttribute("data-call", Boolean(call));
  render(html`${emergency ? alarm(emergency) : nothing}${call || nothing}`, over);
  if (emergency) fit(over.querySelector(".emergency__words"));
}

const alarm = ({ zh, mn, en }) => html`<div class="emergency" role="alert"><p class="emergency__head">${icon("triangle-alert")}<span>${t("board.emergency")}</span>${mongolian("board.emergency")}</p>
  <p class="emergency__words"><span>${clauses(zh)}</span></p>
  ${en ? html`<p class="emergency__en" lang="en">${en}</p>` : nothing}
  ${mn ? html`<p class="emergency__mn mn" lang="mn-Mong">${mn}</p>` : nothing}</div>`;
