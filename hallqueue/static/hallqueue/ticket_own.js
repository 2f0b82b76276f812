// On the ticket's own page: the matters of the visit, coming back after a no-show, giving the number back in two taps.

import { html, nothing } from "./vendor/lit-html.js";
import { newKey, post, Refusal } from "./page.js";

const asking = { cancel: false, busy: false, refusal: "" };

/** What the visit is for, when it is for several things; `speak`: {word, say, icon, draw}. */
export const mattersPart = ({ own }, { word }) =>
  own.matters.length
    ? html`<section class="stack"><h2 class="eyebrow">${word("ticket.matters")}</h2>
        <ul class="list">${own.matters.map(([name, result]) => html`
          <li class="list__row"><span class="grow">${name}</span><span class="tag tag--plain">${word(`ticket.result.${result || "open"}`)}</span></li>`)}</ul></section>`
    : nothing;

/** Coming back after a no-show, where the hall's rules let the holder do it; and why a press was refused. */
export const backPart = ({ own }, speak) => html`
  ${asking.refusal ? html`<p class="field__error" role="alert">${asking.refusal}</p>` : nothing}
  ${own.may_requeue && !speak.isTooLate(own)
    ? html`<button class="button button--primary" type="button" aria-busy=${asking.busy} @click=${() => say("requeue", speak)}>
        ${speak.icon("rotate-ccw")}${speak.word("ticket.requeue")}</button>`
    : nothing}`;

/** Giving the number back, where the hall's rules let the holder do it. */
export function cancelPart({ own }, speak) {
  const { word, icon, draw } = speak;
  if (!own.may_cancel) return nothing;
  if (!asking.cancel)
    return html`<button class="button" type="button" @click=${() => draw((asking.cancel = true))}>${icon("x")}${word("ticket.cancel")}</button>`;
  return html`<div class="card stack" role="group" aria-label=${speak.say("ticket.cancel")}>
    <p>${word("ticket.cancel_sure")}</p>
    <div class="row">
      <button class="button" type="button" @click=${() => draw((asking.cancel = false))}>${word("ticket.cancel_no")}</button>
      <button class="button button--alarm" type="button" aria-busy=${asking.busy} @click=${() => say("cancel", speak)}>${word("ticket.cancel_yes")}</button>
    </div></div>`;
}

async function say(verb, { say: text, draw }) {
  if (asking.busy) return;
  draw(Object.assign(asking, { busy: true, refusal: "", key: asking.key ?? newKey() }));
  try {
    await post(`${verb}/`, {}, { key: asking.key });
    Object.assign(asking, { cancel: false, key: null });
  } catch (error) {
    const refused = error instanceof Refusal;
    Object.assign(asking, { refusal: refused ? error.message : text("ticket.stale"), key: refused ? null : asking.key });
  }
  draw((asking.busy = false));
}
