// Parts of the console that tell of a visit: its matters, what is due, and from when a press is allowed.

import { clock } from "./moments.js";
import { t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { icon } from "./window_words.js";

/** The matters of a visit, each with its result; and the window that wants the person back. */
export function mattersView(person) {
  if (!person.matters.length && !person.back_to) return nothing;
  return html`<div class="hero__words matters">
    ${person.back_to ? html`<p class="tag">${t("life.lent", { number: person.back_to })}</p>` : nothing}
    ${person.matters.length ? html`<ol class="matters__list">${person.matters.map(matterView)}</ol>` : nothing}</div>`;
}

const matterView = ({ service, result, with: label }) => html`
  <li><span class="tag ${result ? "" : "tag--plain"}">${t(`life.result.${result || "open"}`)}</span>
    <span class="clip-1" title=${service}>${service}</span>
    ${label ? html`<span class="fine">${t("life.with", { label })}</span>` : nothing}</li>`;

/** What this window parked and wanted to be reminded of. */
export const remindersView = ({ aside, window }) =>
  aside.first.filter((row) => row.own && row.due && window.state !== "closed").slice(0, 2).map(
    (row) => html`<div class="note note--special" role="alert">${icon("bell")}<p>${t("life.reminder", row)}</p></div>`);

/** Behind the state of somebody set aside: why, and until when. */
export function setAsideView(row) {
  if (row.state !== "parked") return nothing;
  const until = row.due ? t("life.due") : row.remind_at ? t("life.remind_at", { time: clock(row.remind_at) }) : "";
  return html`${until ? html`<span class="tag ${row.due ? "tag--special" : "tag--plain"}">${until}</span>` : nothing}
    ${row.reason ? html`<span class="fine clip-1" title=${row.reason}>${row.reason}</span>` : nothing}`;
}

/** Why a press is too early by the hall's rules: calls still missing, or seconds counting down. */
export function untilView(verb, person, now) {
  if (!person || person.state !== "called" || !["recall", "no_show"].includes(verb)) return nothing;
  if (verb === "no_show" && person.calls_missing) return html`<small class="until">${t("life.calls_missing", { count: person.calls_missing })}</small>`;
  const left = Math.ceil((Date.parse(verb === "recall" ? person.recall_from : person.no_show_from) - now) / 1000);
  return left > 0 ? html`<small class="until num">${left}″</small>` : nothing;
}
