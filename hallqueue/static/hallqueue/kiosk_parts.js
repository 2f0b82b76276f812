// The parts every page of the kiosk is made of: the frame of the glass, plates to press, and what the kiosk says of itself.

import { html, nothing } from "./vendor/lit-html.js";
import { clock } from "./moments.js";
import { mayTake } from "./kiosk_closing.js";
import { pageData } from "./page.js";
import { both, column, icon, language, name, rangeWord, say, word } from "./kiosk_words.js";

/** In a hand the telephone brings its own letters. */
export const HELD = matchMedia("(max-width: 30rem)");

const LANGUAGES = [
  ["zh", "中文"],
  ["mn", "ᠮᠣᠩᠭᠣᠯ"],
  ["en", "English"],
];

/** The head: whose hall this is, the time, and how the page speaks. */
export const head = (state, actions) => html`
  <header class="glass__head">
    <div class="hall bilingual">
      <p class="hall__name clip-2">${name(pageData.names)}</p>
      ${pageData.names.mn ? html`<span class="mn" lang="mn-Mong">${pageData.names.mn}</span>` : nothing}
    </div>
    <div class="dress">
      <span class="clock num">${clock(state.now)}</span>
      <div class="button-group" role="group" aria-label=${say("kiosk.language")}>
        ${LANGUAGES.map(([lang, label]) => languageButton(lang, label, actions))}
      </div>
      <button class="button" type="button" aria-pressed=${state.elder} @click=${actions.elder}>
        ${icon("zoom-in")}<span>${say("kiosk.elder")}</span>
      </button>
    </div>
  </header>
`;

const languageButton = (lang, label, actions) => html`
  <button class="button" type="button" aria-pressed=${language() === lang} @click=${() => actions.language(lang)}
    lang=${lang === "mn" ? "mn-Mong" : lang}>
    ${lang === "mn" ? html`<span class="mn mn--line">${label}</span>` : label}
  </button>
`;

/** The foot: the way back, whom to ask, moving in a long list; or, behind these, the button that ends the page, `last`. */
export const foot = (state, actions, { way = true, list = true, last = null, help = true } = {}) => html`
  <footer class="glass__foot">
    ${way ? wayBack(actions) : nothing}
    ${last && list ? pager(actions) : nothing}
    ${last ?? html`${notices(state) ?? nothing}${help ? helpButton(actions) : nothing}${rateButton(state, actions)}`}
    ${list && !last ? pager(actions) : nothing}
  </footer>
`;

/** The emergency that stands: on every page of the kiosk, in every language it has, also while the server is away. */
export const emergency = ({ frame }) => {
  if (!frame?.emergency) return nothing;
  const { zh, mn, en } = frame.emergency;
  return html`<div class="emergency-now" role="alert">${icon("triangle-alert", "icon--large")}
    <div class="stack tight"><p class="emergency-now__words">${zh}</p>${en ? html`<p lang="en">${en}</p>` : nothing}</div>
    ${mn ? html`<p class="mn" lang="mn-Mong">${mn}</p>` : nothing}</div>`;
};

/** The lines the hall has for everybody now; an emergency silences them. */
const notices = ({ frame }) => {
  if (!frame?.notices.length || frame.emergency) return null;
  return html`<div class="foot__notice" role="status">${icon("megaphone")}<div>${frame.notices.map((each) => html`<p class="clip-2">${told(each)}</p>`)}</div></div>`;
};

/** Words of the hall's own ({zh, mn, en}): with their Mongolian where they have one and it is read. */
export const told = (words) => (language() === "mn" && words.mn ? both(words.zh, words.mn) : name(words));

const helpButton = (actions) => html`
  <button class="button foot__call" type="button" @click=${actions.help}>${icon("hand-helping")}<span>${word("help.call")}</span></button>
`;

/** The way to rating; only a kiosk of the hall may, a colleague's browser may not. */
const rateButton = (state, actions) =>
  pageData.rates && state.view === "home"
    ? html`<button class="button foot__call" type="button" @click=${actions.rate}>${icon("star")}<span>${word("rating.kiosk")}</span></button>`
    : nothing;

const wayBack = (actions) => html`
  <div class="row">
    <button class="button" type="button" @click=${actions.back}>${icon("arrow-left")}${word("kiosk.back")}</button>
    <button class="button" type="button" @click=${actions.home}>${icon("house")}${word("kiosk.home")}</button>
  </div>
`;

