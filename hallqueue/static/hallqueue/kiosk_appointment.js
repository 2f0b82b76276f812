// "I have an appointment": the code is typed, scanned (a scanner types it and presses Enter), or touched.

import { html, nothing } from "./vendor/lit-html.js";
import { noPaperNote } from "./kiosk_paper.js";
import { foot, HELD, question } from "./kiosk_parts.js";
import { icon, say, word } from "./kiosk_words.js";

/** What can be touched instead of typed: nothing that is taken for something else. */
export const SIGNS = [..."0123456789ABCDEFGHJKMNPQRSTUVWXYZ"];

/** The way in, on the first page, where the hall takes appointments. */
export const appointmentButton = (state, actions) =>
  state.catalogue?.appointments
    ? html`<button class="button button--large ask__find" type="button" @click=${actions.appointment}>
        ${icon("ticket")}<span>${word("kiosk.appointment")}</span></button>`
    : nothing;

/** The page: one line for the code, keys, and the button. */
export const appointment = (state, actions) => html`
  <main class="glass__body glass__body--scroll right">
    ${question("kiosk.appointment_ask")}
    ${noPaperNote(state)}
    <form class="stack" @submit=${(event) => (event.preventDefault(), actions.checkIn())}>
      <p class="lead">${word("kiosk.appointment_hint")}</p>
      <input class="input code-input" data-first type="text" inputmode=${HELD.matches ? "text" : "none"} autocomplete="off" autocapitalize="characters" spellcheck="false"
        maxlength="16" aria-label=${say("kiosk.appointment_code")} aria-invalid=${state.refusal ? "true" : "false"} .value=${state.code}
        ?disabled=${state.busy} @input=${(event) => actions.code(event.target.value.toUpperCase())} />
      ${state.refusal ? html`<div class="alarm" role="alert">${icon("circle-alert")}<p>${state.refusal}</p></div>` : nothing}
    </form>
    <div class="keypad keypad--code" role="group" aria-label=${say("kiosk.letters")}>
      ${SIGNS.map((sign) => html`<button class="button" type="button" @click=${() => actions.code(state.code + sign)}>${sign}</button>`)}
      <button class="button" type="button" aria-label=${say("kiosk.erase")} @click=${() => actions.code(state.code.slice(0, -1))}>${icon("arrow-left")}</button>
      <button class="button" type="button" aria-label=${say("kiosk.clear")} @click=${() => actions.code("")}>${icon("trash-2")}</button>
    </div>
  </main>
  ${foot(state, actions, { list: false, last: checkInButton(state, actions) })}
`;

const checkInButton = (state, actions) => html`
  <button class="button button--primary button--large take" type="button" ?disabled=${state.busy || !state.code} aria-busy=${state.busy}
    @click=${actions.checkIn}>${state.busy ? word("kiosk.taking") : word("kiosk.check_in")}</button>
`;
