// A word from the manager at a clerk's window: it stands above the work until it is signed with one key; no sound.

import { clock } from "./moments.js";
import { t } from "./page.js";
import { html } from "./vendor/lit-html.js";
import { icon } from "./window_words.js";

export const MESSAGE_KEY = "KeyM";

/** The oldest unread message, and how many more there are. `sign(id)` says it has been read. */
export const messagesView = ({ messages }, sign) =>
  messages.slice(0, 1).map(
    (each) => html`
      <div class="note note--special message" role="status">${icon("send")}
        <p class="grow"><b>${each.text}</b> <span class="fine">${t("window.message_from", { name: each.by, time: clock(each.at) })}
          ${messages.length > 1 ? t("window.message_more", { count: messages.length - 1 }) : ""}</span></p>
        <button class="button button--primary" type="button" @click=${() => sign(each.id)}>${icon("check")}${t("window.message_seen")}<kbd>M</kbd></button></div>`,
  );

/** Call `sign` for the key, where keys are meant for the console. */
export function listenForSigning(sign) {
  document.addEventListener("keydown", (event) => {
    if (event.code !== MESSAGE_KEY || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.querySelector("dialog[open]") || event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    sign();
  });
}
