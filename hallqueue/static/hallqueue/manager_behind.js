// What stands behind a tile: its tickets, live; for a window also its hands: open, pause, close.

import { look } from "./live.js";
import { act, hour, icon, lasting, toast, word } from "./manager_parts.js";
import { pageData, t } from "./page.js";
import { html, nothing, render } from "./vendor/lit-html.js";
import { repeat } from "./vendor/directives/repeat.js";

const dialog = document.getElementById("behind");
const shown = { link: null, list: "", title: "", rows: null, view: null, busy: false };

/** Open the tickets of a list of the topic `tickets`; closing the dialog ends the watch. */
export function openBehind(view, list, title) {
  shown.link?.close();
  Object.assign(shown, { view, list, title, rows: null, busy: false });
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
  draw();
}

function draw() {
  const number = shown.list.startsWith("window-") ? Number(shown.list.slice(7)) : null;
  const window = number === null ? null : shown.view.frame.windows.find((each) => each.number === number);
  render(
    html`<div class="dialog__head"><h2 id="behind-title">${shown.title}</h2>
        <button class="button button--quiet button--icon" aria-label=${t("manager.close")} @click=${() => dialog.close()}>${icon("x")}</button></div>
      <div class="dialog__body stack">${window ? windowHands(window) : nothing}${shown.rows ? tickets(shown.rows) : nothing}</div>`,
    dialog,
  );
}

const windowHands = (window) => html`
  <div class="row"><span class="state state--large" data-state=${window.state}>${word("window_state", window.state)}</span>
    ${window.fallback ? html`<span class="tag tag--special">${t("manager.fallback")}</span>` : nothing}
    <b>${window.name}</b><span class="soft">${window.clerk || t("manager.no_clerk")}</span>
    ${window.reason ? html`<span class="soft">${window.reason}</span>` : nothing}
    ${window.since ? html`<span class="soft num">${t("manager.since", { time: hour(window.since) })}</span>` : nothing}
    <span class="soft num">${t("manager.served", { count: window.done })}</span></div>
  ${pageData.may_act ? buttons(window) : nothing}`;

const buttons = (window) => html`
  <form class="row hands" @submit=${(event) => event.preventDefault()}>
    ${window.state === "open" ? nothing : html`<button class="button button--primary" @click=${() => say(window, "open")}>${icon("play")}${t("manager.do_open")}</button>`}
    ${window.state === "closed"
      ? nothing
      : html`<div class="field grow"><label for="reason">${t("manager.reason")}</label>
            <input class="input" id="reason" maxlength="100" autocomplete="off" placeholder=${t("manager.reason_hint")}></div>
          ${window.state === "open" ? html`<button class="button" @click=${() => say(window, "pause")}>${icon("pause")}${t("manager.do_pause")}</button>` : nothing}
          <button class="button" @click=${() => say(window, "close")}>${icon("door-closed")}${t("manager.do_close")}</button>`}
  </form>`;

async function say(window, verb) {
  const reason = document.getElementById("reason")?.value.trim() ?? "";
  if (verb !== "open" && !reason) return toast(t("manager.reason_needed"));
  if (shown.busy) return;
  shown.busy = true;
  await act("window/", { window: window.number, verb, reason });
  shown.busy = false;
}

const tickets = ({ count, tickets: rows }) =>
  rows.length
    ? html`<div class="table-wrap behind"><table class="table table--tight"><thead><tr><th>${t("manager.col.number")}</th><th>${t("manager.col.state")}</th>
          <th>${t("manager.col.service")}</th><th class="figure">${t("manager.col.time")}</th><th class="figure">${t("manager.col.issued")}</th></tr></thead>
        <tbody>${repeat(rows, (row) => row.label, ticketRow)}</tbody></table></div>
        ${count > rows.length ? html`<p class="soft">${t("manager.list.more", { count, shown: rows.length })}</p>` : nothing}`
    : html`<div class="empty">${icon("ticket")}<p>${t("manager.list.none")}</p></div>`;

const ticketRow = (row) => html`<tr>
  <td><span class="ticket-number">${row.label}</span></td>
  <td><span class="row tight"><span class="state" data-state=${row.state}>${word("state", row.state)}</span>
    ${row.klass === "ordinary" ? nothing : html`<span class="tag tag--special">${word("class", row.klass)}</span>`}
    ${row.window ? html`<span class="num">${t("manager.window_number", { number: row.window })}</span>` : nothing}</span></td>
  <td><span class="clip-2" title=${row.service}>${row.service}</span></td>
  <td class="figure num">${lasting(row.since)}</td><td class="figure num">${hour(row.issued_at)}</td></tr>`;
