// The reprint dialog: one question, why, and the answer prints.

import { newKey, pageData, post, Refusal, t } from "../hallqueue/page.js";
import { html, render } from "../hallqueue/vendor/lit-html.js";
import { icon } from "../hallqueue/words.js";
import { toast } from "../hallqueue/toast.js";

const dialog = document.getElementById("dialog");

/** Ask why, then print once more; the same key however often the button is pressed. */
export function askReprint(job) {
  const key = newKey();
  const choices = pageData.why.map(
    (why) => html`<button class="button button--wide" type="button" @click=${(event) => send(job, why, key, event.target)}>${t(`printer.why.${why}`)}</button>`,
  );
  render(
    html`<div class="dialog__head"><h2 id="dialog-title">${icon("printer")} ${t("printer.reprint_of", job)}</h2></div>
      <div class="dialog__body stack"><p>${t("printer.reprint_lead")}</p>${choices}</div>
      <div class="dialog__foot"><button class="button button--quiet" type="button" @click=${() => dialog.close()}>${t("printer.cancel")}</button></div>`,
    dialog,
  );
  dialog.showModal();
}

async function send(job, why, key, button) {
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await post("reprint/", { ticket: job.ticket, why }, { key });
    toast(t("printer.reprinted", answer));
  } catch (error) {
    toast(error instanceof Refusal ? error.message : t("printer.unreachable"), true);
  }
  button.removeAttribute("aria-busy");
  dialog.close();
}
