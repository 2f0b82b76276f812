// Beside the work: who calls for a helper, and what is lent.

import { pageData, t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { repeat } from "./vendor/directives/repeat.js";
import { sign } from "./desk_keys.js";
import { paperView } from "./desk_paper.js";
import { duration, icon } from "./window_words.js";

const ICONS = { wheelchair: "accessibility", interpreter: "languages", agent: "hand-helping", other: "bell" };

export const asideView = (view) => html`<aside class="desk__aside">${paperView(view)}${helpView(view)}${lendingView(view)}</aside>`;

const helpView = ({ desk, hands, now }) => {
  const { help } = desk.main.data;
  const waiting = help.filter((each) => !each.taken_at).length;
  return html`
    <section class="card card--flush desk__help ${waiting ? "card--alarm" : ""}" aria-live="polite">
      <div class="card__head row row--spread"><h2>${t("desk.help")} <span class="count ${waiting ? "count--alarm" : ""}">${help.length}</span></h2>
        <button class="button button--small" type="button" @click=${() => hands.ask("call")}>${icon("bell")}${t("desk.verb.call")}<kbd>${sign("call")}</kbd></button></div>
      <div class="list desk__list">${repeat(help, (each) => each.call, (each, index) => helpRow(each, now, hands, desk, index))}</div>
      ${help.length ? nothing : html`<p class="desk__none soft">${t("desk.help_none")}</p>`}
    </section>`;
};

/** One call for help: what, where, since when; the key stands on the first that can be taken, and on one's own. */
export const helpRow = (each, now, hands, desk, index = 1) => {
  const waited = now - Date.parse(each.since);
  const late = !each.taken_at && waited > desk.main.data.help_minutes * 60_000;
  const first = desk.main.data.help.find((other) => !other.taken_at)?.call === each.call;
  return html`
    <div class="list__row desk__call" data-level=${late ? "alarm" : nothing} data-index=${index}>
      ${icon(ICONS[each.kind])}
      <div class="grow"><p><b>${t(`desk.kind.${each.kind}`)}</b> · ${placeOf(each)}
          ${each.ticket ? html`<button class="link" type="button" @click=${() => hands.openSheet(each.ticket)}>${each.label}</button>` : nothing}</p>
        <p class="fine">${each.note ? html`${each.note} · ` : nothing}<span class="num ${late ? "desk__late" : ""}">${duration(waited)}</span>
          ${each.taken_at ? html` · ${t("desk.taken", { name: each.taker || "–" })}` : nothing}</p></div>
      ${each.taken_at ? takenButtons(each, hands) : takeButton(each, first, hands)}
    </div>`;
};

const takeButton = (each, first, hands) => html`
  <button class="button button--small ${first ? "button--primary" : ""}" type="button" @click=${() => hands.verb("help_take", { call: each.call })}>
    ${t("desk.verb.help_take")}${first ? html`<kbd>${sign("help_take")}</kbd>` : nothing}</button>`;

const takenButtons = (each, hands) => html`
  <button class="button button--small" type="button" @click=${() => hands.ask("done", each)}>${t("desk.verb.help_done")}
    ${each.taken_by === pageData.me ? html`<kbd>${sign("help_done")}</kbd>` : nothing}</button>`;

export const placeOf = ({ place, spot }) => (spot ? t(`desk.place.${place}_spot`, { spot }) : t(`desk.place.${place}`));

const lendingView = ({ desk, hands, now }) => {
  const { things, loans } = desk.main.data;
  return html`
    <section class="card card--flush desk__lending">
      <div class="card__head row row--spread"><h2>${t("desk.lending")} <span class="count">${loans.length}</span></h2>
        <span class="row"><button class="button button--small" type="button" @click=${() => hands.ask("lend")}>${t("desk.verb.lend")}<kbd>${sign("lend")}</kbd></button>
        <button class="button button--small" type="button" @click=${() => hands.ask("back")}>${t("desk.verb.back")}<kbd>${sign("back")}</kbd></button></span></div>
      <ul class="desk__things">${things.map(thingView)}</ul>
      <div class="list desk__list">${repeat(loans, (each) => each.loan, (each) => loanRow(each, now, hands))}</div>
      ${things.length ? nothing : html`<p class="desk__none soft">${t("desk.no_things")}</p>`}
    </section>`;
};

const thingView = (each) => html`
  <li>${icon(each.icon || "hand-helping")}<span class="clip-1">${each.name}</span>
    <b class="num">${each.total - each.out}<small>/${each.total}</small></b></li>`;

/** One loan: what, which number, whose ticket or what was left for it. */
export const loanRow = (each, now, hands) => html`
  <div class="list__row desk__loan" data-level=${each.overdue ? "alarm" : nothing}>
    ${icon(each.icon || "hand-helping")}
    <div class="grow"><p><b>${t("desk.piece", each)}</b>
        ${each.ticket ? html`<button class="link" type="button" @click=${() => hands.openSheet(each.ticket)}>${each.label}</button>` : nothing}</p>
      <p class="fine">${each.deposit ? html`${each.deposit} · ` : nothing}<span class="num">${duration(now - Date.parse(each.since))}</span>
        ${each.overdue ? html` · <b class="desk__late">${t("desk.overdue")}</b>` : nothing}</p></div>
    <button class="button button--small" type="button" @click=${() => hands.verb("back", { loan: each.loan })}>${t("desk.verb.back")}</button>
  </div>`;
