// Journeys at the kiosk: one matter of life with one number, as a first choice beside the departments.

import { html, nothing } from "./vendor/lit-html.js";
import { noPaperNote } from "./kiosk_paper.js";
import { foot, question } from "./kiosk_parts.js";
import { column, icon, name, say, word } from "./kiosk_words.js";

/** The journeys a hall offers; nothing where there are none. */
export const journeys = (state, actions) =>
  state.catalogue.journeys.length
    ? html`<section class="stack home__journeys">
        <h2>${word("journeys.title")}</h2>
        <div class="plates">${state.catalogue.journeys.map((each) => plate(each, actions))}</div>
      </section>`
    : nothing;

const plate = (each, actions) => html`
  <button class="choice" type="button" @click=${() => actions.journey(each)}>
    ${column(each.names)}${icon("layers")}
    <span class="choice__name">${name(each.names)}</span>
    <span class="choice__more">${say("journeys.steps_count", { count: each.steps.length })}</span>
  </button>
`;

/** Is this right: the steps of a journey, and the button. */
export const journeyPage = (state, actions) => html`
  <main class="glass__body glass__body--scroll right">
    ${question("kiosk.confirm")}
    <div class="card confirm"><div class="stack"><p class="confirm__name">${name(state.journey.names)}</p>
      <p class="lead">${word(state.paper?.printer === "ready" ? "journeys.one_number" : "journeys.one_number_phone")}</p></div>${column(state.journey.names)}</div>
    <ol class="way__steps">${state.journey.steps.map(
      (step, at, all) => html`<li class="way__step" data-step="ahead"><span class="grow">${name(step.names)}</span>
        ${all.some((other, there) => there !== at && other.stage === step.stage) ? html`<span class="tag">${word("journeys.any_order")}</span>` : nothing}</li>`,
    )}</ol>
    ${noPaperNote(state)}
    ${state.refusal ? html`<div class="alarm" role="alert">${icon("circle-alert")}<p>${state.refusal}</p></div>` : nothing}
  </main>
  ${foot(state, actions, {
    last: html`<button class="button button--primary button--large take" data-first type="button" ?disabled=${state.busy}
      aria-busy=${state.busy} @click=${actions.takeJourney}>${state.busy ? word("kiosk.taking") : word("kiosk.take")}</button>`,
  })}
`;
