// Plays notices one after the other on a stage; a call pauses it at once, and it goes on where it stood.

import { pageData, t } from "../hallqueue/page.js";
import { html, nothing, render } from "../hallqueue/vendor/lit-html.js";
import { keyed } from "../hallqueue/vendor/directives/keyed.js";

const NEXT_AFTER_FAULT = 1000;
const PATIENCE = 5000; // so long may a film that is late stand still for want of its bytes
const SIZES = [1.9, 1.7, 1.5, 1.35, 1.2, 1.1, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.42];

/** Words that break after their commas; a clause that is longer than a line breaks inside, but never before a comma. */
export const clauses = (words) => words.split(/(?<=[，、：；。！？])(?![，、：；。！？”’』）])/u).map((each) => html`<span class="clause">${each}</span>`);

/** The largest size at which all words of a text stand in it; `body` is the part of it that would overflow by itself. */
export function fit(text, body = text) {
  if (!text) return;
  const all = () => body.scrollHeight <= body.clientHeight + 1 && text.scrollHeight <= text.clientHeight + 1 && text.scrollWidth <= text.clientWidth + 1;
  for (const size of SIZES) {
    text.style.setProperty("--fit", size);
    if (all()) return;
  }
}

/** One piece of the wall: what people said, what the hall did, whose it is and whether it is done. */
function wallPiece(piece, english) {
  const department = (english && piece.department_en) || piece.department;
  return html`<div class="notice__body notice__wall">
    <p><b>${t("wall.heard")}</b><span>${piece.heard}</span></p>
    <p class="notice__did"><b>${t("wall.did")}</b><span>${piece.did}</span></p>
    <p class="notice__from"><span>${department}</span><span class="state" data-state=${piece.is_done ? "done" : "serving"}>${t(piece.is_done ? "wall.done" : "wall.doing")}</span></p></div>`;
}

export class NoticePlayer {
  constructor() {
    this.list = [];
    this.at = 0;
    this.round = 0;
    this.left = 0;
    this.seen = 0;
    this.still = 0;
    this.paused = false;
    setInterval(() => this.#tick(), 250);
    document.fonts.addEventListener("loadingdone", () => this.stage?.isConnected && this.#fit()); // letters come in parts
  }

  /** Play `list` on `stage`; what plays goes on if it is still in the list, at its own place where it stands there twice. */
  show(stage, list, { paused }) {
    const current = this.list[this.at];
    this.list = list;
    const isCurrent = (each) => each?.id === current?.id;
    const place = isCurrent(list[this.at]) ? this.at : list.findIndex(isCurrent);
    if (place < 0 || !current) this.#go(0);
    else this.at = place;
    if (stage !== this.stage) {
      [this.stage, this.drawn] = [stage, null];
      this.#go(this.at);
    }
    if (paused !== this.paused) this.#pause(paused);
    this.#draw();
  }

  #pause(paused) {
    this.paused = paused;
    const video = this.stage.querySelector("video");
    if (paused) video?.pause();
    else video?.play().catch(() => this.#fault());
  }

  #go(place) {
    this.at = this.list.length ? place % this.list.length : 0;
    this.left = (this.list[this.at]?.seconds ?? 0) * 1000;
    this.round += 1;
    this.seen = 0;
    this.still = 0;
    this.last = Date.now();
  }

  #tick() {
    const passed = Date.now() - (this.last ?? Date.now());
    this.last = Date.now();
    if (this.paused || !this.stage?.isConnected || this.list.length === 0) return;
    this.left -= passed;
    const runs = this.#runs(passed);
    if (this.left <= 0 && !runs) this.#next();
  }

  /** Whether a film goes on: one that had to wait for its bytes is late, and plays to its end all the same. */
  #runs(passed) {
    const film = this.stage.querySelector("video");
    const at = film?.currentTime ?? 0;
    this.still = at > this.seen ? 0 : this.still + passed;
    this.seen = at;
    return at > 0 && !film.ended && this.still < PATIENCE;
  }

  #next() {
    this.#go(this.at + 1);
    this.#draw();
  }

  /** What cannot be played makes room for the next; a list of one tries again. */
  #fault() {
    this.left = Math.min(this.left, NEXT_AFTER_FAULT);
  }

  #draw() {
    const notice = this.list[this.at];
    const sign = notice ? JSON.stringify([notice, this.round, this.stage.clientWidth, this.stage.clientHeight]) : "none";
    if (sign === this.drawn) return;
    this.drawn = sign;
    render(notice ? keyed(this.round, this.#notice(notice)) : this.#empty(), this.stage);
    this.#fit();
    const video = this.stage.querySelector("video");
    if (video && !this.paused) video.play().catch(() => this.#fault());
  }

  #fit() {
    fit(this.stage.querySelector(".notice--text"), this.stage.querySelector(".notice__body"));
  }

  #empty() {
    return html`<p class="notices__none">${t("board.no_notices")}</p>`;
  }

  #notice(notice) {
    const english = pageData.lang === "en";
    const head = (english && notice.en) || notice.zh;
    const isText = ["text", "wall"].includes(notice.form);
    const words = (english && notice.body_en) || notice.body_zh;
    const mn = notice.form === "wall" ? [notice.heard_mn, notice.did_mn].filter(Boolean).join(" ") || notice.mn : notice.form === "text" ? notice.body_mn || notice.mn : notice.mn;
    return html`<article class="notice notice--${notice.form === "wall" ? "text notice--wall" : notice.form}" data-notice=${notice.id}>
      ${notice.form === "picture" ? html`<img class="notice__media" src=${notice.media} alt=${head} @error=${() => this.#fault()}>` : nothing}
      ${notice.form === "video" ? html`<video class="notice__media" src=${notice.media} muted playsinline preload="auto" .muted=${true} @error=${() => this.#fault()}></video>` : nothing}
      <header class="notice__head"><span class="notice__kind" data-kind=${notice.kind}>${t(`board.kind.${notice.kind}`)}</span><h2 class=${isText ? "" : "clip-2"}>${isText ? clauses(head) : head}</h2></header>
      ${notice.form === "text" ? html`<p class="notice__body">${words}</p>` : nothing}
      ${notice.form === "wall" ? wallPiece(notice, english) : nothing}
      ${mn ? html`<p class="notice__mn mn" lang="mn-Mong">${mn}</p>` : nothing}
    </article>`;
  }
}
