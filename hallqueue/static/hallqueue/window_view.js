// What the console looks like: pure pictures of one frame; presses go back through `act`.

import { clock } from "./moments.js";
import { t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { repeat } from "./vendor/directives/repeat.js";
import { lostView } from "./window_dialog.js";
import { messagesView } from "./window_message.js";
import { journeyView } from "./window_journey.js";
import { letter, MORE_VERBS, VERBS, WINDOW_VERBS } from "./window_keys.js";
import { saying } from "./window_say.js";
import { mattersView, remindersView, setAsideView, untilView } from "./window_parts.js";
import { duration, icon, number, state, tags, why, whyNext, wordOfNext } from "./window_words.js";

const LEADING = ["finish", "start", "next", "open"];
const LONG = 60;

/** The whole console. `view`: {frame, now, mayAct, mine, act(verb), pick(row)}. */
export const consoleView = (view) => html`
  <section class="console__work">
    ${headView(view)} ${noticesView(view)} ${heroView(view)} ${verbsView(view)}
  </section>
  <aside class="console__lists">${lineView(view)} ${asideView(view)}</aside>`;

const headView = ({ frame, act, mayAct }) => html`
  <header class="seat">
    <h1 class="window-number window-number--lg">${frame.window.number}<small>${t("window.number_unit")}</small></h1>
    <div class="seat__about">
      <div class="row seat__states">
        ${state(frame.window.state, t(`words.window_state.${frame.window.state}`))}
        ${frame.window.fallback ? state("fallback", t("window.fallback")) : nothing} ${limitsView(frame.window)}
        <span class="fine clip-1" title=${seatWords(frame)}>${seatWords(frame)}</span>
      </div>
      <p class="fine clip-1" title=${takesWords(frame)}>${takesWords(frame)}</p>
    </div>
    <div class="seat__verbs" role="group" aria-label=${t("window.aria_window")}>
      ${WINDOW_VERBS.map((entry) => buttonView(entry, frame, act, mayAct, "button--small"))}
    </div>
  </header>`;

/** Whom alone the window takes, and which languages it speaks: why its line is not as its neighbours'. */
const limitsView = ({ classes, languages }) => html`
  ${classes.length ? html`<span class="tag tag--special">${t("window.only", { classes: classes.map((each) => t(`words.class.${each}`)).join("、") })}</span>` : nothing}
  ${languages.map((each) => html`<span class="tag">${t(`window.language.${each}`)}</span>`)}`;

const seatWords = ({ shift }) =>
  shift ? t("window.sits_since", { name: shift.name, time: clock(shift.since) }) : t("window.free");

function takesWords({ takes, window }) {
  if (window.fallback && !takes.count) return t("window.takes_fallback");
  const names = takes.names.join("、");
  const more = takes.count > takes.names.length ? t("window.takes_more", { count: takes.count }) : "";
  return `${t("window.takes")}：${names} ${more}`;
}

function noticesView({ frame, mayAct, mine, act, sign }) {
  const found = mine ? [messagesView(frame, sign)] : [];
  if (saying.lost) found.push(lostView());
  if (!mine) found.push(seatNotice(frame, mayAct, act));
  if (frame.window.state === "paused") found.push(note("pause", `${t("window.paused_for", frame.window)} ${t("window.paused_note")}`));
  if (frame.window.state === "closed" && mayAct) found.push(note("door-closed", t("window.closed_note")));
  return [...found, ...remindersView(frame)];
}

const note = (sign, words) => html`<div class="note">${icon(sign)}<p>${words}</p></div>`;

function seatNotice({ shift }, mayAct, act) {
  const words = shift ? t("window.other_sits", { name: shift.name, time: clock(shift.since) }) : t("window.nobody_sits");
  return html`
    <div class="note note--special">${icon("user")}
      <p class="grow">${words} ${mayAct ? t("window.manager_acts") : nothing}</p>
      <button class="button button--primary" type="button" id="sit" @click=${() => act("sit")}>
        ${t(shift ? "window.take_over" : "window.sit")}<kbd>K</kbd></button></div>`;
}

function heroView(view) {
  const { current, line, window } = view.frame;
  if (current) return personView(view, current);
  if (line.count && window.state === "open") return nextView(view, line.first[0]);
  return html`
    <article class="card hero hero--empty"><div class="empty">${icon(window.state === "open" ? "users" : "door-closed")}
      <p class="lead">${line.count ? t("window.people_waiting", line) : t("window.nobody")}</p></div></article>`;
}

const personView = (view, person) => html`
  <article class="card hero" data-state=${person.state} aria-label=${t(`window.now_${person.state}`)}>
    <div class="hero__who">
      <div class="row">${state(person.state, t(`words.state.${person.state}`), "state--large")} ${tags(person)}</div>
      <div aria-live="assertive">${number(person.label, `ticket-number--hero ${person.state === "called" ? "ticket-number--called" : ""}`)}</div>
      ${serviceView(person.service)}
    </div>
    ${clocksView(view, person)} ${mattersView(person)} ${wordsOf(person)} ${journeyView(person, view.mayAct ? view.skip : null)} ${suggestionView(view, person)}
  </article>`;

/** The whole name, however long: the longest is set smaller. */
const serviceView = (name) => html`<p class="hero__service clip-3" ?data-long=${name.length > LONG} title=${name}>${name}</p>`;

const clocksView = ({ frame, now }, person) => html`
  <dl class="hero__clocks">
    ${person.started_at
      ? clockView(t("window.since_start"), now - Date.parse(person.started_at), frame.hall.service_alarm_minutes)
      : clockView(t("window.since_call"), now - Date.parse(person.said_at), 0)}
    <div><dt>${t("window.waited")}</dt><dd class="num">${duration(Date.parse(person.called_at) - Date.parse(person.since))}</dd></div>
    <div><dt>${t("words.verb.call")}</dt><dd class="num">${t("window.times", { count: person.said })}</dd></div>
  </dl>`;

const clockView = (name, ms, alarmMinutes) => html`
  <div data-level=${alarmMinutes && ms > alarmMinutes * 60_000 ? "alarm" : "calm"}>
    <dt>${name}</dt><dd class="num hero__time">${duration(ms)}</dd></div>`;

const suggestionView = ({ frame, now }, person) =>
  person.state === "called" && frame.hall.calls_before_no_show && !person.calls_missing && !(Date.parse(person.no_show_from) > now)
    ? html`<div class="note note--special hero__words">${icon("bell")}<p class="grow">${t("window.suggest_no_show", { count: person.said })}</p><kbd>N</kbd></div>`
    : nothing;

/** Note, reason of a transfer, why the fallback window: what a clerk reads before the person stands there. */
function wordsOf(row) {
  const lines = [
    [t("window.note"), row.note],
    [t("window.why_here"), why(row)],
    [t("window.reason_given"), row.why?.code === "sent" ? "" : row.reason],
  ].filter(([, words]) => words);
  if (!lines.length) return nothing;
  return html`<dl class="facts hero__words">${lines.map(([name, words]) => html`<dt>${name}</dt><dd>${words}</dd>`)}</dl>`;
}

const nextView = ({ frame, now }, row) => html`
  <article class="card hero hero--next" aria-label=${t("window.next_person")}>
    <div class="hero__who">
      <div class="row"><span class="eyebrow">${t("window.next_person")}</span> ${whyNext(frame.next, row)} ${tags(row, wordOfNext(frame.next, row))}</div>
      <div>${number(row.label, "ticket-number--hero")}</div>
      ${serviceView(row.service)}
    </div>
    <dl class="hero__clocks">${clockView(t("window.waited"), now - Date.parse(row.since), frame.hall.wait_alarm_minutes)}</dl>
    ${wordsOf(row)}
  </article>`;

function verbsView({ frame, act, mayAct, now }) {
  const leading = LEADING.find((verb) => frame.may.includes(verb));
  return html`
    <div class="verbs" role="group" aria-label=${t("window.aria_actions")}>
      ${VERBS.map((entry) => buttonView(entry, frame, act, mayAct, entry.verb === leading ? "button--primary" : "", now))}
    </div>
    <div class="verbs-more" role="group" aria-label=${t("life.more")}>
      ${MORE_VERBS.map((entry) => buttonView(entry, frame, act, mayAct, ""))}
    </div>`;
}

function buttonView(entry, frame, act, mayAct, more, now = 0) {
  const possible = entry.free || (mayAct && frame.may.includes(entry.may ?? entry.verb));
  const title = entry.verb === "undo" && frame.undo ? `${frame.undo.label} · ${t(`words.state.${frame.undo.state}`)}` : "";
  return html`
    <button class="button ${possible ? more : more.replace("button--primary", "")}" type="button" data-verb=${entry.verb} title=${title || nothing}
      aria-disabled=${!possible} aria-busy=${saying.verb === entry.verb} aria-keyshortcuts=${entry.code === "Space" ? "Space" : letter(entry)}
      @click=${(event) => act(entry.verb, event)}>
      ${entry.icon ? icon(entry.icon) : nothing}<span>${t(`window.verb.${entry.verb}`)}</span>${possible ? untilView(entry.verb, frame.current, now) : nothing}<kbd>${entry.sign ? t(entry.sign) : letter(entry)}</kbd>
    </button>`;
}

const lineView = (view) => html`
  <section class="card card--flush lists__line" aria-labelledby="line-title">
    <div class="card__head"><h2 id="line-title">${t("window.line")}</h2><span class="count num">${view.frame.line.count}</span></div>
    ${view.frame.line.count
      ? html`<ol class="list queue" tabindex=${turned(view)} aria-labelledby="line-title">${repeat(view.frame.line.first, (row) => row.ticket, (row, at) => rowView(view, row, at))}
          ${moreView(view.frame.line)}</ol>`
      : html`<p class="fine lists__none">${t("window.nobody_more")}</p>`}
  </section>`;

/** Where no row can be pressed, the list itself takes the focus: else nobody without a mouse could turn it. */
const turned = ({ mayAct }) => (mayAct ? nothing : 0);

const moreView = ({ count, first }) =>
  count > first.length ? html`<li class="queue__more fine">${t("window.more_people", { count: count - first.length })}</li>` : nothing;

function rowView({ frame, now, mayAct, pick }, row, at) {
  const waited = now - Date.parse(row.since);
  const late = waited > frame.hall.wait_alarm_minutes * 60_000;
  const next = at === 0 ? nextTags(frame, row) : tags(row);
  return html`<li><button class="list__row queue__row" type="button" ?disabled=${!mayAct} @click=${() => pick(row)}>
      ${number(row.label)}
      <span class="queue__what"><span class="clip-1" title=${row.service}>${row.service}</span>
        <span class="queue__tags">${next}${briefWords(row)}</span></span>
      <span class="num queue__time" data-level=${late ? "alarm" : "calm"}>${duration(waited)}</span></button></li>`;
}

/** Who comes next, and why where the hero does not say it. */
function nextTags(frame, row) {
  const isInHero = !frame.current && frame.window.state === "open";
  return html`<span class="tag tag--plain">${t("window.next_person")}</span>${isInHero ? tags(row) : html`${whyNext(frame.next, row)}${tags(row, wordOfNext(frame.next, row))}`}`;
}

function briefWords(row) {
  const words = row.note || why(row);
  return words ? html`<span class="fine clip-1" title=${words}>${words}</span>` : nothing;
}

const asideView = ({ frame, now, mayAct, pick }) => html`
  <section class="card card--flush lists__aside" aria-labelledby="aside-title">
    <div class="card__head"><h2 id="aside-title">${t("window.aside")}</h2><span class="count num">${frame.aside.count}</span></div>
    ${frame.aside.count
      ? html`<ul class="list queue" tabindex=${turned({ mayAct })} aria-labelledby="aside-title">${repeat(frame.aside.first, (row) => row.ticket, (row) => html`
          <li><button class="list__row queue__row" type="button" ?disabled=${!mayAct} @click=${() => pick(row)}>
            ${number(row.label)}
            <span class="queue__what"><span class="clip-1" title=${row.service}>${row.service}</span>
              <span class="queue__tags">${state(row.state, t(`words.state.${row.state}`), "state--plain")}${setAsideView(row)}</span></span>
            <span class="num queue__time">${row.aside_at ? duration(now - Date.parse(row.aside_at)) : nothing}</span></button></li>`)}
          ${moreView(frame.aside)}</ul>`
      : html`<p class="fine lists__none">${t("window.none_aside")}</p>`}
  </section>`;

/** The page of keys. */
export const helpView = () => html`
  <p class="soft">${t("window.help_lead")}</p>
  <dl class="facts keys">${[...VERBS, ...MORE_VERBS, ...WINDOW_VERBS].map((entry) => html`
    <dt><kbd>${entry.sign ? t(entry.sign) : letter(entry)}</kbd></dt><dd>${t(`window.verb.${entry.verb}`)}</dd>`)}
    <dt><kbd>K</kbd></dt><dd>${t("window.sit")} / ${t("window.take_over")}</dd>
    <dt><kbd>H</kbd></dt><dd>${t("help.call_short")}</dd>
    <dt><kbd>?</kbd></dt><dd>${t("window.help")}</dd></dl>`;

