// The search: one field finds services to issue for and tickets to help with; empty, it shows who waits for the desk.

import { clock } from "./moments.js";
import { pageData, t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { find } from "./kiosk_search.js";
import { duration, icon, number, state, tags } from "./window_words.js";

const MOST_SERVICES = 30;
const TYPING_PAUSE = 120;
const A_NUMBER = /^[a-z]?\d+$/i;

let asked = 0;
let typing = null;

/** Ask the server for tickets; `show(found)` gets only the answer to what was typed last. */
export function searchTickets(query, show) {
  const turn = ++asked;
  clearTimeout(typing);
  if (!query.trim()) return show(null);
  typing = setTimeout(async () => {
    const found = await fetched(query).catch(() => ({ tickets: [], appointments: [] }));
    if (turn === asked) show(found);
  }, TYPING_PAUSE);
}

async function fetched(query) {
  const url = `${location.pathname}find/?q=${encodeURIComponent(query)}&lang=${pageData.lang}`;
  const response = await fetch(url, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(4000) });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

/** What can be chosen now, from the top: {group, service} or {group, ticket, row}. */
export function itemsOf(desk) {
  const { query, found, catalogue, main } = desk;
  if (!query.trim()) return [...ticketItems("claimed", main.data.claimed), ...ticketItems("aside", main.data.aside), ...usualItems(catalogue)];
  const services = find(catalogue?.services ?? [], query).slice(0, MOST_SERVICES);
  const toIssue = serviceItems("services", services);
  const tickets = [...bookingItems(found?.appointments ?? []), ...ticketItems("tickets", found?.tickets ?? [])];
  if (found && !tickets.length && !services.length) return [{ group: "services", id: "unknown", service: unknownMatter() }];
  return A_NUMBER.test(query.trim()) ? [...tickets, ...toIssue] : [...toIssue, ...tickets];
}

const serviceItems = (group, services) => services.map((service) => ({ group, id: service.code, service }));

/** What most people come for, two keys away. */
function usualItems(catalogue) {
  if (!catalogue) return [];
  return serviceItems("usual", catalogue.common.map((id) => catalogue.services.find((each) => each.id === id)));
}

const bookingItems = (rows) => rows.map((row) => ({ group: "appointments", id: row.code, ticket: row.ticket, booking: row }));

/** Somebody comes who does not know what to ask for: the fallback window finds out. */
const unknownMatter = () => ({ unknown: true, code: "", names: { zh: t("desk.unknown"), en: t("desk.unknown") }, tags: [] });

const ticketItems = (group, rows) => rows.map((row) => ({ group, id: row.ticket, ticket: row.ticket, row }));

export const findView = ({ desk, hands, now }) => {
  const items = itemsOf(desk);
  const groups = [...new Set(items.map((item) => item.group))];
  const card = (group) => groupView(desk, hands, now, group, items);
  if (!items.length) return emptyView(desk);
  return html`<div class="desk__found" id="found" role="listbox" aria-label=${t("desk.found")}>${groups.map(card)}</div>`;
};

const groupView = (desk, hands, now, group, items) => html`
  <div class="desk__group" role="group" aria-label=${t(`desk.group.${group}`)}>
    <p class="desk__head" aria-hidden="true">${t(`desk.group.${group}`)} ${countOf(desk, group, items)}</p>
    <div class="list choices desk__rows" role="presentation">
      ${items.map((item, index) => (item.group === group ? itemView(desk, hands, now, item, index) : nothing))}
    </div>
  </div>`;

function countOf({ main, query }, group, items) {
  const count = query || group === "usual" ? items.filter((item) => item.group === group).length : main.data.counts[group];
  return html`<span class="count">${count}</span>`;
}

const itemView = (desk, hands, now, item, index) => html`
  <div class="list__row desk__row" id="item-${index}" role="option" aria-selected=${index === desk.chosen ? "true" : "false"}
    @click=${() => hands.open(item)}>${faceOf(desk, item, now)}</div>`;

const faceOf = (desk, item, now) => {
  if (item.booking) return bookingFace(item.booking);
  return item.service ? serviceFace(desk, item.service) : ticketFace(item.row, now);
};

const bookingFace = (each) => html`${icon("history")}
  <b class="num">${each.date.slice(5)} ${clock(each.start_at)}</b><span class="grow clip-1" title=${each.service}>${each.service}</span>
  <span>${each.name}</span>${state(each.state === "booked" ? "waiting" : "done", t(`desk.booking.${each.state}`), "state--plain")}`;

const serviceFace = (desk, service) => {
  if (service.unknown) return html`${icon("shield")}<span class="grow">${t("desk.unknown")}</span><span class="fine">${t("desk.unknown_lead")}</span>`;
  const open = isOpen(desk, service);
  const [waiting] = desk.lines?.lines[service.id] ?? [0];
  return html`${icon("ticket")}
    <span class="grow desk__name"><span class="clip-2" title=${service.names.zh}>${nameOf(service.names)}</span>
      <span class="fine clip-1" title=${departmentOf(desk, service)}>${departmentOf(desk, service)}</span></span>
    ${open
      ? html`<span class="num fine">${waiting ? t("desk.waiting", { count: waiting }) : t("desk.nobody")}</span>`
      : state("closed", t("desk.no_window"), "state--plain")}`;
};

export const ticketFace = (row, now) => html`${number(row.label)}
  ${state(row.state, t(`words.state.${row.state}`), "state--plain")}
  <span class="grow clip-1" title=${row.service}>${row.service}</span>${tags(row)}
  ${row.today === false
    ? html`<span class="tag tag--plain num">${t("desk.of_day", row)}</span>`
    : html`<span class="num fine">${lasting(row, now)}</span>`}`;

const lasting = (row, now) => (["done", "cancelled", "expired"].includes(row.state) ? clock(row.since) : duration(now - Date.parse(row.since)));

/** Whether an open window takes it; before the first frame nobody knows, and the server decides. */
export const isOpen = (desk, service) => !desk.lines || desk.lines.open.has(service.id);

export const nameOf = (names) => (pageData.lang === "en" && names.en) || names.zh;

export const departmentOf = (desk, service) => {
  const found = desk.catalogue?.departments.find((each) => each.id === service.department);
  return found ? `${nameOf(found.names)} ${nameOf(found.zone)}` : "";
};

const emptyView = ({ query, found }) => html`
  <div class="empty">${icon(query ? "search" : "circle-check")}
    <p>${query ? (found ? t("desk.nothing") : t("desk.searching")) : t("desk.quiet")}</p></div>`;
