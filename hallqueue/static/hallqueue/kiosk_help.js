// The kiosk's page of help: call somebody, and read what stands where in the hall.

import { html, nothing } from "./vendor/lit-html.js";
import { newKey, pageData, post } from "./page.js";
import { foot, question } from "./kiosk_parts.js";
import { column, icon, name, word } from "./kiosk_words.js";

export const HELP_ICONS = { wheelchair: "accessibility", interpreter: "languages", agent: "hand-helping", other: "bell" };
export const HELP_KINDS = Object.keys(HELP_ICONS);

/** Tell the desk; `show` draws what became of it. The same press, sent again, is one call. */
export async function askHelp(kind, show) {
  show({ helpBusy: true, helpSaid: "" });
  try {
    await post(`/${pageData.hall}/help/`, { kind }, { key: newKey(), tries: 3 });
    show({ helpBusy: false, helpSaid: "help.asked" });
  } catch {
    show({ helpBusy: false, helpSaid: "help.failed" });
  }
}

export const help = (state, actions) => html`
  <main class="glass__body glass__body--scroll stack roomy">
    ${question("help.what")} ${state.helpSaid ? said(state.helpSaid) : nothing}
    <div class="plates">
      ${HELP_KINDS.map(
        (kind, index) => html`<button class="choice" type="button" ?data-first=${!index} ?disabled=${state.helpBusy}
          @click=${() => actions.askHelp(kind)}>${icon(HELP_ICONS[kind])}<span class="choice__name">${word(`help.kind.${kind}`)}</span></button>`,
      )}
    </div>
    ${state.catalogue?.facilities.length
      ? html`<section class="stack"><h2>${word("help.where")}</h2><ul class="plates facilities">${state.catalogue.facilities.map(facility)}</ul></section>`
      : nothing}
  </main>
  ${foot(state, actions, { help: false })}
`;

const said = (key) => html`
  <div class=${key === "help.asked" ? "note note--done" : "alarm"} role="status">
    ${icon(key === "help.asked" ? "circle-check" : "circle-alert")}<p class="lead">${word(key)}</p></div>
`;

const facility = (each) => html`
  <li class="card facility">${icon(each.icon || "map-pin")}
    <span class="stack tight"><b class="lead">${name(each.names)}</b><span>${name(each.places)}</span></span>${column(each.names)}</li>
`;
