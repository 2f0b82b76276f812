// The pages of the kiosk, one question each: what for, which of these, is this right, here is your number.

import { html, nothing } from "./vendor/lit-html.js";
import { repeat } from "./vendor/directives/repeat.js";
import { find } from "./kiosk_search.js";
import { away, countdown, departmentPlate, emergency, foot, HELD, head, question, servicePlate } from "./kiosk_parts.js";
import { appointment, appointmentButton } from "./kiosk_appointment.js";
import { overNote } from "./kiosk_closing.js";
import { help } from "./kiosk_help.js";
import { confirm, done } from "./kiosk_number.js";
import { rate } from "./kiosk_rate.js";
import { visitBar } from "./kiosk_visit.js";
import { wall, wallPlate } from "./kiosk_wall.js";
import { journeyPage, journeys } from "./kiosk_journeys.js";
import { icon, name, say, word } from "./kiosk_words.js";

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

/** The whole glass for a state. */
export function glass(state, actions) {
  state.openServices = state.frame ? openServices(state.frame) : new Set();
  const page = pageFor(state);
  // A number that was just given stays on the glass, whatever becomes of the server: nobody is sent for a second one.
  const useless = !state.reachable && state.view !== "done";
  return html`
    <div>${head(state, actions)} ${emergency(state)}</div>
    ${page(state, actions)}
    ${useless ? away() : state.left === null ? nothing : countdown(state, actions)}
  `;
}

function pageFor(state) {
  if (!state.catalogue) return waiting;
  const shut = state.frame && !state.frame.open && !state.busy && !["done", "help", "rate", "wall"].includes(state.view);
  return shut ? closed : PAGES[state.view];
}

let known = { frame: null, open: new Set() };

function openServices(frame) {
  if (known.frame !== frame) known = { frame, open: new Set(frame.services) };
  return known.open;
}

const waiting = (state, actions) => html`
  <main class="glass__body centred"><p class="question" tabindex="-1">${word("kiosk.loading")}</p></main>
  ${foot(state, actions, { way: false, list: false })}
`;

const closed = (state, actions) => html`
  <main class="glass__body centred">
    <div class="empty">${icon("door-closed")}<h1 class="question" tabindex="-1">${word("kiosk.closed")}</h1>
      <p class="lead">${word("kiosk.closed_note")}</p></div>
  </main>
  ${foot(state, actions, { way: false, list: false })}
`;

const home = (state, actions) => html`
  <main class="glass__body glass__body--scroll home">
    ${overNote(state)} ${visitBar(state, actions)}
    <div class="ask">
      ${question("kiosk.what")}
      <button class="button button--large ask__find" type="button" @click=${() => actions.search()}>
        ${icon("search")}<span>${word("kiosk.find")}</span>
      </button>
      ${state.chosen.length ? nothing : [appointmentButton(state, actions), unknown(state, actions)]}
    </div>
    ${state.chosen.length ? nothing : journeys(state, actions)}
    <section class="stack">
      <h2>${word("kiosk.common")}</h2>
      <div class="plates">${common(state).map((each) => servicePlate(state, each, actions))}</div>
    </section>
    <section class="stack">
      <h2>${word("kiosk.departments")}</h2>
      <div class="plates plates--departments">
        ${state.catalogue.departments.map((each) => departmentPlate(state, each, actions))}
      </div>
    </section>
    ${state.chosen.length ? nothing : wallPlate(actions)}
  </main>
  ${foot(state, actions, { way: false })}
`;

/** For who does not know what to ask for: a number for the fallback window, without choosing anything. */
const unknown = (state, actions) =>
  state.frame?.unknown && state.frame.fallback?.open
    ? html`<button class="choice choice--special" type="button" ?disabled=${state.busy} aria-busy=${state.busy} @click=${actions.unknown}>
        ${icon("hand-helping")}<span class="choice__name">${word("fallback.unknown")}</span>
        <span class="choice__more">${word("kiosk.unknown_why")}</span></button>`
    : nothing;

const common = ({ catalogue }) => catalogue.common.map((id) => catalogue.services.find((each) => each.id === id));

const department = (state, actions) => {
  const here = state.catalogue.departments.find((each) => each.id === state.department);
  const services = state.catalogue.services.filter((each) => each.department === state.department);
  return html`
    <main class="glass__body glass__body--scroll stack">
      <div class="ask">
        <h1 class="question clip-3" tabindex="-1">${here ? name(here.names) : ""}</h1>
        ${here?.zone.zh ? html`<p class="lead">${icon("map-pin")} ${name(here.zone)}</p>` : nothing}
      </div>
      ${visitBar(state, actions)}
      ${plates(state, services, actions)}
    </main>
    ${foot(state, actions)}
  `;
};

const search = (state, actions) => {
  const found = find(state.catalogue.services, state.query);
  return html`
    <main class="glass__body seek">
      <div class="seek__bar">
        <label class="search grow">
          ${icon("search")}
          <input class="input" data-first type="search" inputmode=${HELD.matches ? "search" : "none"} maxlength="60" autocomplete="off" spellcheck="false"
            aria-label=${say("kiosk.find")} placeholder=${say("kiosk.find_hint")} .value=${state.query}
            @input=${(event) => actions.type(event.target.value)} />
        </label>
        <span class="lead num" role="status">${state.query ? word("kiosk.found", { count: found.length }) : nothing}</span>
      </div>
      <div class="seek__list">
        ${state.query && !found.length
          ? html`<div class="empty">${icon("search")}<p>${word("kiosk.not_found")}</p></div>`
          : plates(state, state.query ? found : common(state), actions)}
      </div>
      ${keypad(state, actions)}
    </main>
    ${foot(state, actions, { list: false })}
  `;
};

const plates = (state, services, actions) => html`
  <div class="plates">
    ${repeat(services.slice(0, state.shown), (each) => each.id, (each) => servicePlate(state, each, actions))}
  </div>
  ${services.length > state.shown
    ? html`<button class="button button--large" type="button" @click=${actions.more}>
        ${icon("plus")}${word("kiosk.more", { count: Math.min(60, services.length - state.shown) })}
      </button>`
    : nothing}
`;

const keypad = (state, actions) => html`
  <div class="keypad" role="group" aria-label=${say("kiosk.letters")}>
    ${LETTERS.map(
      (letter) => html`<button class="button" type="button" @click=${() => actions.type(state.query + letter)}>
        ${letter.toUpperCase()}
      </button>`,
    )}
    <button class="button" type="button" aria-label=${say("kiosk.erase")} @click=${() => actions.type(state.query.slice(0, -1))}>
      ${icon("arrow-left")}
    </button>
    <button class="button" type="button" aria-label=${say("kiosk.clear")} @click=${() => actions.type("")}>${icon("trash-2")}</button>
  </div>
`;

const PAGES = { home, department, search, confirm, done, help, appointment, rate, wall, journey: journeyPage };
