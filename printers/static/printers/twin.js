// The demo's printer twin: its faults on buttons, and the paper below it as pictures.

import { pageData, post, Refusal, t } from "../hallqueue/page.js";
import { html, nothing } from "../hallqueue/vendor/lit-html.js";
import { repeat } from "../hallqueue/vendor/directives/repeat.js";
import { toast } from "../hallqueue/toast.js";

const known = new Map();

/** The twin of a printer; `redraw` draws the page again. */
export function drawTwin(printer, redraw) {
  const state = known.get(printer.id);
  if (!state) return nothing;
  return html`<section class="section twin">
    <div class="section__head"><h2>${t("printer.twin_slips")} <span class="soft">${printer.name}</span></h2><p class="fine">${t("printer.twin_title")}</p></div>
    ${pageData.may_reprint ? html`<div class="button-group" role="group" aria-label=${t("printer.twin_title")}>${pageData.modes.map((mode) => modeButton(printer, mode, state, redraw))}</div>` : nothing}
    ${state.slips.length ? html`<div class="papers" tabindex="0" role="group" aria-label=${t("printer.twin_slips")}>${repeat(state.slips, (number) => number, (number) => paper(printer, number))}</div>` : html`<p class="empty">${t("printer.twin_empty")}</p>`}
  </section>`;
}

function paper(printer, number) {
  const url = `${printer.id}/slips/${number}.png`;
  return html`<a href=${url} target="_blank" rel="noopener"><img src=${url} alt=${t("printer.twin_slip", { number })}></a>`;
}

const modeButton = (printer, mode, state, redraw) =>
  html`<button class="button button--small" type="button" aria-pressed=${mode === state.mode} @click=${() => choose(printer, mode, redraw)}>${t(`printer.mode.${mode}`)}</button>`;

async function choose(printer, mode, redraw) {
  try {
    keep(printer, await post(`${printer.id}/mode/`, { mode }), redraw);
  } catch (error) {
    toast(error instanceof Refusal ? error.message : t("printer.unreachable"), true);
  }
}

/** Something moved in the hall: see whether new paper lies there. */
export async function twinChanged(printer, redraw) {
  const response = await fetch(`${printer.id}/slips/`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (response?.ok) keep(printer, await response.json(), redraw);
}

function keep(printer, state, redraw) {
  if (JSON.stringify(known.get(printer.id)) === JSON.stringify(state)) return;
  known.set(printer.id, state);
  redraw();
}
