// What the console looks up for its questions: where a person may go, who may be called, joined or sent on.

import { t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { duration, number, state, tags } from "./window_words.js";

const ASIDE = ["parked", "missed"];

/** Windows, departments and services that fit what was typed; `fields` say where to. */
export async function destinations(desk, query) {
  const found = await fetched(`${desk.url}destinations/?q=${encodeURIComponent(query)}`);
  const windows = found.windows.map((each) => ({ id: `w${each.number}`, fields: { to_window: each.number }, face: windowFace(each) }));
  const services = found.services.map((each) => ({ id: each.code, fields: { service: each.code }, face: serviceFace(each) }));
  const departments = found.departments.map((each) => ({ id: `d${each.code}`, fields: { department: each.code }, face: departmentFace(each) }));
  // Typed figures mean a window; typed words mean a service, or else a department.
  return /^\d+$/.test(query) || !query ? [...windows, ...departments, ...services] : [...services, ...departments, ...windows];
}

/** Services that fit what was typed. */
export const servicesLike = async (desk, query) =>
  (await fetched(`${desk.url}destinations/?q=${encodeURIComponent(query)}`)).services.map((each) => ({ id: each.code, face: serviceFace(each) }));

/** Tickets of any line whose number is like the typed one. */
export async function ticketsLike(desk, query) {
  const found = await fetched(`${desk.url}pickable/?any=1&q=${encodeURIComponent(query)}`);
  return found.tickets.map((row) => ({ id: row.ticket, face: ticketFace(desk, row) }));
}

const windowFace = (each) => html`
  <span class="tag">${t("window.transfer_window")}</span>
  <span class="grow"><b>${t("window.of_number", each)}</b> ${each.name} <span class="fine">${each.zone}</span></span>
  ${each.fallback ? state("fallback", t("window.fallback"), "state--plain") : nothing}
  ${state(each.state, t(`words.window_state.${each.state}`), "state--plain")}`;

const departmentFace = (each) => html`
  <span class="tag tag--plain">${t("window.transfer_department")}</span>
  <span class="grow">${each.name}</span>
  <span class="fine">${each.open_windows ? t("window.open_windows", { count: each.open_windows }) : t("window.no_open_window")}</span>`;

const serviceFace = (each) => html`
  <span class="tag tag--plain">${t("window.transfer_service")}</span>
  <span class="grow">${each.name} <span class="fine">${each.department__name}</span></span>
  <span class="fine">${each.open_windows ? t("window.open_windows", { count: each.open_windows }) : t("window.no_open_window")}</span>`;

/** Who is set aside, perhaps only in one state, and fits what was typed; of many the console shows the last, others are looked for. */
export async function asideItems(desk, query, state) {
  const { aside } = desk.frame();
  const sign = query.trim().toUpperCase();
  const states = state ? [state] : ASIDE;
  const fits = (row) => states.includes(row.state) && `${row.label}${row.service}`.toUpperCase().includes(sign);
  const known = aside.first.filter(fits);
  const rows = sign && !known.length && aside.count > aside.first.length ? (await searched(desk, sign)).filter(fits) : known;
  return rows.map((row) => ({ id: row.ticket, row, face: ticketFace(desk, row) }));
}

/** Who may be called out of turn. */
export async function pickable(desk, query) {
  const { line, aside } = desk.frame();
  const sign = query.trim().toUpperCase();
  const known = [...line.first.map((row) => ({ state: "waiting", ...row })), ...aside.first];
  const whole = line.count <= line.first.length && aside.count <= aside.first.length;
  const fitting = known.filter((row) => row.label.includes(sign) || row.service.toUpperCase().includes(sign));
  const rows = sign && !whole && !fitting.length ? await searched(desk, sign) : fitting;
  return rows.map((row) => ({ id: row.ticket, face: ticketFace(desk, row) }));
}

const searched = async (desk, sign) => (await fetched(`${desk.url}pickable/?q=${encodeURIComponent(sign)}`)).tickets;

const ticketFace = (desk, row) => html`
  ${number(row.label)} ${state(row.state, t(`words.state.${row.state}`), "state--plain")}
  <span class="grow clip-1">${row.service}</span> ${tags(row)}
  <span class="num fine">${duration(desk.now() - Date.parse(row.since))}</span>`;

async function fetched(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(4000) });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}
