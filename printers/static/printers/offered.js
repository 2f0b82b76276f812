// What stayed unprinted while a printer stood still: staff say of each, or of all, whether it is still wanted.

import { clock } from "../hallqueue/moments.js";
import { pageData, t } from "../hallqueue/page.js";
import { html, nothing } from "../hallqueue/vendor/lit-html.js";
import { repeat } from "../hallqueue/vendor/directives/repeat.js";
import { icon, word } from "../hallqueue/words.js";

/** The list with its buttons; `say(url, fields, words)` posts. */
export function offeredView({ offered, printers }, say) {
  const names = new Map(printers.map((each) => [each.id, each.name]));
  const answer = (jobs, wanted) =>
    say("offered/", { jobs: jobs.map((job) => job.id), wanted }, wanted ? "printer.now_printing" : "printer.now_dropped");
  return html`<section class="section stack offered">
    <div class="section__head"><h2>${t("printer.offered")} <span class="count count--alarm">${offered.length}</span></h2>
      ${pageData.may_reprint
        ? html`<span class="row"><button class="button button--primary" type="button" @click=${() => answer(offered, true)}>${icon("printer")}${t("printer.print_all", { count: offered.length })}</button>
          <button class="button" type="button" @click=${() => answer(offered, false)}>${t("printer.let_all_go")}</button></span>`
        : nothing}</div>
    <p class="soft">${t("printer.offered_lead")}</p>
    <div class="list card card--flush offered__list">${repeat(offered, (job) => job.id, (job) => offeredRow(job, names.get(job.printer) ?? "", answer))}</div>
  </section>`;
}

const offeredRow = (job, printer, answer) => html`<div class="list__row">
  <span class="ticket-number">${job.label}</span>
  <span class="grow"><span class="clip-1" title=${job.service}>${job.service}</span>
    <span class="fine num">${clock(job.made_at)} · ${printer} · ${word(`printer.reason.${job.reason}`)}</span></span>
  ${pageData.may_reprint
    ? html`<button class="button button--small" type="button" @click=${() => answer([job], true)}>${t("printer.print_one")}</button>
        <button class="button button--small button--quiet" type="button" @click=${() => answer([job], false)}>${t("printer.let_go")}</button>`
    : nothing}
</div>`;
