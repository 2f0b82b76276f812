// The last two pages of the kiosk: is this right, and here is your number.

import { html, nothing } from "./vendor/lit-html.js";
import { pageData } from "./page.js";
import { beginsAgain, closingNote, mayTake } from "./kiosk_closing.js";
import { anotherButton, mattersOf, visitList } from "./kiosk_visit.js";
import { foot, isOpen, line, question, told } from "./kiosk_parts.js";
import { noPaperNote, paperLine, paperOf, paperQuestion } from "./kiosk_paper.js";
import { column, icon, name, rangeWord, say, word } from "./kiosk_words.js";

/** Is this right: what it is, how long it takes, whether one goes first; and the button. */
export const confirm = (state, actions) => {
  const open = isOpen(state, state.service);
  const may = open && mayTake(state, state.service);
  return html`
    <main class="glass__body glass__body--scroll right">
      ${question("kiosk.confirm")}
      <div class="card confirm">
        <div class="stack">
          <p class="confirm__name">${name(state.service.names)}</p>
          <p class="lead">${departmentOf(state)}</p>
          ${state.service.tags.length ? html`<ul class="about">${state.service.tags.map(about)}</ul>` : nothing}
          ${may ? anotherButton(state, actions) : nothing}
        </div>
        ${column(state.service.names)}
      </div>
      <div class="stack">
        ${visitList(state, actions)}
        ${open ? [may ? figures(state) : nothing, closingNote(state, state.service), noPaperNote(state)] : shutNote(state, actions)} ${refusal(state)}
        ${may ? priorities(state, actions) : nothing}
      </div>
    </main>
    ${foot(state, actions, { last: may ? takeButton(state, actions) : null })}
  `;
};

const departmentOf = (state) => {
  const here = state.catalogue.departments.find((each) => each.id === state.service.department);
  return here ? `${name(here.names)} ${name(here.zone)}` : "";
};

const about = (tag) => html`
  <li><span class="tag">${say(`words.tag.${tag}`)}</span><span>${word(`kiosk.about.${tag}`)}</span></li>
`;

const figures = (state) => {
  const [waiting, low, high, ahead] = line(state, mattersOf(state)[0].id) ?? [0, null, null, 0];
  return html`
    <div class="figures">
      <div class="tile"><span class="tile__name">${word("kiosk.ahead")}</span>
        <span class="tile__figure">${state.frame ? ahead : "–"}<small>${word("kiosk.unit_people")}</small></span>
        ${ahead > waiting ? html`<span class="tile__note">${word("kiosk.of_these", { count: waiting })}</span>` : nothing}</div>
      <div class="tile"><span class="tile__name">${word("kiosk.wait_expected")}</span>
        <span class="tile__figure tile__figure--words">${rangeWord(low, high) ?? word("kiosk.no_range")}</span></div>
    </div>
  `;
};

const shutNote = (state, actions) => {
  const fallback = state.frame?.fallback;
  return html`
    <div class="note note--special shut">${icon("info")}<div class="stack tight"><p class="lead">${word("kiosk.shut_now")}</p>${beginsAgain(state, state.service)}</div></div>
    ${state.chosen.length ? nothing : fallback?.open
      ? html`<button class="choice choice--special choice--tall" data-first type="button" ?disabled=${state.busy}
          aria-busy=${state.busy} @click=${() => actions.take(true)}>
          ${icon("hand-helping")}
          <span class="choice__name">${word("kiosk.to_fallback", { number: fallback.window })}</span>
          <span class="choice__more">${word("kiosk.fallback_why")}</span>
        </button>`
      : html`<div class="note">${icon("map-pin")}<p class="lead">${word("kiosk.ask_desk")}</p></div>`}
  `;
};

const refusal = (state) =>
  state.refusal ? html`<div class="alarm" role="alert">${icon("circle-alert")}<p>${state.refusal}</p></div>` : nothing;

const priorities = (state, actions) => html`
  <fieldset class="stack tight">
    <legend class="confirm__ask">${word("kiosk.priority")}</legend>
    <div class="priorities">
      ${["", ...pageData.priorities].map(
        (kind) => html`<button class="button" type="button" aria-pressed=${state.priority === kind} ?disabled=${state.busy}
          @click=${() => actions.priority(kind)}>
          ${state.priority === kind ? icon("check") : nothing}${word(kind ? `words.priority.${kind}` : "kiosk.no_priority")}
        </button>`,
      )}
    </div>
    <p class="soft priorities__hint">${state.priority ? word("kiosk.priority_hint") : nothing}</p>
  </fieldset>
`;

const takeButton = (state, actions) => html`
  <button class="button button--primary button--large take" data-first type="button" ?disabled=${state.busy}
    aria-busy=${state.busy} @click=${() => actions.take()}>
    ${state.busy ? word("kiosk.taking") : word("kiosk.take")}
  </button>
`;

/** Here is your number, and what happens next. */
export const done = (state, actions) => {
  const { label, qr, frame } = state.result;
  return html`
    <main class="glass__body glass__body--scroll done" data-paper=${paperOf(state).how}>
      <div class="ticket">
        <h1 class="ticket__name" tabindex="-1">${word("kiosk.done")}</h1>
        <p class="ticket-number ticket-number--hero">${number(label)}</p>
        <p class="ticket__name">${told(state.service?.names ?? state.result.frame.service)}</p>
        ${frame.own.matters.length ? html`<p class="ticket__name">${word("kiosk.one_number_for", { count: frame.own.matters.length })}</p>` : nothing}
        ${state.result.late ? html`<p class="note note--special">${word("kiosk.appointment_late")}</p>` : nothing}
        <hr class="ticket__tear" />
        <div class="done__wait">
          <p class="lead">${word("kiosk.ahead")} <b class="num done__ahead">${frame.ahead ?? 0}</b> ${word("kiosk.unit_people")}</p>
          ${frame.high ? html`<p class="lead">${rangeWord(frame.low, frame.high)}</p>` : nothing}
        </div>
        ${paperLine(state)}
      </div>
      <div class="done__next">
        ${paperQuestion(state, actions)}
        ${qr ? html`<figure class="done__code"><img class="qr" src=${qr} alt=${say("kiosk.qr")} /><figcaption>${word("kiosk.scan")}</figcaption></figure>` : nothing}
        <section class="stack">
          <h2>${word("kiosk.next")}</h2>
          <ol class="steps">
            <li>${waitWhere(frame)}</li>
            <li>${word("kiosk.next_watch", { label })}</li>
            <li>${pageData.times > 1 ? word("kiosk.next_missed", { times: pageData.times }) : word("kiosk.next_missed_once")}</li>
          </ol>
        </section>
        <button class="button button--primary button--large" type="button" @click=${actions.home}>${word("kiosk.finish")}</button>
      </div>
    </main>
    ${foot(state, actions, { way: false })}
  `;
};

const waitWhere = (frame) => {
  const zone = frame.zones.length === 1 ? name(frame.zones[0]) : "";
  return zone ? word("kiosk.next_wait", { zone }) : word("kiosk.next_wait_anywhere");
};

const number = (label) => {
  const letters = label.match(/^[A-Z]*/)[0];
  return html`<i>${letters}</i>${label.slice(letters.length)}`;
};
