// The parts of the manager's screen as pure templates: a frame in, markup out.

import { icon, lasting, minutesSince, word } from "./manager_parts.js";
import { clock } from "./moments.js";
import { pageData, t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { ifDefined } from "./vendor/directives/if-defined.js";
import { repeat } from "./vendor/directives/repeat.js";

const MANY = 40;
const CROWD = 4;
const MOST_NAMED = 8;
const MOST_SERVICES = 5;
const MOST_BEHIND = 25;
const may = pageData.may_act;

const ORDER = ["stranded", "workers_gone", "clerk_gone", "no_window", "sent_to_closed", "help_waits", "empty_window", "idle_window", "device_down", "speaker_mute", "printer_down", "printer_low", "card_down", "after_closing", "parked_at_closing", "long_service", "long_wait", "calendar_unknown"];

/** Alarms whose people stand in a list of their own; the others are found behind their service or window. */
const LISTS = { stranded: "stranded", parked_at_closing: "aside" };

/** What needs a hand: standing alarms, the unseen first, then by how urgent their kind is. */
export function itemsOf(frame) {
  const rank = (alarm) => (ORDER.indexOf(alarm.kind) + ORDER.length) % ORDER.length;
  const alarms = frame.alarms.map((alarm) => ({ ...alarm, key: alarm.id, ...aboutAlarm(alarm, frame) }));
  return alarms.sort((a, b) => !!a.seen - !!b.seen || rank(a) - rank(b) || (a.data.window ?? 0) - (b.data.window ?? 0));
}

/** The windows of an alarm at which there is still nobody while people wait. */
function emptyOnes({ data }, frame) {
  const told = data.windows ?? [data.window];
  const left = frame.windows.filter((each) => told.includes(each.number) && isEmpty(each)).map((each) => each.number);
  const named = left.length ? left : told;
  const known = { windows: named.slice(0, MOST_NAMED).join("、"), count: named.length };
  return t(named.length > MOST_NAMED ? "manager.many_windows" : "manager.these_windows", known);
}

/** Whether a service with a line is still what an alarm of that kind tells of it. */
const STILL = { no_window: (row) => !row.windows.length, long_wait: (row, { limits }) => minutesSince(row.oldest) >= limits.wait };

/** The services of an alarm of which it is still true, whoever has waited longest first. */
function namedServices({ kind, data: { services = [] } }, frame) {
  if (kind in LISTS) return services; // nobody of these waits for a service
  const rows = new Map(frame.services.map((row) => [row.id, row]));
  const left = services.filter(([id]) => rows.has(id) && (STILL[kind]?.(rows.get(id), frame) ?? true));
  const since = ([id]) => Date.parse(rows.get(id).oldest);
  return left.length ? left.sort((a, b) => since(a) - since(b)) : services;
}

/** How many wait for the services of an alarm, as the hall is now. */
function peopleOf({ kind, data }, services, frame) {
  if (kind in LISTS) return data.people;
  const named = new Set(services.map(([id]) => id));
  return named.size ? frame.services.filter((row) => named.has(row.id)).reduce((sum, row) => sum + row.waiting, 0) : data.people;
}

function servicesNamed(services) {
  const names = services.slice(0, MOST_SERVICES).map(([, name]) => `“${name}”`).join("、");
  return services.length > MOST_SERVICES ? t("manager.many_services", { services: names, count: services.length }) : names;
}

/** The list of who waits for these services; of so many that no list is named by them, everybody who waits. */
function behindServices(services) {
  if (services.length > MOST_BEHIND) return "waiting";
  return services.length ? `services-${services.map(([id]) => id).join(".")}` : "";
}

function aboutAlarm(alarm, frame) {
  const services = namedServices(alarm, frame);
  const device = alarm.data.device ? t(`manager.device.${alarm.data.device}`) : "";
  const condition = alarm.data.condition ? t(`printer.condition.${alarm.data.condition}`) : "";
  const data = { ...alarm.data, device, condition, wait: alarm.data.since ? lasting(alarm.data.since) : "", windows: emptyOnes(alarm, frame), services: servicesNamed(services), people: peopleOf(alarm, services, frame), count: frame.counts.stranded };
  const known = `manager.alarm.${alarm.kind}` in pageData.texts;
  const words = known ? t(`manager.alarm.${alarm.kind}`, data) : t("manager.alarm.other", alarm);
  const list = LISTS[alarm.kind] ?? (behindServices(services) || (/^(service|window):/.test(alarm.subject) ? alarm.subject.replace(":", "-") : ""));
  const title = listTitle(alarm, services);
  const noun = ["concern", "finding", "project"].find((each) => alarm.data[each]);
  const place = noun ? `${noun}s/${alarm.data[noun]}` : alarm.data.condition && "printers";
  const href = place ? `/${pageData.hall}/${place}/` : "";
  return { words, list, title, href };
}

function listTitle({ kind, data }, services) {
  if (kind in LISTS) return t(`manager.list.${LISTS[kind]}`);
  if (services.length > 1) return t("manager.list.services", { count: services.length });
  return data.service ?? (data.window ? t("manager.window_number", { number: data.window }) : "");
}

export const head = ({ frame, sound, audible, closing }, hands) => html`
  <div class="row head"><h1>${t("manager.title")}</h1>
    <span class="state state--large" data-state=${frame.is_open ? "open" : "closed"}>${t(frame.is_open ? "manager.hall_open" : "manager.hall_closed")}</span>
    ${closing ? html`<span class="soft" role="status">${t("manager.close_hall_sure")}</span>` : nothing}</div>
  <div class="row"><span class="soft num">${frame.date}</span>
    <form class="search search--number" action=${`/${pageData.hall}/tickets/`} role="search">${icon("search")}<input class="input" name="q" maxlength="10" autocomplete="off" aria-label=${t("manager.find")} placeholder=${t("manager.find")}></form>
    <button class="button button--quiet" aria-pressed=${sound ? "true" : "false"} @click=${hands.sound}>${icon(sound && audible ? "volume-2" : "volume-x")}${t(soundWord(sound, audible))}</button>
    <button class="button" @click=${() => hands.tell("messages")}>${icon("send")}${t("manager.messages")}${unread(frame)}</button>
    <button class="button" @click=${() => hands.tell("notices")}>${icon("megaphone")}${t("manager.notices")}${frame.notices.length ? html`<span class="count">${frame.notices.length}</span>` : nothing}</button>
    ${may && !frame.emergency ? html`<button class="button" @click=${() => hands.tell("emergency")}>${icon("triangle-alert")}${t("manager.emergency")}</button>` : nothing}
    <a class="button" href=${`/${pageData.hall}/manager/acts/`}>${icon("history")}${t("manager.acts")}</a>
    ${may
      ? html`<button class="button ${closing ? "button--alarm" : ""}" @click=${() => hands.setHall(!frame.is_open)}>${icon(frame.is_open ? "door-closed" : "door-open")}${t(frame.is_open ? "manager.close_hall" : "manager.open_hall")}</button>`
      : nothing}</div>`;

const soundWord = (sound, audible) => (sound ? (audible ? "manager.sound_on" : "manager.sound_waits") : "manager.sound_off");

function unread(frame) {
  const count = frame.messages.filter((each) => each.unseen.length).length;
  return count ? html`<span class="count" title=${t("manager.unread")}>${count}</span>` : nothing;
}

/** Tidal windows: what would help, why, and one press to do it. */
export const advice = (frame, hands) =>
  repeat(frame.advice, (row) => row.id, (row) => html`
    <div class="note note--special advice">${icon("info")}<p><b>${t("manager.advice.title")}</b> ${adviceWords(row)}</p>
      ${may ? html`<span class="alarm__end"><button class="button button--small button--primary" @click=${() => hands.advise(row, true)}>${t(`manager.advice.do_${row.verb}`, row)}</button>
        <button class="button button--small" @click=${() => hands.advise(row, false)}>${t("manager.advice.dismiss")}</button></span>` : nothing}</div>`);

/** Why, what, by whom and for how much, as sentences; Chinese ones have no space between them. */
function adviceWords(row) {
  const why = row.manned < row.windows ? "why_manned" : "why";
  const told = { ...row, people_each: Math.round(row.waiting / row.manned) };
  const between = pageData.lang === "en" ? " " : "";
  return [why, ...(row.earlier ? ["earlier"] : []), row.verb, row.clerk ? "sits" : "nobody", "saves"].map((each) => t(`manager.advice.${each}`, told)).join(between);
}

/** The emergency that stands, before everything else, with its end. */
export const emergency = ({ emergency: stands }, hands) =>
  stands
    ? html`<div class="alarm" id="emergency">${icon("triangle-alert")}<p><b>${t("manager.emergency_stands")}</b> ${stands.zh}</p>
        ${may ? html`<span class="alarm__end"><button class="button button--small" @click=${hands.endEmergency}>${icon("undo-2")}${t("manager.emergency_end")}</button></span>` : nothing}</div>`
    : nothing;

export const attention = (items, hands) =>
  items.length
    ? [crowd(items.filter((item) => item.id && !item.seen), hands), repeat(items, (item) => item.key, (item) => attentionRow(item, hands))]
    : html`<p class="note note--done">${icon("circle-check")}<span>${t("manager.all_well")}</span></p>`;

/** How many there are, where they are more than a look takes in, and one press for all of them. */
const crowd = (unseen, hands) =>
  unseen.length < CROWD
    ? nothing
    : html`<div class="row row--spread attention__crowd"><h2>${t("manager.alarms")} <span class="count">${unseen.length}</span></h2>
        ${may ? html`<button class="button button--small" @click=${() => hands.acknowledgeAll(unseen.map((item) => item.id))}>${icon("check")}${t("manager.acknowledge_all")}</button>` : nothing}</div>`;

const attentionRow = (item, hands) => html`
  <div class=${item.seen ? "note" : "alarm"}>${icon(item.seen ? "info" : "triangle-alert")}<p>${item.words}</p>
    <span class="alarm__end">
      ${item.href ? html`<a class="button button--small" href=${item.href}>${t("manager.show")}</a>` : nothing}
      ${item.list ? html`<button class="button button--small" @click=${() => hands.behind(item.list, item.title)}>${t("manager.show")}</button>` : nothing}
      ${item.seen ? html`<span class="fine num">${t("manager.seen_by", { name: item.seen_by, time: item.seen_at ? clock(item.seen_at) : "" })}</span>` : nothing}
      ${may && item.id && !item.seen ? html`<button class="button button--small" @click=${() => hands.acknowledge(item.id)}>${t("manager.acknowledge")}</button>` : nothing}
    </span></div>`;

export function tiles(frame, hands) {
  const { counts, limits } = frame;
  const late = frame.oldest && minutesSince(frame.oldest) >= limits.wait;
  const open = frame.windows.filter((each) => each.state === "open").length;
  const paused = frame.windows.filter((each) => each.state === "paused").length;
  return [
    tile("waiting", counts.waiting, frame.oldest ? t("manager.longest", { wait: lasting(frame.oldest) }) : t("manager.nobody"), hands, late && "alarm"),
    tile("open", counts.open, t("manager.windows_open", { open, paused }), hands),
    tile("aside", counts.aside, t("manager.by_hand"), hands),
    tile("stranded", counts.stranded, counts.stranded ? " " : t("manager.none_stranded"), hands, counts.stranded && "alarm"),
    plain("issued", counts.issued, frame.date),
    plain("done", counts.done, t("manager.cancelled", { count: counts.cancelled })),
  ];
}

const tile = (list, figure, note, hands, level) => html`
  <button class="tile" data-level=${ifDefined(level || undefined)} @click=${() => hands.behind(list, t(`manager.list.${list}`))}>${inside(list, figure, note)}</button>`;

const plain = (name, figure, note) => html`<div class="tile">${inside(name, figure, note)}</div>`;

const inside = (name, figure, note) => html`
  <span class="tile__name">${t(`manager.tile.${name}`)}</span>
  <span class="tile__figure num">${figure}<small>${t("manager.people")}</small></span>
  <span class="tile__note">${note}</span>`;

export function windows(view, hands) {
  const all = view.frame.windows;
  const groups = { all, open: all.filter(is("open")), paused: all.filter(is("paused")), closed: all.filter(is("closed")) };
  const chosen = view.filter || (all.length > MANY && groups.open.length ? "open" : "all");
  return html`
    <div class="section__head"><h2>${t("manager.windows")}</h2>
      <div class="button-group">${Object.entries(groups).map(
        ([name, found]) => html`<button class="button button--small" aria-pressed=${name === chosen ? "true" : "false"}
          @click=${() => hands.filter(name)}>${t(`manager.show_${name}`, { count: found.length })}</button>`,
      )}</div></div>
    ${groups[chosen].length
      ? html`<div class="panes">${repeat(groups[chosen], (each) => each.number, (each) => pane(each, view.frame.limits, hands))}</div>`
      : html`<div class="empty">${icon("layers")}<p>${t("manager.no_windows")}</p></div>`}`;
}

const is = (state) => (window) => window.state === state;

const pane = (each, limits, hands) => html`
  <button class="pane" data-state=${each.state} data-level=${ifDefined(levelOf(each, limits))} title=${each.name}
    @click=${() => hands.behind(`window-${each.number}`, t("manager.window_number", each))}>
    <span class="pane__head"><span class="window-number window-number--lg">${each.number}</span>
      ${each.fallback ? html`<span class="tag tag--special">${t("manager.fallback")}</span>` : nothing}
      ${each.borrowed.length ? html`<span class="tag tag--special" title=${each.borrowed.map((lent) => lent.name).join("、")}>${t("manager.lent")}</span>` : nothing}
      <span class="state" data-state=${each.state}>${word("window_state", each.state)}</span></span>
    <span class="pane__clerk clip-1">${each.clerk || (each.state === "closed" ? each.name : t("manager.no_clerk"))}</span>
    <span class="pane__ticket">${atWindow(each)}</span>
    <span class="pane__foot"><span class="num">${each.state === "closed" ? " " : t("manager.line", { count: each.line })}</span></span>
  </button>`;

const atWindow = ({ ticket, state, reason }) =>
  ticket
    ? html`<span class="ticket-number ${ticket.state === "called" ? "ticket-number--called" : ""}">${ticket.label}</span>
        <span class="fine">${word("state", ticket.state)} ${lasting(ticket.since)}</span>`
    : html`<span class="fine clip-1">${state === "open" ? "—" : reason || "—"}</span>`;

const isEmpty = ({ state, clerk, line }) => state === "open" && !clerk && line > 0;

function levelOf(row, limits) {
  const slow = row.ticket && minutesSince(row.ticket.since) >= limits.service;
  return slow || isEmpty(row) ? "alarm" : undefined;
}

export const services = (frame, hands) => html`
  <div class="section__head"><h2>${t("manager.services")}</h2><span class="count">${frame.services.length}</span></div>
  ${frame.services.length
    ? html`<div class="table-wrap services"><table class="table table--tight"><thead><tr><th>${t("manager.service")}</th>
        <th class="figure">${t("manager.count")}</th><th class="figure">${t("manager.longest_wait")}</th><th>${t("manager.open_windows")}</th></tr></thead>
        <tbody>${repeat(frame.services, (each) => each.id, (each) => serviceRow(each, frame, hands))}</tbody></table></div>`
    : html`<div class="empty">${icon("circle-check")}<p>${t("manager.services_none")}</p></div>`}`;

/** Whom nobody else takes the open fallback windows have. */
function serviceRow(each, { limits, windows }, hands) {
  const fallback = windows.filter((window) => window.fallback && window.state === "open").map((window) => window.number);
  const open = each.windows.length ? html`${each.windows.join(" ")}`
    : fallback.length ? html`${fallback.join(" ")} <span class="tag tag--special">${t("manager.fallback")}</span>`
      : html`<span class="state" data-state="stranded">${t("manager.none_open")}</span>`;
  const alarming = minutesSince(each.oldest) >= limits.wait || !(each.windows.length || fallback.length);
  return html`
  <tr data-level=${ifDefined(alarming ? "alarm" : undefined)}>
    <td><button class="link clip-2" title=${each.name} @click=${() => hands.behind(`service-${each.id}`, each.name)}>${each.name}</button></td>
    <td class="figure num">${each.waiting}</td><td class="figure num">${lasting(each.oldest)}</td>
    <td class="num">${open}</td></tr>`;
}
