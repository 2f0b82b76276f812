// The kiosk's words: three languages on one page, changed without a reload; Mongolian stands beside the Chinese.

import { html, nothing } from "./vendor/lit-html.js";
import { fill, pageData } from "./page.js";

const SPRITE = document.documentElement.dataset.icons;
const HTML_LANGUAGES = { zh: "zh-CN", mn: "mn-Mong", en: "en" };

let current = "zh";

/** The language the page speaks now. */
export const language = () => current;

/** Speak another language from the next rendering on. */
export function speak(lang) {
  current = lang;
  // In Mongolian every text still begins with the Chinese, so the page's own language stays Chinese.
  document.documentElement.lang = HTML_LANGUAGES[lang === "mn" ? "zh" : lang];
}

/** An address whose refusals are said in the page's language; in Mongolian in Chinese, as `say` says them. */
export const answering = (url) => `${url}?lang=${current === "mn" ? "zh" : current}`;

/** A text as a plain string; in Mongolian its Chinese, for labels that are read aloud. */
export const say = (key, params) => fill(pageData.tongues[current === "mn" ? "zh" : current][key], params);

/** A text to be shown: in Mongolian the Chinese with its column beside it. */
export function word(key, params) {
  if (current !== "mn") return say(key, params);
  return both(say(key, params), fill(pageData.tongues.mn[key], params));
}

/** The name of a service, department or hall ({zh, mn, en}) in one language, Chinese where it has none. */
export const name = (names) => (current === "en" && names.en) || names.zh;

/** The Mongolian column of a name, for plates that give it a place of its own. */
export const column = (names) =>
  current === "mn" && names.mn ? html`<span class="mn" lang="mn-Mong">${names.mn}</span>` : nothing;

/** Chinese and Mongolian side by side. */
export const both = (chinese, mongolian) =>
  html`<span class="both"><span>${chinese}</span><span class="mn" lang="mn-Mong">${mongolian}</span></span>`;

/** An icon of the sprite. */
export const icon = (id, size = "") =>
  html`<svg class="icon ${size}" aria-hidden="true"><use href="${SPRITE}#${id || "file-text"}"></use></svg>`;

/** The words of a range of minutes, `spoken` as `word` or `say`; null for having none. */
export function rangeWord(low, high, spoken = word) {
  if (high === null || high === undefined) return null;
  return low ? spoken("kiosk.range", { low, high }) : spoken("kiosk.under", { high });
}
