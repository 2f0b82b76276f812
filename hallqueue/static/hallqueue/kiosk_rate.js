// "Rate a service" at the kiosk: with the slip's number and code, typed, touched or scanned; then the matters of that visit.

import { html, nothing } from "./vendor/lit-html.js";
import { newKey, pageData, post, Refusal } from "./page.js";
import { SIGNS } from "./kiosk_appointment.js";
import { foot, HELD, question } from "./kiosk_parts.js";
import { answering, column, icon, name, say, word } from "./kiosk_words.js";
import { forget, ratePart } from "./rate.js";

const FIELDS = { slip: "rating.number", code: "rating.code" };

/** What a newcomer to this page finds. */
export function fresh() {
  forget();
  return { slip: "", code: "", field: "slip", list: null, refusal: "", busy: false };
}

/** The page, whatever it has come to. */
export const rate = (state, actions) => (state.rating.list ? matters(state, actions) : slip(state, actions));

const slip = (state, actions) => {
  const { rating } = state;
  return html`
    <main class="glass__body glass__body--scroll right">
      ${question("rating.kiosk")}
      <form class="stack" @submit=${(event) => (event.preventDefault(), find(rating, actions))}>
        <p class="lead">${word("rating.kiosk_lead")}</p>
        ${Object.keys(FIELDS).map((field) => line(rating, field, actions))}
        ${rating.refusal ? html`<div class="alarm" role="alert">${icon("circle-alert")}<p>${rating.refusal}</p></div>` : nothing}
        <button class="visually-hidden" tabindex="-1">${word("rating.next")}</button>
      </form>
      <div class="keypad keypad--code" role="group" aria-label=${say("kiosk.letters")}>
        ${SIGNS.map((sign) => html`<button class="button" type="button" @click=${() => type(rating, rating[rating.field] + sign, actions)}>${sign}</button>`)}
        <button class="button" type="button" aria-label=${say("kiosk.erase")} @click=${() => type(rating, rating[rating.field].slice(0, -1), actions)}>${icon("arrow-left")}</button>
      </div>
    </main>
    ${foot(state, actions, { list: false, last: next(rating, actions) })}`;
};

const line = (rating, field, actions) => html`<label class="field"><span class="field__label">${word(FIELDS[field])}</span>
  <input class="input num" ?data-first=${field === "slip"} data-field=${field} type="text" inputmode=${HELD.matches ? "text" : "none"} autocomplete="off" spellcheck="false" maxlength="200"
    .value=${rating[field]} @focus=${() => actions.rated({ field })} @input=${(event) => type(rating, event.target.value, actions, field)} /></label>`;

const next = (rating, actions) => html`
  <button class="button button--primary button--large take" type="button" ?disabled=${!rating.slip || rating.busy} aria-busy=${rating.busy}
    @click=${() => find(rating, actions)}>${word("rating.next")}</button>`;

function type(rating, text, actions, field = rating.field) {
  const clean = text.includes("/t/") ? text : text.toUpperCase().slice(0, 12);
  actions.rated({ [field]: clean, field, refusal: "" });
}

async function find(rating, actions) {
  if (!rating.slip || rating.busy) return;
  if (!rating.code && !rating.slip.includes("/t/")) return void document.querySelector("[data-field=code]").focus();
  actions.rated({ busy: true });
  try {
    const found = await post(answering(`/${pageData.hall}/kiosk/slip/`), { slip: rating.slip, code: rating.code }, { key: newKey() });
    actions.rated({ busy: false, list: found.ratings, label: found.label, over: found.over, rated: found.rated });
  } catch (error) {
    actions.rated({ busy: false, refusal: error instanceof Refusal ? error.message : say("rating.lost") });
  }
}

const matters = (state, actions) => {
  const { list, label, given } = state.rating;
  const [first] = list;
  const send = async (id, { level, reasons }, key) => {
    const { slip: held, code } = state.rating;
    await post(answering(`/${pageData.hall}/kiosk/rate/`), { slip: held, code, rating: id, level, reasons }, { key });
    actions.rated({ list: list.filter((each) => each.id !== id), given: true });
  };
  return html`
    <main class="glass__body glass__body--scroll ${first ? "pad" : "centred"}">
      ${first
        ? html`<div class="pad__ask"><p class="ticket-number pad__number">${label}</p><h1 class="question" tabindex="-1">${word("rating.ask")}</h1>
              <p class="lead">${name(first.service)} ${column(first.service)}</p></div>
            ${ratePart(first.id, { word, say, icon, draw: () => actions.rated({}) }, { send })}`
        : html`<div class="empty" role="status">${icon(given ? "circle-check" : "info")}<p class="question">${given ? word("rating.thanks") : none(state.rating)}</p></div>`}
    </main>
    ${foot(state, actions, { list: false, help: false })}`;
};

/** Why nothing of this slip can be rated. */
function none({ over, rated }) {
  if (over) return word("rating.over", { date: over });
  return word(rated ? "rating.already" : "rating.none_left");
}
