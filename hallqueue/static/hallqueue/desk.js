// The desk's page: keeps the newest frames, says verbs, and leads from the search to a number or to a ticket.

import { look } from "./live.js";
import { clock } from "./moments.js";
import { pageData, Refusal, t } from "./page.js";
import { html, render } from "./vendor/lit-html.js";
import { ifDefined } from "./vendor/directives/if-defined.js";
import { fetchCatalogue } from "./kiosk_link.js";
import { ring } from "./manager_sound.js";
import { asideView } from "./desk_aside.js";
import { needsHand } from "./desk_paper.js";
import { ASKS } from "./desk_asks.js";
import { findView, itemsOf, searchTickets } from "./desk_find.js";
import { freshWish, issueView, wishFields } from "./desk_issue.js";
import { listen } from "./desk_keys.js";
import { mayOn, sheetView } from "./desk_sheet.js";
import { send, sentence } from "./desk_say.js";
import { closeDialog } from "./window_dialog.js";
import { icon, toast } from "./window_words.js";

const root = document.getElementById("desk");
const SOUND = "hq-desk-sound";

/** What the page knows: `main` and `sheet` are frames, `lines` the kiosk's, `view` is find, issue or sheet. */
const desk = {
  main: pageData.frame,
  sheet: null,
  lines: null,
  printers: [],
  offered: 0,
  catalogue: null,
  view: "find",
  query: "",
  found: null,
  chosen: 0,
  service: null,
  wish: freshWish(),
  busy: false,
  sound: localStorage.getItem(SOUND) !== "off",
};
let sheetLink = null;
let helpKnown = new Set(pageData.frame.data.help.map((each) => each.call));

const now = () => live.now();
const newer = (held, next) => !held || held.topic !== next.topic || held.epoch !== next.epoch || next.seq >= held.seq;

function takeMain(frame) {
  if (!frame || !newer(desk.main, frame)) return;
  desk.main = frame;
  const known = new Set(frame.data.help.map((each) => each.call));
  if (desk.sound && [...known].some((call) => !helpKnown.has(call))) ring();
  helpKnown = known;
  if (desk.catalogue && desk.catalogue.setup !== frame.data.setup) renewCatalogue();
  draw();
}

function takeSheet(frame) {
  if (!frame || desk.view !== "sheet" || !newer(desk.sheet, frame) || frame.topic !== topicOf(desk.ticket)) return;
  desk.sheet = frame;
  draw();
  const ahead = desk.ahead;
  desk.ahead = null;
  if (ahead) press(ahead);
}

const topicOf = (ticket) => `desk:${pageData.hall}:${ticket}`;

/** Everything a press may do; the views call these and nothing else. */
const hands = {
  type: (query) => {
    Object.assign(desk, { query, chosen: 0, view: "find" });
    draw();
    searchTickets(query, (found) => {
      desk.found = found;
      draw();
    });
  },
  choose: (index) => draw((desk.chosen = index)),
  step: (by) => {
    const count = itemsOf(desk).length;
    if (count) hands.choose(Math.min(count - 1, Math.max(0, desk.chosen + by)));
    root.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  },
  open: (item = itemsOf(desk)[desk.chosen]) => item && chosen(item),
  home,
  wish: (change) => {
    Object.assign(desk.wish, change);
    draw();
  },
  issue: () => alone(issue),
  openSheet,
  run: (press) => alone(press),
  verb: (verb, fields, words) => alone(() => say(verb, fields, words)),
  ask: (name, ...about) => ask(name, ...about),
  sound: () => {
    desk.sound = !desk.sound;
    localStorage.setItem(SOUND, desk.sound ? "on" : "off");
    if (desk.sound) ring();
    draw();
  },
};

function chosen(item) {
  if (item.service) return openIssue(item.service);
  if (item.ticket) return openSheet(item.ticket);
  return void alone(() => checkIn(item.booking)); // somebody with an appointment has come
}

