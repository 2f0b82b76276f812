// Small words for the pages of every house: icons, and texts that may be missing.

import { pageData, t } from "./page.js";
import { html } from "./vendor/lit-html.js";

const SPRITE = new URL("icons/sprite.svg", import.meta.url).pathname;

export const icon = (name, more = "") =>
  html`<svg class="icon ${more}" aria-hidden="true"><use href="${SPRITE}#${name}"></use></svg>`;

/** A text chosen by a word from the server; nothing where there is none. */
export const word = (key) => (key in pageData.texts ? t(key) : "");