const pager = (actions) => html`
  <div class="row pager">
    <button class="button" type="button" @click=${() => actions.scroll(-1)}>${icon("arrow-up")}${word("kiosk.up")}</button>
    <button class="button" type="button" @click=${() => actions.scroll(1)}>${icon("arrow-down")}${word("kiosk.down")}</button>
  </div>
`;

/** The one question of a page; Mongolian stands beside it. */
export const question = (key) => {
  const mongolian = pageData.tongues.mn[key];
  const spoken = language() === "en" ? say(key) : both(say(key), mongolian);
  return html`<h1 class="question" tabindex="-1">${spoken}</h1>`;
};

/** A department to press. */
export const departmentPlate = (state, each, actions) => {
  const services = state.catalogue.services.filter((service) => service.department === each.id);
  const waiting = services.reduce((sum, service) => sum + (line(state, service.id)?.[0] ?? 0), 0);
  return html`
    <button class="choice" type="button" @click=${() => actions.department(each.id)}>
      ${column(each.names)}${icon(each.icon || "building-2")}
      <span class="choice__name">${name(each.names)}</span>
      <span class="choice__more"><span>${name(each.zone)}</span><span class="num">${say("kiosk.services_count", { count: services.length })}</span></span>
      ${state.frame ? (whyNone(state, services) ?? people(waiting)) : nothing}
    </button>
  `;
};

/** Why no number can be had for any of these services; null while it can for one. */
export const whyNone = (state, services) => {
  if (services.some((each) => isOpen(state, each) && mayTake(state, each))) return null;
  return shut(services.some((each) => isOpen(state, each)) ? "kiosk.done_today" : "kiosk.shut");
};

/** A service to press: its tags and its line stand on it, before anything is chosen. */
export const servicePlate = (state, service, actions) => {
  const none = whyNone(state, [service]);
  const open = none === null;
  const [waiting, low, high] = line(state, service.id) ?? [0, null, null];
  return html`
    <button class="choice ${open ? "" : "choice--shut"}" type="button" @click=${() => actions.choose(service)}>
      ${column(service.names)}
      <span class="choice__name">${name(service.names)}</span>
      <span class="choice__more">${tags(service)}${open ? (rangeWord(low, high, say) ?? nothing) : nothing}</span>
      ${state.frame ? (none ?? people(waiting)) : nothing}
    </button>
  `;
};

export const people = (count) => html`
  <span class="choice__end ${count ? "" : "choice__end--free"}">
    ${count ? html`<b class="num">${count}</b><small>${say("kiosk.people")}</small>` : html`<small>${say("kiosk.nobody")}</small>`}
  </span>
`;

const shut = (why) => html`<span class="choice__end"><span class="state" data-state="closed">${say(why)}</span></span>`;

export const tags = (service) =>
  service.tags.length
    ? html`<span class="tags">${service.tags.map((tag) => html`<span class="tag">${say(`words.tag.${tag}`)}</span>`)}</span>`
    : nothing;

/** [waiting, low, high, ahead] of a service, if there is anything to say. */
export const line = (state, id) => state.frame?.lines[id];

/** Whether a number may be taken for it now; before the first frame nobody knows, and the server decides. */
export const isOpen = (state, service) => !state.frame || state.openServices.has(service.id);

/** Nobody there: how long the page stays as it is. */
export const countdown = (state, actions) => html`
  <div class="idle" role="timer">
    <div class="countdown" data-left=${state.left}>
      <svg viewBox="0 0 36 36" aria-hidden="true"><circle cx="18" cy="18" r="16" /><circle cx="18" cy="18" r="16" pathLength="1" /></svg>
      <b class="num">${state.left}</b>
    </div>
    <p>${word("kiosk.idle", { seconds: state.left })}</p>
    <button class="button button--primary" type="button" @click=${actions.stay}>${word("kiosk.stay")}</button>
  </div>
`;

/** The server does not answer: where to go instead. */
export const away = () => html`
  <div class="away" role="alert">
    ${icon("wifi-off", "icon--large")}
    <h1>${word("kiosk.away")}</h1>
    <p class="away__where">${word("kiosk.away_where")}</p>
    <p class="lead">${word("kiosk.away_trying")}</p>
  </div>
`;
