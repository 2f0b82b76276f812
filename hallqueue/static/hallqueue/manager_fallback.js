// What came to the fallback window today and why, and the concerns that are not settled.

import { icon } from "./manager_parts.js";
import { pageData, t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";

export const fallback = ({ fallback: rows, concerns }) => html`
  <div class="section__head"><h2>${t("manager.fallback_today")}</h2>
    <div class="row"><a class="button button--small" href=${`/${pageData.hall}/refusals/`}>${icon("file-text")}${t("manager.refusals_link")}</a>
      <a class="button button--small" href=${`/${pageData.hall}/concerns/`}>${icon("circle-alert")}${t("manager.concerns_link", concerns)}</a></div></div>
  ${marks(concerns)}
  ${rows.length
    ? html`<div class="table-wrap"><table class="table table--tight"><thead><tr><th>${t("manager.fallback_reason")}</th>
        <th class="figure">${t("manager.fallback_now")}</th><th class="figure">${t("manager.fallback_count")}</th></tr></thead>
        <tbody>${rows.map((each) => html`<tr><td>${t(`fallback.reason.${each.code}`)}</td><td class="figure num">${each.now}</td><td class="figure num">${each.today}</td></tr>`)}</tbody></table></div>`
    : html`<div class="empty">${icon("circle-check")}<p>${t("manager.fallback_none")}</p></div>`}`;

const marks = (concerns) =>
  concerns.late || concerns.pause_asked
    ? html`<p class="row fallback__marks">
        ${concerns.late ? html`<a class="state" data-state="stranded" href=${`/${pageData.hall}/concerns/?late=1`}>${t("manager.concerns_late", concerns)}</a>` : nothing}
        ${concerns.pause_asked ? html`<a class="tag tag--special" href=${`/${pageData.hall}/concerns/?state=pause_asked`}>${t("manager.concerns_pause", concerns)}</a>` : nothing}</p>`
    : nothing;
