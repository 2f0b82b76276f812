// One ticket as the desk sees it: its number, a sentence to be read out, the buttons allowed now, and its whole story.

import { clock } from "./moments.js";
import { pageData, t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { helpRow, loanRow } from "./desk_aside.js";
import { nameOf } from "./desk_find.js";
import { sign } from "./desk_keys.js";
import { isBusy } from "./desk_say.js";
import { icon, number, state, tags } from "./window_words.js";

/** The buttons of a ticket, in the order the hand learns; `may` names what the frame calls it. */
const BUTTONS = [
  ["requeue", "rotate-ccw"],
  ["verify", "circle-check"],
  ["unverify", "undo-2"],
  ["slip", "printer"],
  ["redirect", "shield"],
  ["call", "hand-helping", "help"],
  ["lend", "accessibility"],
  ["correct", "pencil"],
  ["concern", "file-text"],
  ["cancel", "x"],
];

/** Whether the ticket's buttons include a verb now. */
export const mayOn = (sheet, verb) => sheet.may.includes(BUTTONS.find(([name]) => name === verb)?.[2] ?? verb);

export const sheetView = ({ desk, hands, now }) => {
  if (!desk.sheet) return html`<div class="empty"><p>${t("desk.searching")}</p></div>`;
  const sheet = desk.sheet.data;
  return html`
    <article class="desk__sheet stack">
      <div class="row row--spread"><p class="desk__head">${t("desk.group.tickets")}</p>
        <button class="button button--small" type="button" @click=${hands.home}>${icon("search")}${t("desk.next")}<kbd>Esc</kbd></button></div>
      <div class="card desk__ticket" data-state=${sheet.state}>
        <div class="desk__label">${number(sheet.label, "ticket-number--xl")}
          ${state(sheet.state, t(`words.state.${sheet.state}`), "state--large")}
          ${sheet.today ? nothing : html`<span class="tag tag--special num">${t("desk.of_day", sheet)}</span>`}</div>
        <div class="desk__about">
          <p class="clip-3 desk__service" title=${sheet.service}>${sheet.service}</p>
          <p class="row fine">${tags(sheet)}${seen(sheet)}<span class="num">${t("desk.taken_at", { time: clock(sheet.issued_at) })}</span>
            <span>${t(`desk.source.${known("desk.source", sheet.source)}`)}</span>${papers(sheet)}</p>
          ${sheet.fallback ? html`<p>${state("fallback", t(`fallback.reason.${sheet.fallback}`))} ${sheet.fallback_note}</p>` : nothing}
          ${sheet.note ? html`<p>${icon("file-text")} ${sheet.note}</p>` : nothing}
        </div>
        ${sheet.today ? html`<p class="desk__aloud" role="status">${icon("volume-2")}<span>${aloud(sheet, now)}</span></p>` : nothing}
      </div>
      <div class="actions desk__actions" role="group" aria-label=${t("desk.actions")}>${BUTTONS.map((each) => buttonView(each, sheet, hands))}</div>
      ${sheet.help.length || sheet.loans.length
        ? html`<div class="card card--flush list">${sheet.help.map((each) => helpRow(each, now, hands, desk))}
            ${sheet.loans.map((each) => loanRow(each, now, hands))}</div>`
        : nothing}
      <section class="section stack tight"><h2 class="desk__head row row--spread">${t("desk.story_title")}
          <a class="fine" href="../tickets/${sheet.ticket}/">${t("desk.whole_story")}</a></h2>
        <ol class="desk__story">${sheet.story.map(toldView)}</ol></section>
    </article>`;
};

const buttonView = ([verb, name, may], sheet, hands) => {
  const allowed = sheet.may.includes(may ?? verb);
  return html`<button class="button" type="button" ?disabled=${!allowed} aria-busy=${isBusy() ? "true" : "false"}
    @click=${() => hands.ask(verb)}>${icon(name)}${t(`desk.verb.${verb}`)}<kbd>${sign(verb)}</kbd></button>`;
};

const seen = (sheet) =>
  sheet.klass === "priority"
    ? html`<span class="tag ${sheet.verified ? "" : "tag--plain"}">${t(sheet.verified ? "desk.verified" : "desk.unverified")}</span>`
    : nothing;

const papers = ({ papers: count }) => (count ? html`<span class="num">${t("desk.papers", { count })}</span>` : nothing);

/** Whether the hall's rules let nobody bring a missed number back any more. */
const isTooLate = ({ is_late: late, requeue_until: until }, now) => late || (until !== null && now() > Date.parse(until));

/** A sentence for somebody without a telephone: the place in line, how long, and where to wait. */
function aloud(sheet, now) {
  const { label, window, ahead, low, high, windows, zones } = sheet;
  if (sheet.state === "called" || sheet.state === "serving") return t(`desk.aloud.${sheet.state}`, { label, window });
  if (isTooLate(sheet, now)) return t("desk.aloud.missed_late", { label });
  if (sheet.state !== "waiting") return t(`desk.aloud.${sheet.state}`, { label });
  const parts = [ahead ? t("desk.aloud.ahead", { label, count: ahead }) : t("desk.aloud.first", { label })];
  if (high !== null) parts.push(low ? t("desk.aloud.range", { low, high }) : t("desk.aloud.under", { high }));
  if (!windows.length) parts.push(t("desk.aloud.no_window"));
  else {
    const [zone, ...others] = zones.map(nameOf);
    parts.push(t(zone && !others.length ? "desk.aloud.zone" : "desk.aloud.windows", { zone, windows: windows.slice(0, 6).join("、") }));
  }
  return parts.join(t("desk.aloud.between"));
}

const known = (room, code) => (`${room}.${code}` in pageData.texts ? code : "other");

/** What somebody typed, or the words for the hall's own reason. */
const reasonTold = (reason) => (`story.reason.${reason}` in pageData.texts ? t(`story.reason.${reason}`) : reason);

/** An event's words are the ticket story's; `by` is a name, or who it was if nobody has one. */
const toldView = (told) => {
  const who = `story.by.${told.by}`;
  return html`<li class="desk__told" data-kind=${told.kind}>
    <span class="num fine">${clock(told.at)}</span><span>${t(`story.${known("story", told.kind)}`)}
      ${told.window ? html`<span class="num">${t("window.of_number", { number: told.window })}</span>` : nothing}
      ${told.priority ? t(`words.priority.${told.priority}`) : nothing}
      ${told.reason ? html`<span class="soft">${reasonTold(told.reason)}</span>` : nothing}</span>
    <span class="fine">${who in pageData.texts ? t(who) : told.by}</span></li>`;
};