async function checkIn({ code }) {
  const answer = await send("check_in", { code }, draw);
  if (!answer) return;
  takeMain(answer.frame);
  openSheet(answer.answer.ticket, answer.sheet);
  toast(t(answer.answer.late ? "desk.checked_in_late" : "desk.checked_in", answer.answer));
}

/** Back to the search; what was typed goes, so that the next person begins anew. */
function home() {
  leaveSheet();
  Object.assign(desk, { view: "find", query: "", found: null, chosen: 0, service: null });
  draw();
  const field = document.getElementById("search");
  field.value = "";
  field.focus();
}

function openIssue(service) {
  leaveSheet();
  Object.assign(desk, { view: "issue", service, wish: { ...freshWish(), printer: desk.wish.printer } });
  draw();
  root.focus({ preventScroll: true });
}

function openSheet(ticket, frame = null) {
  leaveSheet();
  Object.assign(desk, { view: "sheet", ticket, sheet: frame, ahead: null });
  sheetLink = look([topicOf(ticket)], { build: pageData.build, onFrame: takeSheet, onRefused: home });
  draw();
  root.focus({ preventScroll: true });
}

function leaveSheet() {
  sheetLink?.close();
  sheetLink = null;
  desk.sheet = null;
}

async function issue() {
  const answer = await send("issue", wishFields(desk), draw);
  if (!answer) return;
  takeMain(answer.frame);
  openSheet(answer.answer.ticket, answer.sheet);
  toast(t(desk.wish.print ? "desk.issued_printed" : "desk.issued", answer.answer));
}

/** Say a verb about the hall or a ticket; true when it was answered. */
async function say(verb, fields, words = {}) {
  const answer = await send(verb, fields, draw);
  if (!answer) return false;
  takeMain(answer.frame);
  takeSheet(answer.sheet);
  toast(sentence(verb, answer.answer, words));
  if (!document.querySelector("dialog[open]")) root.focus({ preventScroll: true });
  return true;
}

async function alone(press) {
  try {
    await press();
  } catch (error) {
    if (!(error instanceof Error) || !("status" in error || error.constructor.name === "Unreachable")) throw error;
    if (error instanceof Refusal && error.status === 401) return location.reload();
    toast(error.message || t("desk.unreachable"), true);
  }
}

function ask(name, ...about) {
  if (document.querySelector("dialog[open]")) return;
  ASKS[name]?.({ desk, now, say, hands, toast }, ...about);
}

/** A letter on the page: what it means depends on what is open. */
function press(verb) {
  if (verb === "find") return home();
  if (desk.view === "issue" && pressIssue(verb)) return;
  const help = desk.main.data.help;
  if (verb === "help_take") return onFirst(help.filter((each) => !each.taken_at), "desk.no_help", (each) => hands.verb("help_take", { call: each.call }));
  if (verb === "help_done") return onFirst(help.filter((each) => each.taken_by === pageData.me), "desk.none_mine", (each) => ask("done", each));
  const needsTicket = desk.view === "sheet" && ["lend", "call"].includes(verb);
  if (["lend", "back", "call", "keys"].includes(verb) && !(needsTicket && !desk.sheet)) return ask(verb);
  if (verb === "sound") return hands.sound();
  if (desk.view !== "sheet") return;
  if (!desk.sheet) return void (desk.ahead = verb); // a quick hand: the key waits for the ticket
  if (!mayOn(desk.sheet.data, verb)) return toast(t("desk.not_now"), true);
  ask(verb);
}

function pressIssue(verb) {
  const { wish } = desk;
  if (verb.startsWith("digit")) {
    const kind = ["", ...pageData.priorities][Number(verb.at(-1))];
    if (kind !== undefined) hands.wish({ priority: wish.priority === kind ? "" : kind });
    return true;
  }
  if (verb === "language") hands.wish({ language: after(pageData.languages, wish.language) });
  else if (verb === "slip") hands.wish({ print: !wish.print });
  else if (verb === "printer") hands.wish({ printer: after([null, ...desk.printers.map((each) => each.id)], wish.printer) });
  else if (verb === "more" || verb === "fewer") hands.wish({ people: Math.min(99, Math.max(1, wish.people + (verb === "more" ? 1 : -1))) });
  else if (verb === "also") ask("also");
  else if (verb === "note") document.getElementById("note").focus();
  else if (verb === "enter") hands.issue();
  else return false;
  return true;
}

