// What the board and the window screens share: the clock, how fresh the picture is, and how a number is drawn.

import { look } from "../hallqueue/live.js";
import { hasNewWords, pageData, t } from "../hallqueue/page.js";
import { html, nothing } from "../hallqueue/vendor/lit-html.js";

const FLASHING = 3_000;
const LOCALES = { zh: "zh-CN", en: "en-GB" };
const zone = { timeZone: pageData.time_zone };
const locale = LOCALES[pageData.lang];
const time = new Intl.DateTimeFormat(locale, { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const exact = new Intl.DateTimeFormat(locale, { ...zone, timeStyle: "medium", hourCycle: "h23" });
const date = new Intl.DateTimeFormat(locale, { ...zone, month: "long", day: "numeric", weekday: "long" });
const shortDate = new Intl.DateTimeFormat(locale, { ...zone, month: "long", day: "numeric" });
let stale = null; // {since, why} while the picture stands still, `since` by the server's clock

/**
 * Look at this page's topic; the clock and the freshness keep themselves, `onFrame(frame, look)` draws the rest.
 * `offset` is the server's clock minus ours in ms, as far as it is known before the first beat; more is handed on to `look`.
 */
export function lookThroughGlass(onFrame, { offset = Date.parse(pageData.now) - Date.now(), ...more } = {}) {
  const link = look([pageData.topic], {
    build: pageData.build,
    offset,
    onFrame: (frame) => (hasNewWords(frame) ? location.reload() : onFrame(frame, () => link.now())),
    onFresh: (state) => showFreshness(state, link.now() - Date.now()),
    ...more,
  });
  keepClock(() => link.now());
}

/** Show the time of the hall, minute by minute. */
export function keepClock(now) {
  showClock(now());
  setInterval(() => showClock(now()), 1000);
}

/** A picture from before the page was loaded: it stands, marked stale, until the server is heard. */
export function showKept(since, offset) {
  showFreshness({ fresh: false, since }, offset);
}

function showClock(now) {
  const clock = document.getElementById("clock");
  const [day, minute] = [date.format(now), time.format(now)];
  if (clock.dataset.shown === day + minute) return;
  clock.dataset.shown = day + minute;
  clock.querySelector("small").textContent = day;
  clock.querySelector("b").textContent = minute;
  showStale(now);
}

function showFreshness({ fresh, since, why }, offset) {
  const mark = document.getElementById("freshness");
  const banner = document.getElementById("stale");
  mark.dataset.freshness = fresh ? "live" : "stale";
  mark.textContent = t(fresh ? "board.live" : "board.stale");
  banner.hidden = fresh;
  stale = fresh ? null : { since: since + offset, why };
  showStale(Date.now() + offset);
}

/** Since when the picture stands; the day too, once another one has come. */
function showStale(now) {
  const words = document.querySelector("#stale span");
  if (!stale) return void (words.textContent = "");
  const [day, moment] = [shortDate.format(stale.since), exact.format(stale.since)];
  const since = day === shortDate.format(now) ? moment : `${day} ${moment}`;
  words.textContent = stale.why === "not-allowed" ? t("board.not_allowed") : t("board.stale_since", { since });
}

/** Tells which sayings of calls are new, and draws again when the last of them has stopped flashing. */
export class Flashes {
  constructor(redraw) {
    this.redraw = redraw;
    this.until = new Map();
  }

  note(sayings) {
    const fresh = sayings.filter((saying) => !this.until.has(saying));
    for (const saying of fresh) this.until.set(saying, Date.now() + FLASHING);
    if (fresh.length) setTimeout(this.redraw, FLASHING + 50);
  }

  /** A saying that was first seen when it was already old never flashes. */
  know(sayings) {
    for (const saying of sayings) if (!this.until.has(saying)) this.until.set(saying, 0);
  }

  has(saying) {
    return (this.until.get(saying) ?? 0) > Date.now();
  }
}

/** A ticket's number, its letter a breath apart. */
export function ticketNumber(label, more = "") {
  const [, letter, number] = label.match(/^(\D*)(.*)$/);
  return html`<span class="ticket-number ${more}"><i>${letter}</i>${number}</span>`;
}

/** A word of the boards in Mongolian. */
export function mongolian(key) {
  return html`<span class="mn" lang="mn-Mong">${pageData.mn[key]}</span>`;
}

/** Words that the hall has in several languages {zh, mn, en}, in the page's own. */
export function inLanguage(words) {
  return words[pageData.lang] || words.zh;
}

/** Their Mongolian, where somebody has worded it and the hall and this glass show it: else it takes no room. */
export function mongolianOf(words) {
  const { dataset } = document.querySelector(".display");
  const shown = document.documentElement.dataset.mn !== "off" && dataset.mongolian !== "no";
  return shown && words.mn ? html`<span class="mn" lang="mn-Mong">${words.mn}</span>` : nothing;
}

/** A window's number in large figures, the words around it small. */
export function windowNumber(number) {
  const [before, after] = pageData.texts["board.window"].split("{number}");
  const small = (words) => (words ? html`<small>${words}</small>` : nothing);
  return html`<span class="window-number">${small(before)}${number}${small(after)}</span>`;
}

/** One of the house's icons. */
export function icon(name) {
  const sprite = new URL("../hallqueue/icons/sprite.svg", import.meta.url).pathname;
  return html`<svg class="icon" aria-hidden="true"><use href="${sprite}#${name}"></use></svg>`;
}
