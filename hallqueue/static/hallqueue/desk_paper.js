// Beside the desk's work: printers that need a hand, and slips that stayed unprinted; nothing while all is well.

import { pageData, t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { icon } from "./window_words.js";

export const needsHand = (printer) => !printer.ready || printer.condition === "near_end";

/** The card, or nothing. */
export function paperView({ desk }) {
  const wrong = desk.printers.filter(needsHand);
  if (!wrong.length && !desk.offered) return nothing;
  return html`
    <section class="card card--flush desk__paper ${wrong.some((each) => !each.ready) ? "card--alarm" : ""}" aria-live="polite">
      <div class="card__head row row--spread"><h2>${icon("printer")} ${t("desk.printers")}</h2>
        <a class="button button--small" href=${`/${pageData.hall}/printers/`}>${t("desk.to_printers")}</a></div>
      <div class="list desk__list">
        ${wrong.map(
          (each) => html`<div class="list__row" data-level=${each.ready ? nothing : "alarm"}>${icon(each.ready ? "info" : "triangle-alert")}
            <p class="grow"><b>${each.name}</b> · ${t(`printer.condition.${each.condition}`)}
              <span class="fine">${pageData.texts[`printer.advice.${each.condition}`] ?? nothing}</span></p></div>`,
        )}
        ${desk.offered ? html`<div class="list__row">${icon("ticket")}<p class="grow">${t("desk.offered", { count: desk.offered })}</p></div>` : nothing}
      </div>
    </section>`;
}
