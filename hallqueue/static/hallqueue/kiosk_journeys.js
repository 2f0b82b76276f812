// Journeys at the kiosk: one matter of life with one number, as a first choice beside the departments.

import { html, nothing } from "./vendor/lit-html.js";
import { noPaperNote } from "./kiosk_paper.js";
import { beginsAgain, closingOf, mayTake } from "./kiosk_closing.js";
import { foot, isOpen, line, people, question, whyNone } from "./kiosk_parts.js";
import { column, icon, name, say, word } from "./kiosk_words.js";

/** The journeys a hall offers; nothing where there are none. */
export const journeys = (state, actions) =>
  state.catalogue.journeys.length
    ? html`<section class="stack home__journeys">
        <h2>${word("journeys.title")}</h2>
        <div class="plates">${state.catalogue.journeys.map((each) => plate(state, each, actions))}</div>
      </section>`
    : nothing;

const plate = (state, each, actions) => {
  const none = whyNot(state, each.steps);
  return html`
    <button class="choice ${none ? "choice--shut" : ""}" type="button" @click=${() => actions.journey(each)}>
      ${column(each.names)}${icon("layers")}
      <span class="choice__name">${name(each.names)}</span>
      <span class="choice__more">${say("journeys.steps_count", { count: each.steps.length })}</span>
      ${none ?? nothing}
    </button>
  `;
};

/** The services of some steps; the way back has none. */
const servicesOf = ({ catalogue }, steps) =>
  steps.filter((each) => each.service).map((step) => catalogue.services.find((each) => each.id === step.service));

/** Where it begins: any service of the first stage, whichever is free first. */
const beginnings = (state, steps) => servicesOf(state, steps.filter(({ stage }) => stage === steps[0].stage));

/** Why no number can be had for it: a step is over for today, or nobody takes the first; null while it can. */
const whyNot = (state, steps) => {
  if (!state.frame) return null;
  const over = servicesOf(state, steps).find((each) => !mayTake(state, each));
  return whyNone(state, over ? [over] : beginnings(state, steps));
};

const row = (state, step, together) => html`
  <li class="way__step" data-step="ahead"><span class="grow">${name(step.names)}</span>
    ${together ? html`<span class="tag">${word("journeys.any_order")}</span>` : nothing}
    ${state.frame && step.service ? (whyNone(state, servicesOf(state, [step])) ?? people(line(state, step.service)?.[0] ?? 0)) : nothing}</li>`;

/** Nobody takes the first step now: nothing can begin. */
const shutNote = (state) => html`
  <div class="note note--special shut">${icon("info")}<div class="stack tight"><p class="lead">${word("kiosk.shut_now")}</p>
    ${beginsAgain(state, beginnings(state, state.journey.steps)[0])}<p>${word("kiosk.ask_desk")}</p></div></div>`;

/** Is this right: the steps of a journey, who waits before each, whether all can be done today, and the button. */
export const journeyPage = (state, actions) => {
  const { names, steps } = state.journey;
  const services = servicesOf(state, steps);
  const begins = beginnings(state, steps).some((each) => isOpen(state, each));
  return html`
    <main class="glass__body glass__body--scroll right">
      ${question("kiosk.confirm")}
      <div class="card confirm"><div class="stack"><p class="confirm__name">${name(names)}</p>
        <p class="lead">${word(state.paper?.printer === "ready" ? "journeys.one_number" : "journeys.one_number_phone")}</p></div>${column(names)}</div>
      <ol class="way__steps lead">${steps.map((each) =>
        row(state, each, steps.some((other) => other !== each && other.stage === each.stage)),
      )}</ol>
      ${begins ? closingOf(state, services) : shutNote(state)} ${noPaperNote(state)}
      ${state.refusal ? html`<div class="alarm" role="alert">${icon("circle-alert")}<p>${state.refusal}</p></div>` : nothing}
    </main>
    ${foot(state, actions, { last: whyNot(state, steps) ? null : takeButton(state, actions) })}
  `;
};

const takeButton = (state, actions) => html`
  <button class="button button--primary button--large take" data-first type="button" ?disabled=${state.busy}
    aria-busy=${state.busy} @click=${actions.takeJourney}>${state.busy ? word("kiosk.taking") : word("kiosk.take")}</button>
`;
