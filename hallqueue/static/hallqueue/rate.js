// One matter rated: five equal answers, none chosen beforehand, then the reasons, and words where one can type.

import { html, nothing } from "./vendor/lit-html.js";
import { newKey, pageData, Refusal } from "./page.js";

const LEVELS = [5, 4, 3, 2, 1];
const BAD_UP_TO = 2;
const drafts = new Map();

/** What somebody began to say of a matter, by its id; nothing stands in it beforehand. */
function draftOf(id) {
  if (!drafts.has(id)) drafts.set(id, { level: null, reasons: [], busy: false, refusal: "", key: newKey() });
  return drafts.get(id);
}

/** Forget what was begun and not sent. */
export const forget = () => drafts.clear();

/** Whether somebody has begun. */
export const begun = () => [...drafts.values()].some((each) => each.level !== null);

/**
 * The part of a page that asks. `id` is the rating's, `speak`: {word, say, icon, draw}; `send(id, said)` posts it; `typed` offers
 * words, and `person` who one is; `plain` is for the answer to a bad one, without reasons.
 */
export function ratePart(id, speak, { send, typed = false, plain = false }) {
  const draft = draftOf(id);
  return html`<div class="rate" data-rating=${id}>
    ${draft.level === null ? levels(draft, speak) : details(id, draft, speak, { send, typed, plain })}
    ${draft.refusal ? html`<p class="field__error" role="alert">${draft.refusal}</p>` : nothing}
  </div>`;
}

const levels = (draft, speak) => html`
  <div class="rate__levels" role="group" aria-label=${speak.say("rating.ask")}>${LEVELS.map(
    (level) => html`<button class="button rate__level" type="button" data-level=${level} @click=${() => choose(draft, level, speak)}>
      ${stars(level, speak)}<span>${speak.word(`rating.level.${level}`)}</span></button>`,
  )}</div>`;

/** As many stars as the level says. */
export const stars = (level, { icon }) => html`<span class="rate__stars" aria-hidden="true">${Array.from({ length: level }, () => icon("star"))}</span>`;

const details = (id, draft, speak, { send, typed, plain }) => html`
  <p class="rate__chosen">${stars(draft.level, speak)}<b>${speak.word(`rating.level.${draft.level}`)}</b>
    <button class="button button--quiet" type="button" @click=${() => choose(draft, null, speak)}>${speak.icon("rotate-ccw")}${speak.word("rating.back")}</button></p>
  ${plain ? nothing : reasons(draft, speak)} ${typed ? words(id, draft, speak, plain) : nothing}
  <button class="button button--primary button--large rate__send" type="button" aria-busy=${draft.busy} @click=${() => submit(id, draft, speak, send)}>
    ${speak.icon("send")}${speak.word("rating.send")}</button>`;

function reasons(draft, speak) {
  const side = draft.level <= BAD_UP_TO ? "bad" : "good";
  return html`<fieldset class="rate__why"><legend>${speak.word(`rating.why_${side}`)}</legend>
    <div class="rate__reasons">${pageData.reasons[side].map(
      (code) => html`<button class="button" type="button" aria-pressed=${draft.reasons.includes(code)} @click=${() => tick(draft, code, speak)}>
        ${draft.reasons.includes(code) ? speak.icon("check") : nothing}<span>${speak.word(`rating.reason.${code}`)}</span></button>`,
    )}</div></fieldset>`;
}

const words = (id, draft, speak, plain) => html`
  <label class="field"><span class="field__label">${speak.word("rating.comment")}</span>
    <textarea class="input" id="comment-${id}" maxlength="500" rows="3" .value=${draft.comment ?? ""} @input=${keep(draft, "comment")}></textarea></label>
  ${plain || draft.level > BAD_UP_TO ? nothing : person(draft, speak)}`;

const person = (draft, speak) => html`
  <fieldset class="rate__person"><legend>${speak.word("rating.person")}</legend>
    <label class="field"><span class="field__label">${speak.word("rating.name")}</span>
      <input class="input" autocomplete="name" maxlength="40" .value=${draft.name ?? ""} @input=${keep(draft, "name")}></label>
    <label class="field"><span class="field__label">${speak.word("rating.phone")}</span>
      <input class="input num" type="tel" inputmode="tel" autocomplete="tel" maxlength="20" .value=${draft.phone ?? ""} @input=${keep(draft, "phone")}></label>
  </fieldset>`;

const keep = (draft, name) => (event) => {
  draft[name] = event.target.value;
  draft.key = newKey();
};

function choose(draft, level, { draw }) {
  Object.assign(draft, { level, reasons: [], refusal: "", key: newKey() });
  draw();
}

function tick(draft, code, { draw }) {
  const kept = draft.reasons.filter((each) => each !== code);
  draft.reasons = kept.length === draft.reasons.length ? [...kept, code] : kept;
  draft.key = newKey();
  draw();
}

async function submit(id, draft, speak, send) {
  if (draft.busy) return;
  Object.assign(draft, { busy: true, refusal: "" });
  speak.draw();
  const typed = Object.fromEntries(["comment", "name", "phone"].filter((name) => draft[name]?.trim()).map((name) => [name, draft[name]]));
  try {
    await send(id, { level: draft.level, reasons: draft.reasons, ...typed }, draft.key);
    drafts.delete(id);
  } catch (error) {
    draft.refusal = error instanceof Refusal ? error.message : speak.say("rating.lost");
  }
  draft.busy = false;
  speak.draw();
}
