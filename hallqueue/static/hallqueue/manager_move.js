// Choosing people who wait, and sending them to another line, a window or the fallback window: one reason, all or none.

import { finder, found } from "./manager_find.js";
import { act, icon, told, toast, word } from "./manager_parts.js";
import { pageData, t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";

/** The ids of the tickets chosen in the open list. */
export const chosen = new Set();

const may = pageData.may_act;
const form = { where: "fallback", busy: false };

const choose = (id, on) => (on ? chosen.add(id) : chosen.delete(id));
const waiting = (rows) => rows.filter((row) => row.state === "waiting");

/** The first column of the list: a box for everybody who waits, and one for all of them. */
export const row = {
  head: (rows, draw) =>
    may
      ? html`<th class="chooser"><input type="checkbox" aria-label=${t("manager.choose_all")} .checked=${waiting(rows).length > 0 && waiting(rows).every((each) => chosen.has(each.id))}
          ?disabled=${!waiting(rows).length} @change=${(event) => (waiting(rows).forEach((each) => choose(each.id, event.target.checked)), draw())}></th>`
      : nothing,
  cell: ({ id, label, state }, draw) =>
    may
      ? html`<td class="chooser">${state === "waiting" ? html`<input type="checkbox" aria-label=${label} .checked=${chosen.has(id)} @change=${(event) => (choose(id, event.target.checked), draw())}>` : nothing}</td>`
      : nothing,
};

/** Where to, and why; shown as soon as somebody is chosen. */
export const moveForm = (frame, draw) =>
  may && chosen.size
    ? html`<form class="row hands move" @submit=${(event) => (event.preventDefault(), move(draw))}>
        <b class="num">${t("manager.chosen", { count: chosen.size })}</b>
        <div class="field"><label for="move-where">${t("manager.move_to")}</label>
          <select class="input" id="move-where" @change=${(event) => ((form.where = event.target.value), draw())}>
            <option value="fallback" ?selected=${form.where === "fallback"}>${t("manager.to_fallback")}</option>
            <option value="service" ?selected=${form.where === "service"}>${t("manager.to_service")}</option>
            ${frame.windows.map((each) => html`<option value=${each.number} ?selected=${form.where === String(each.number)}>${windowName(each)}</option>`)}
          </select></div>
        ${form.where === "service" ? finder("move-service", t("manager.to_service"), false) : nothing}
        <div class="field grow"><label for="move-reason">${t("manager.reason")}</label>
          <input class="input" id="move-reason" maxlength="200" autocomplete="off"></div>
        <button class="button button--primary" ?disabled=${form.busy}>${icon("arrow-right")}${t("manager.move")}</button></form>`
    : nothing;

const windowName = (each) => [t("manager.window_number", each), each.name, word("window_state", each.state)].filter(Boolean).join(" · ");

async function move(draw) {
  const reason = document.getElementById("move-reason").value.trim();
  if (!reason) return toast(t("manager.reason_needed"));
  if (form.busy) return null;
  form.busy = true;
  const where = await destination();
  const done = where && (await act("hands/move/", { tickets: [...chosen], reason, ...where }));
  form.busy = false;
  if (!where) return toast(t("manager.find_first"));
  if (done) {
    told(t("manager.moved", { count: chosen.size }));
    chosen.clear();
  }
  return draw();
}

async function destination() {
  if (form.where === "fallback") return { fallback: true };
  if (form.where !== "service") return { to_window: Number(form.where) };
  const service = await found("move-service");
  return service ? { service: service.service } : null;
}
