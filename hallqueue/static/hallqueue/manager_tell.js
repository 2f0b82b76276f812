// Telling all clerks, putting a notice for citizens, the emergency: one dialog each, with what stands now.

import { act, icon, told, toast } from "./manager_parts.js";
import { clock } from "./moments.js";
import { pageData, t } from "./page.js";
import { html, nothing, render } from "./vendor/lit-html.js";

const dialog = document.getElementById("tell");
const shown = { what: "", view: null };
const MINUTES = [30, 60, 120, 240, 480];
const PLACES = ["board", "kiosk", "ticket"];
const field = (id) => document.getElementById(id);

/** Open the dialog of messages, of notices, or of the emergency. */
export function openTelling(view, what) {
  Object.assign(shown, { what, view });
  render(nothing, dialog);
  draw();
  dialog.showModal();
}

/** Who has read it and what stands move with the hall's frame. */
export function redrawTelling() {
  if (dialog.open) draw();
}

function draw() {
  render(
    html`<div class="dialog__head"><h2 id="tell-title">${t(`manager.${shown.what}`)}</h2>
        <button class="button button--quiet button--icon" aria-label=${t("manager.close")} @click=${() => dialog.close()}>${icon("x")}</button></div>
      <div class="dialog__body stack">${BODIES[shown.what](shown.view.frame)}</div>`,
    dialog,
  );
}

const messages = (frame) => html`
  ${pageData.may_act
    ? html`<form class="row hands" @submit=${(event) => (event.preventDefault(), send())}>
        <div class="field grow"><label for="to-all">${t("manager.tell_all")}</label><input class="input" id="to-all" maxlength="200" autocomplete="off"></div>
        <button class="button button--primary">${icon("send")}${t("manager.send")}</button></form>`
    : nothing}
  ${frame.messages.length
    ? html`<ul class="list">${frame.messages.map(messageRow)}</ul>`
    : html`<div class="empty">${icon("send")}<p>${t("manager.messages_none")}</p></div>`}`;

const messageRow = (each) => html`
  <li class="list__row"><div class="grow"><p class="message">${each.text}</p>
      <p class="fine message">${clock(each.at)} · ${each.by} · ${t("manager.read_by", { seen: each.seen.length, all: each.windows })}${each.unseen.length ? ` · ${t("manager.unread_at", { windows: each.unseen.join("、") })}` : ""}</p></div>
    ${pageData.may_act && each.unseen.length ? html`<span class="list__end"><button class="button button--small" @click=${() => act("hands/undo/", { act: each.sent })}>${icon("undo-2")}${t("manager.withdraw")}</button></span>` : nothing}</li>`;

async function send() {
  const text = field("to-all").value.trim();
  if (!text) return toast(t("manager.text_needed"));
  if (await act("hands/message/", { text })) {
    field("to-all").value = "";
    told(t("manager.sent"));
  }
}

const notices = (frame) => html`
  ${pageData.may_act ? noticeForm() : nothing}
  ${frame.notices.length
    ? html`<ul class="list">${frame.notices.map(noticeRow)}</ul>`
    : html`<div class="empty">${icon("info")}<p>${t("manager.notices_none")}</p></div>`}`;

const noticeForm = () => html`
  <form class="form" @submit=${(event) => (event.preventDefault(), put())}>
    <div class="field"><label for="notice-zh">${t("manager.notice_zh")}</label><input class="input" id="notice-zh" maxlength="120" autocomplete="off"></div>
    <div class="field"><label for="notice-mn">${t("manager.notice_mn")}</label><input class="input" id="notice-mn" maxlength="240" autocomplete="off" lang="mn-Mong"></div>
    <div class="field"><label for="notice-en">${t("manager.notice_en")}</label><input class="input" id="notice-en" maxlength="240" autocomplete="off" lang="en"></div>
    <div class="row"><span class="field__label">${t("manager.notice_where")}</span>
      ${PLACES.map((place) => html`<label class="check"><input type="checkbox" name="place" value=${place} checked>${t(`manager.place.${place}`)}</label>`)}</div>
    <div class="row hands"><div class="field"><label for="notice-minutes">${t("manager.how_long")}</label>
        <select class="input" id="notice-minutes">${MINUTES.map((m) => html`<option value=${m} ?selected=${m === 60}>${m < 60 ? t("manager.minutes", { m }) : t("manager.whole_hours", { h: m / 60 })}</option>`)}</select></div>
      <button class="button button--primary">${icon("megaphone")}${t("manager.put_notice")}</button></div></form>`;

/** One press opened it; its words are there already, the second press shows them. */
const emergency = () => html`
  <form class="form" @submit=${(event) => (event.preventDefault(), alarmAll())}>
    <p class="soft">${t("manager.emergency_lead")}</p>
    <div class="field"><label for="emergency-zh">${t("manager.notice_zh")}</label><input class="input" id="emergency-zh" maxlength="120" autocomplete="off" value=${pageData.usual.zh}></div>
    <div class="field"><label for="emergency-mn">${t("manager.notice_mn")}</label><input class="input" id="emergency-mn" maxlength="240" autocomplete="off" lang="mn-Mong" placeholder=${pageData.usual.mn} title=${pageData.usual.mn}></div>
    <div class="form__foot"><button class="button button--alarm">${icon("triangle-alert")}${t("manager.emergency_show")}</button></div></form>`;

async function alarmAll() {
  const zh = field("emergency-zh").value.trim();
  if (!zh) return toast(t("manager.text_needed"));
  if (await act("hands/emergency/", { zh, mn: field("emergency-mn").value.trim() })) dialog.close();
}

const BODIES = { messages, notices, emergency };

const noticeRow = (each) => html`
  <li class="list__row"><div class="grow"><p class="message">${each.zh}</p><p class="fine">${each.places.map((place) => t(`manager.place.${place}`)).join("、")} · ${t("manager.until", { time: clock(each.until) })}</p></div>
    ${pageData.may_act ? html`<span class="list__end"><button class="button button--small" @click=${() => act("hands/take-down/", { notice: each.id })}>${icon("x")}${t("manager.take_down")}</button></span>` : nothing}</li>`;

async function put() {
  const zh = field("notice-zh").value.trim();
  if (!zh) return toast(t("manager.text_needed"));
  const places = [...dialog.querySelectorAll("[name=place]:checked")].map((box) => box.value);
  const fields = { zh, mn: field("notice-mn").value.trim(), en: field("notice-en").value.trim(), minutes: Number(field("notice-minutes").value), places };
  if (!(await act("hands/notice/", fields))) return;
  for (const lang of ["zh", "mn", "en"]) field(`notice-${lang}`).value = "";
  told(t("manager.notice_put"));
}
