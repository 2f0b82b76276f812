// What stands behind a tile: its tickets, live, to be chosen and moved; for a window also its hands.

import { look } from "./live.js";
import { chosen, moveForm, row as chooseRow } from "./manager_move.js";
import { icon, lasting, word } from "./manager_parts.js";
import { previewOf, windowPart } from "./manager_window.js";
import { clock } from "./moments.js";
import { pageData, t } from "./page.js";
import { html, nothing, render } from "./vendor/lit-html.js";
import { repeat } from "./vendor/directives/repeat.js";

const dialog = document.getElementById("behind");
const shown = { link: null, list: "", title: "", rows: null, view: null };

/** Open the tickets of a list of the topic `tickets`; closing the dialog ends the watch. */
export function openBehind(view, list, title) {
  shown.link?.close();
  chosen.clear();
  Object.assign(shown, { view, list, title, rows: null });
  render(nothing, dialog); // what was typed for another window is not for this one
  shown.link = look([`tickets:${pageData.hall}:${list}`], { build: pageData.build, onFrame: take, onRefused: () => take({ data: { count: 0, tickets: [] } }) });
  draw();
  if (!dialog.open) dialog.showModal();
}

/** Durations grow, and the window's state moves with the hall's frame. */
export function redrawBehind() {
  if (dialog.open) draw();
}

dialog.addEventListener("close", () => shown.link?.close());

function take(frame) {
  shown.rows = frame.data;
  const waiting = new Set(shown.rows.tickets.filter((row) => row.state === "waiting").map((row) => row.id));
  for (const id of chosen) if (!waiting.has(id)) chosen.delete(id);
  draw();
}

function draw() {
  const number = shown.list.startsWith("window-") ? Number(shown.list.slice(7)) : null;
  const { frame } = shown.view;
  const window = number === null ? null : frame.windows.find((each) => each.number === number);
  render(
    html`<div class="dialog__head"><h2 id="behind-title">${shown.title}</h2>
        <button class="button button--quiet button--icon" aria-label=${t("manager.close")} @click=${() => dialog.close()}>${icon("x")}</button></div>
      <div class="dialog__body stack">${window ? windowPart(window, frame) : nothing}${shown.rows ? tickets(shown.rows, frame) : nothing}</div>`,
    dialog,
  );
}

const tickets = ({ count, tickets: rows, next }, frame) =>
  rows.length
    ? html`${previewOf(next)}
        <div class="table-wrap behind" tabindex="0" role="region" aria-label=${shown.title}><table class="table table--tight table--slim table--folded"><thead><tr>${chooseRow.head(rows, draw)}<th>${t("manager.col.number")}</th><th>${t("manager.col.state")}</th>
          <th>${t("manager.col.service")}</th><th class="figure">${t("manager.col.time")}</th><th class="figure">${t("manager.col.issued")}</th></tr></thead>
        <tbody>${repeat(rows, (row) => row.id, ticketRow)}</tbody></table></div>
        ${count > rows.length ? html`<p class="soft">${t("manager.list.more", { count, shown: rows.length })}</p>` : nothing}
        ${moveForm(frame, draw)}`
    : html`<div class="empty">${icon("ticket")}<p>${nobody(shown.list)}</p></div>`;

/** Why a list is empty, in the words of the list. */
const nobody = (list) => t(["waiting", "open", "aside", "stranded"].includes(list) ? `manager.list.no_${list}` : "manager.list.none");

const ticketRow = (row) => html`<tr aria-selected=${chosen.has(row.id) ? "true" : "false"}>${chooseRow.cell(row, draw)}
  <td><a class="ticket-number" href=${`/${pageData.hall}/tickets/${row.id}/`} title=${t("manager.story")}>${row.label}</a></td>
  <td><span class="row tight"><span class="state" data-state=${row.state}>${word("state", row.state)}</span>
    ${row.klass === "ordinary" ? nothing : html`<span class="tag tag--special">${word("class", row.klass)}</span>`}
    ${row.window ? html`<span class="num">${t("manager.window_number", { number: row.window })}</span>` : nothing}</span></td>
  <td class="folded__below"><span class="clip-2" title=${row.service}>${row.service}</span></td>
  <td class="figure num">${lasting(row.since)}</td><td class="figure num folded__away">${clock(row.issued_at)}</td></tr>`;
