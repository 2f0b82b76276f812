// What the kiosk says of paper: take it, wait for it, there is none, or nobody knows and the person is asked.

import { html, nothing } from "./vendor/lit-html.js";
import { newKey, pageData, post, Refusal } from "./page.js";
import { icon, word } from "./kiosk_words.js";

/** The name of this kiosk's topic of paper. */
export const paperTopic = () => `paper:${pageData.hall}:${pageData.paper}`;

/** A slip that nothing was heard of for so long is waited for no more: who prints it may be gone too. */
export const LATE = 15_000;

/** How the paper of the number just shown is: taken, printed before (a second check-in), elsewhere, coming, late, none, asked, or away: the server is not there to say. */
export function paperOf(state) {
  const { paper, result } = state;
  if (!paper) return { how: state.reachable ? "coming" : "away" };
  const slip = paper.slips[result.ticket];
  const elsewhere = slip?.elsewhere || paper.elsewhere;
  if (slip?.state === "unknown" && state.reachable) return { how: "asked" };
  if (result.again) return { how: "printed" };
  if (["confirmed", "unconfirmed"].includes(slip?.state)) return { how: elsewhere ? "elsewhere" : "taken", elsewhere };
  if (!state.reachable) return { how: "away" };
  if (slip?.state === "failed" || paper.printer !== "ready") return { how: "none" };
  if (elsewhere) return { how: "elsewhere", elsewhere };
  return { how: Date.now() - state.since < LATE ? "coming" : "late" };
}

/** The one line about paper below the number. */
export function paperLine(state) {
  const { how, elsewhere } = paperOf(state);
  const sign = { none: "qr-code", late: "qr-code", asked: "circle-alert", away: "wifi-off" }[how] ?? "printer";
  return html`<p class="done__slip" data-paper=${how} role="status">${icon(sign)}<span>${word(`kiosk.paper_${how}`, { name: elsewhere })}</span></p>`;
}

/** Nobody knows whether the paper came out: the person is asked. */
export function paperQuestion(state, actions) {
  if (paperOf(state).how !== "asked") return nothing;
  return html`
    <section class="note note--special stack paper-asked">
      <h2>${word("kiosk.paper_question")}</h2>
      <div class="row">
        <button class="button button--large" type="button" ?disabled=${state.paperBusy} @click=${() => actions.paper(true)}>${icon("check")}${word("kiosk.paper_yes")}</button>
        <button class="button button--large button--primary" type="button" ?disabled=${state.paperBusy} aria-busy=${Boolean(state.paperBusy)}
          @click=${() => actions.paper(false)}>${icon("printer")}${word("kiosk.paper_no")}</button>
      </div>
      ${state.paperSaid ? html`<p role="alert">${state.paperSaid}</p>` : nothing}
    </section>`;
}

/** Before a number is taken: that there will be no paper for it. */
export const noPaperNote = (state) =>
  state.paper?.printer === "down"
    ? html`<div class="note note--special">${icon("qr-code")}<p>${word("kiosk.no_paper_now")}</p></div>`
    : nothing;

/** Say whether the paper came out; a refusal is shown as it is, for the answer may be known meanwhile. */
export async function sayPaper(ticket, yes, draw) {
  draw({ paperBusy: true, paperSaid: "" });
  let said = "";
  try {
    await post(`/${pageData.hall}/paper/came-out/`, { ticket, yes }, { key: newKey() });
  } catch (error) {
    said = error instanceof Refusal ? error.message : word("kiosk.away_trying");
  }
  draw({ paperBusy: false, paperSaid: said });
}
