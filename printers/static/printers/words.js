// Small words of the printers page: icons, times, and texts that may be missing.

import { pageData, t } from "../hallqueue/page.js";
import { html } from "../hallqueue/vendor/lit-html.js";

const SPRITE = new URL("../hallqueue/icons/sprite.svg", import.meta.url).pathname;

export const icon = (name, more = "") =>
  html`<svg class="icon ${more}" aria-hidden="true"><use href="${SPRITE}#${name}"></use></svg>`;

const format = new Intl.DateTimeFormat("zh-CN", {
  timeZone: pageData.zone,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** The time of day in the hall. */
export const moment = (iso) => format.format(new Date(iso));

/** A text chosen by a word from the server; nothing where there is none. */
export const word = (key) => (key in pageData.texts ? t(key) : "");
