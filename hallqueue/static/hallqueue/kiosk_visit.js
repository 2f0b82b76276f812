// Several matters in one number (并号) at the kiosk: what is chosen so far, one more, one less.

import { html, nothing } from "./vendor/lit-html.js";
import { pageData } from "./page.js";
import { icon, name, say, word } from "./kiosk_words.js";

/** Everything the number is for, in the order chosen: the first names its series and is waited for first. */
export const mattersOf = ({ chosen, service }) => (service ? [...chosen, service] : chosen);

/** While one more is looked for: what is chosen already, and the way back to taking the number. */
export const visitBar = ({ chosen }, actions) =>
  chosen.length
    ? html`<div class="note visit">${icon("list")}
        <p class="grow"><b>${word("kiosk.chosen", { count: chosen.length })}</b> <span class="clip-1">${chosen.map((each) => name(each.names)).join(" · ")}</span></p>
        <button class="button" type="button" @click=${actions.enough}>${icon("check")}${word("kiosk.enough")}</button></div>`
    : nothing;

/** On the last page: the matters chosen before this one, each to be taken away again. */
export const visitList = ({ chosen, busy }, actions) =>
  chosen.length
    ? html`<section class="stack tight"><h2 class="confirm__ask">${word("kiosk.one_number_for", { count: chosen.length + 1 })}</h2>
        <ol class="list visit__list">${chosen.map((each) => html`<li class="list__row"><span class="lead grow clip-2">${name(each.names)}</span>
          <button class="button" type="button" ?disabled=${busy} aria-label=${`${say("kiosk.leave_out")} ${each.names.zh}`}
            @click=${() => actions.leaveOut(each)}>${icon("x")}${word("kiosk.leave_out")}</button></li>`)}</ol></section>`
    : nothing;

/** The way to one more matter, as long as a number may carry it. */
export const anotherButton = (state, actions) =>
  mattersOf(state).length < pageData.most_matters
    ? html`<button class="button visit__more" type="button" ?disabled=${state.busy} @click=${actions.another}>${icon("plus")}${word("kiosk.another")}</button>`
    : nothing;