const after = (list, one) => list[(list.indexOf(one) + 1) % list.length];
const onFirst = (rows, none, use) => (rows.length ? use(rows[0]) : toast(t(none), true));

const VIEWS = { find: findView, issue: issueView, sheet: sheetView };

function draw() {
  const view = { desk, hands, now: now() };
  render(html`<section class="desk__work">${searchBar()}${VIEWS[desk.view](view)}</section>${asideView(view)}`, root);
  render(html`${icon(desk.sound ? "volume-2" : "volume-x")}${t(desk.sound ? "desk.sound_on" : "desk.sound_off")}`, document.getElementById("sound"));
  document.getElementById("clock").textContent = clock(now());
}

const hasRows = () => desk.view === "find" && itemsOf(desk).length > 0;

const searchBar = () => html`
  <label class="search desk__search">${icon("search")}
    <span class="visually-hidden">${t("desk.search")}</span>
    <input class="input" id="search" type="search" maxlength="60" autocomplete="off" spellcheck="false" role="combobox"
      aria-expanded=${hasRows() ? "true" : "false"} aria-controls=${ifDefined(hasRows() ? "found" : undefined)}
      aria-activedescendant=${ifDefined(hasRows() ? `item-${desk.chosen}` : undefined)} placeholder=${t("desk.search_hint")}
      @input=${(event) => hands.type(event.target.value)} @keydown=${keysOfSearch}>
    <kbd>F</kbd>
  </label>`;

function keysOfSearch(event) {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.code];
  if (step && desk.view === "find") hands.step(step);
  else if (event.key === "Enter" && !event.isComposing && desk.view === "find") event.repeat || hands.open();
  else if (event.key === "Escape") event.target.value ? home() : root.focus();
  else return;
  event.preventDefault();
}

async function renewCatalogue() {
  try {
    desk.catalogue = await fetchCatalogue(desk.main.data.setup);
    draw();
  } catch {
    setTimeout(renewCatalogue, 2000);
  }
}

function onFrame(frame) {
  const kind = frame.topic.split(":")[0];
  if (kind === "desk") return takeMain(frame);
  if (kind === "kiosk") desk.lines = { ...frame.data, open: new Set(frame.data.services) };
  else takePrinters(frame.data);
  draw();
}

/** The desk hears of a printer that needs a hand as of a call for help. */
function takePrinters({ printers, offered }) {
  const known = new Set(desk.printers.filter(needsHand).map((each) => each.id));
  desk.printers = printers.filter((each) => each.active);
  desk.offered = offered.length;
  if (desk.sound && desk.printersKnown && desk.printers.some((each) => needsHand(each) && !known.has(each.id))) ring();
  desk.printersKnown = true;
}

function onFresh({ fresh, since, why }) {
  const sign = document.getElementById("freshness");
  sign.dataset.freshness = fresh ? "live" : "stale";
  sign.textContent = t(fresh ? "desk.live" : "desk.offline");
  const banner = document.getElementById("stale");
  banner.hidden = fresh;
  banner.textContent = t("desk.stale", { time: clock(since) });
  if (why) closeDialog();
}

const topics = [topicOf("main"), `kiosk:${pageData.hall}:main`, `printer:${pageData.hall}:all`];
const live = look(topics, { build: pageData.build, offset: pageData.now * 1000 - Date.now(), onFrame, onFresh });

renewCatalogue();
draw();
setInterval(draw, 1000);
listen(press);
document.getElementById("sound").addEventListener("click", hands.sound);
document.getElementById("keys").addEventListener("click", () => ask("keys"));
document.getElementById("search").focus();
