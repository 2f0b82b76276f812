// What the kiosk says of closing time: the frame gives moments, the server's clock says on which side of them we are.

import { html, nothing } from "./vendor/lit-html.js";
import { clock, dateOf } from "./moments.js";
import { icon, language, say, word } from "./kiosk_words.js";

const before = (now, moment) => moment !== null && moment !== undefined && now <= Date.parse(moment);

/** The day that is under way or comes next for a key: {spans, last, today}; null when the hall says nothing. */
function dayOf(state, key) {
  const hours = state.frame?.closing?.hours[key];
  const day = hours?.days.find(({ spans }) => before(state.now, spans.at(-1)[1]));
  return day ? { ...day, today: day.date === dateOf(state.now), hours } : null;
}

/** Whether a number may still be taken for a service today, as far as the hours go. */
export function mayTake(state, service) {
  const day = dayOf(state, service.hours);
  if (!day?.hours.refuses) return true;
  return day.today && (!day.last || before(state.now, day.last));
}

/** How sure it is that a newcomer is served today: sure, perhaps, unlikely, unsure. */
function promise(state, service, day) {
  const { closing } = state.frame;
  const known = closing.until[service.id];
  if (!known) return before(state.now, idleUntil(day, closing, service)) ? "sure" : "perhaps";
  if (closing.date !== day.date) return "unsure";
  const [surely, perhaps] = known;
  if (before(state.now, surely)) return "sure";
  if (!perhaps) return "unsure";
  return before(state.now, perhaps) ? "perhaps" : "unlikely";
}

/** Nobody waits: what the service itself takes must fit; on a day begun since the last event, its end counts. */
const idleUntil = (day, closing, service) =>
  closing.date === day.date ? day.hours.idle[service.minutes] : day.spans.at(-1)[1];

/** What a person should know before the number is taken. */
export function closingNote(state, service) {
  const day = dayOf(state, service.hours);
  if (!day) return nothing;
  if (!day.today) return overlay(shutWords(state, day), day);
  if (!mayTake(state, service)) return overlay(word("kiosk.no_more"), day, nextOf(state, day));
  const how = promise(state, service, day);
  const until = word("kiosk.until", { time: clock(day.spans.at(-1)[1]).replace(/^00:00$/, "24:00") });
  if (how === "sure") return html`<div class="note note--done closing">${icon("clock")}<p>${word("kiosk.sure")} · ${until}</p></div>`;
  return html`<div class="note note--special closing">${icon("clock")}
    <div class="stack tight"><p class="lead"><b>${word(`kiosk.${how}`)}</b> · ${until}</p><p>${word("kiosk.choices")}</p></div></div>`;
}

/** When numbers are given again after today; nothing where the hall does not say. */
function nextOf(state, day) {
  const next = day.hours.days.find(({ date }) => date > day.date);
  return next ? html`<p>${word("kiosk.begins", { when: whenOf(state, next.spans[0][0]) })}</p>` : nothing;
}

const overlay = (sentence, day, next = nothing) => html`<div class="note note--special closing">${icon("clock")}
  <div class="stack tight"><p class="lead"><b>${sentence}</b></p>${next}<p>${word(day.hours.refuses ? "kiosk.ask_desk" : "kiosk.choices")}</p></div></div>`;

/** On the first page, once the hall's own hours are over: when it opens again, or that some services go on today. */
export function overNote(state) {
  const closing = state.frame?.closing;
  const day = closing ? dayOf(state, closing.hall) : null;
  if (!day || day.today) return nothing;
  const goesOn = (key) => dayOf(state, key)?.today && mayTake(state, { hours: key });
  const some = rests(state, day) ? "kiosk.some_on_rest" : "kiosk.some_go_on";
  const words = Object.keys(closing.hours).some(goesOn) ? word(some) : shutWords(state, day);
  return html`<div class="note note--special closing" role="status">${icon("clock")}<p class="lead">${words}</p></div>`;
}

/** Why not now, and when again: a day of rest has no hours that could be over. */
const shutWords = (state, day) => word(rests(state, day) ? "kiosk.rest" : "kiosk.over", { when: whenOf(state, day.spans[0][0]) });

function rests(state, day) {
  const today = dateOf(state.now);
  return state.frame.closing.date === today && !day.hours.days.some(({ date }) => date === today);
}

/** Nobody takes it now: when somebody does again by the hours; nothing while by the hours somebody should. */
export function beginsAgain(state, service) {
  const starts = dayOf(state, service.hours)?.hours.days.flatMap(({ spans }) => spans) ?? [];
  const next = starts.find(([, end]) => before(state.now, end))?.[0];
  return next && state.now < Date.parse(next) ? html`<p>${word("kiosk.begins", { when: whenOf(state, next) })}</p>` : nothing;
}

/** Of several services that one number is for, what keeps them from all being done today; nothing where nothing does. */
export function closingOf(state, services) {
  const hard = services.map((service) => [hardness(state, service), service]).sort(([one], [other]) => other - one)[0];
  return hard?.[0] ? closingNote(state, hard[1]) : nothing;
}

/** How far a service is from being surely done today: 0 is surely. */
function hardness(state, service) {
  const day = dayOf(state, service.hours);
  if (!day) return 0;
  if (!mayTake(state, service)) return 5;
  return day.today ? ["sure", "unsure", "perhaps", "unlikely"].indexOf(promise(state, service, day)) : 4;
}

function whenOf(state, start) {
  const [date, time] = [dateOf(start), clock(start)];
  if (language() !== "mn" && date === dateOf(state.now)) return say("kiosk.today", { time });
  const tomorrow = dateOf(state.now + 24 * 3600_000) === date;
  if (!tomorrow || language() === "mn") return say("kiosk.on_day", { date: date.slice(5), time });
  return say("kiosk.tomorrow", { time });
}
