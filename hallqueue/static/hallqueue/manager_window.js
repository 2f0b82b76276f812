// A window in the manager's hands: open, pause, close, borrow and give back, say a word; and whom it calls next.

import { finder, found } from "./manager_find.js";
import { act, icon, minutesUntil, told, toast, word } from "./manager_parts.js";
import { clock } from "./moments.js";
import { pageData, t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";

const MINUTES = [30, 60, 120, 240];
const HOUR = 60;
const DAY = 24 * HOUR;
const busy = { now: false };
const value = (id) => document.getElementById(id)?.value.trim() ?? "";
const still = (event) => event.preventDefault();

/** How the window stands, and its hands. */
export const windowPart = (window, frame) => html`
  <div class="row"><span class="state state--large" data-state=${window.state}>${word("window_state", window.state)}</span>
    ${window.fallback ? html`<span class="tag tag--special">${t("manager.fallback")}</span>` : nothing}
    <b>${window.name}</b><span class="soft">${window.clerk || t("manager.no_clerk")}</span>
    ${window.reason ? html`<span class="soft">${window.reason}</span>` : nothing}
    ${window.since ? html`<span class="soft num">${t("manager.since", { time: clock(window.since) })}</span>` : nothing}
    <span class="soft num">${t("manager.served", { count: window.done })}</span></div>
  ${window.borrowed.map((each) => borrowedRow(window, each))} ${messagesTo(window, frame)}
  ${pageData.may_act ? hands(window) : nothing}`;

const borrowedRow = (window, each) => html`
  <div class="note note--special">${icon("link-2")}<p>${t(each.until ? "manager.borrowed_until" : "manager.borrowed", { name: each.name, time: each.until ? clock(each.until) : "" })}
    <span class="soft">${each.reason}</span></p>
    ${pageData.may_act ? html`<span class="alarm__end">${each.until ? html`<button class="button button--small" @click=${() => lendOn(window, each)}>${icon("clock")}${t("manager.lend_on")}</button>` : nothing}
      <button class="button button--small" @click=${() => alone(() => act("hands/take-back/", { borrowing: each.id }))}>${icon("undo-2")}${t("manager.take_back")}</button></span>` : nothing}</div>`;

/** The last words to this window that nobody there has signed. */
const messagesTo = (window, frame) =>
  frame.messages
    .filter((each) => each.unseen.includes(window.number))
    .slice(0, 2)
    .map((each) => html`<div class="note">${icon("send")}<p>${each.text} <span class="soft num">${clock(each.at)} · ${t("manager.unread")}</span></p></div>`);

const hands = (window) => html`
  <form class="row hands" @submit=${still}>
    ${window.state === "open" ? nothing : html`<button class="button button--primary" @click=${() => say(window, "open")}>${icon("play")}${t("manager.do_open")}</button>`}
    ${window.state === "closed"
      ? nothing
      : html`<div class="field grow"><label for="reason">${t("manager.reason")}</label>
            <input class="input" id="reason" maxlength="100" autocomplete="off" placeholder=${t("manager.reason_hint")}></div>
          ${window.state === "open" ? html`<button class="button" @click=${() => say(window, "pause")}>${icon("pause")}${t("manager.do_pause")}</button>` : nothing}
          <button class="button" @click=${() => say(window, "close")}>${icon("door-closed")}${t("manager.do_close")}</button>`}
  </form>
  <div class="mores"><details class="more" name="hand"><summary>${icon("send")}${t("manager.tell_window")}</summary>
    <form class="row hands" @submit=${(event) => (still(event), tell(window))}>
      <div class="field grow"><label for="message">${t("manager.message")}</label><input class="input" id="message" maxlength="200" autocomplete="off"></div>
      <button class="button">${icon("send")}${t("manager.send")}</button></form></details>
  ${window.fallback ? nothing : borrowForm(window)}</div>`;

const borrowForm = (window) => html`
  <details class="more" name="hand"><summary>${icon("link-2")}${t("manager.borrow")}</summary>
    <form class="row hands" @submit=${(event) => (still(event), borrow(window))}>
      ${finder("borrow-what", t("manager.borrow_for"), true)}
      <div class="field"><label for="borrow-minutes">${t("manager.how_long")}</label>
        <select class="input" id="borrow-minutes">${MINUTES.map((m) => html`<option value=${m} ?selected=${m === 60}>${t("manager.minutes", { m })}</option>`)}<option value="0">${t("manager.until_back")}</option></select></div>
      <div class="field grow"><label for="borrow-reason">${t("manager.reason")}</label><input class="input" id="borrow-reason" maxlength="200" autocomplete="off"></div>
      <button class="button">${icon("link-2")}${t("manager.borrow")}</button></form></details>`;

/** Whom the window would call next, and why; equal to what happens when it calls. */
export const previewOf = (next) =>
  next
    ? html`<div class="note">${icon("megaphone")}<p>${t("manager.next_here")} <b class="ticket-number">${next.label}</b> <span class="soft">${t(`manager.next.${next.code}`, next)}${next.rank === "helps" ? t("manager.next.helps") : ""}</span></p></div>`
    : nothing;

function say(window, verb) {
  const reason = value("reason");
  if (verb !== "open" && !reason) return toast(t("manager.reason_needed"));
  return alone(() => act("window/", { window: window.number, verb, reason }));
}

function tell(window) {
  const text = value("message");
  if (!text) return toast(t("manager.text_needed"));
  return alone(async () => {
    if (!(await act("hands/message/", { window: window.number, text }))) return;
    document.getElementById("message").value = "";
    told(t("manager.sent"));
  });
}

function borrow(window) {
  return alone(async () => {
    const what = await found("borrow-what");
    const reason = value("borrow-reason");
    if (!what) return toast(t("manager.find_first"));
    if (!reason) return toast(t("manager.reason_needed"));
    return act("hands/borrow/", { window: window.number, minutes: Number(value("borrow-minutes")), reason, ...what });
  });
}

/** For an hour after its end. */
function lendOn(window, { until, reason, service = "", department = "" }) {
  const minutes = Math.min(minutesUntil(until) + HOUR, DAY);
  return alone(() => act("hands/borrow/", { window: window.number, minutes, reason, service, department }));
}

/** One press at a time. */
async function alone(press) {
  if (busy.now) return;
  busy.now = true;
  await press();
  busy.now = false;
}
