// Issuing for somebody: what it is, who goes first, language, paper, a note; Enter gives the number.

import { pageData, t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { departmentOf, isOpen, nameOf } from "./desk_find.js";
import { sign } from "./desk_keys.js";
import { isBusy } from "./desk_say.js";
import { icon } from "./window_words.js";

/** A wish as it begins; the printer stays the one that was chosen last. */
export const freshWish = () => ({ priority: "", language: "zh", print: true, printer: null, note: "", people: 1, also: [] });

/** What is posted for the wish on the page. */
export function wishFields(desk) {
  const { priority, language, note, print, printer } = desk.wish;
  const what = desk.service.unknown ? { unknown: true } : { service: desk.service.code };
  const fields = { ...what, priority, language, note: note.trim(), print };
  if (desk.wish.people > 1) fields.people = desk.wish.people;
  if (desk.wish.also.length && !desk.service.unknown) fields.also = desk.wish.also.map((each) => each.code);
  if (print && printer !== null) fields.printer = printer;
  if (!desk.service.unknown && !isOpen(desk, desk.service)) fields.to_fallback = true;
  return fields;
}

export const issueView = ({ desk, hands }) => {
  const { service, wish } = desk;
  const open = isOpen(desk, service);
  return html`
    <article class="card desk__issue stack">
      <div>
        <p class="eyebrow">${t("desk.issue_for")}</p>
        <h2 class="desk__service">${nameOf(service.names)}</h2>
        <p class="soft">${departmentOf(desk, service)}
          ${service.tags.map((tag) => html` <span class="tag">${t(`words.tag.${tag}`)}</span>`)}</p>
      </div>
      ${open ? html`<p class="lead num">${lineWords(desk, service)}</p>` : shutView(desk)}
      ${row(t("desk.priority"), pageData.priorities.map((kind, index) => priorityButton(wish, kind, index + 1, hands)))}
      ${row(t("desk.language"), pageData.languages.map((each) => languageButton(wish, each, hands)), sign("language"))}
      ${row(t("desk.paper"), paperButtons(desk, hands), sign("slip"))}
      ${service.unknown ? nothing : row(t("desk.also"), alsoButtons(wish, hands), sign("also"))}
      ${row(t("desk.people"), peopleButtons(wish, hands))}
      <div class="desk__wish"><label class="field__label" for="note">${t("desk.note")} <kbd>${sign("note")}</kbd></label>
        <input class="input" id="note" maxlength="200" autocomplete="off" .value=${wish.note} placeholder=${t("desk.note_hint")}
          @input=${(event) => hands.wish({ note: event.target.value })} @keydown=${(event) => keysOfNote(event, hands)}></div>
      <div class="row desk__go">
        <button class="button button--primary button--large grow" type="button" aria-busy=${isBusy() ? "true" : "false"}
          @click=${hands.issue}>${icon("ticket")}${t(open ? "desk.issue" : "desk.issue_fallback")}<kbd>↵</kbd></button>
        <button class="button button--large" type="button" @click=${hands.home}>${t("desk.leave")}<kbd>Esc</kbd></button>
      </div>
    </article>`;
};

const row = (name, buttons, key) => html`
  <div class="desk__wish" role="group" aria-label=${name}><span class="field__label">${name} ${key ? html`<kbd>${key}</kbd>` : nothing}</span>
    <div class="row">${buttons}</div></div>`;

const priorityButton = (wish, kind, digit, hands) => html`
  <button class="button" type="button" aria-pressed=${wish.priority === kind ? "true" : "false"}
    @click=${() => hands.wish({ priority: wish.priority === kind ? "" : kind })}>${t(`words.priority.${kind}`)}<kbd>${digit}</kbd></button>`;

const languageButton = (wish, each, hands) => html`
  <button class="button" type="button" aria-pressed=${wish.language === each ? "true" : "false"}
    @click=${() => hands.wish({ language: each })}>${t(`window.language.${each}`)}</button>`;

const paperButtons = ({ wish, printers }, hands) => html`
  <button class="button" type="button" aria-pressed=${wish.print ? "true" : "false"} @click=${() => hands.wish({ print: !wish.print })}>
    ${icon("printer")}${t(wish.print ? "desk.print_yes" : "desk.print_no")}</button>
  ${wish.print && printers.length > 1
    ? html`<button class="button" type="button" @click=${() => hands.wish({ printer: nextPrinter(printers, wish.printer) })}>
        ${printerName(printers, wish.printer)}<kbd>${sign("printer")}</kbd></button>`
    : nothing}
  ${wish.print && !printers.length ? html`<span class="fine">${t("desk.no_printer")}</span>` : nothing}`;

const alsoButtons = (wish, hands) => html`
  ${wish.also.map((each) => html`<button class="button" type="button" aria-pressed="true" title=${t("desk.also_off")}
    @click=${() => hands.wish({ also: wish.also.filter((other) => other !== each) })}><span class="clip-1">${nameOf(each.names)}</span>${icon("x")}</button>`)}
  <button class="button" type="button" @click=${() => hands.ask("also")}>${icon("plus")}${t("desk.also_add")}</button>`;

const peopleButtons = (wish, hands) => html`
  <button class="button button--icon" type="button" aria-label=${t("desk.fewer")} @click=${() => hands.wish({ people: Math.max(1, wish.people - 1) })}>−</button>
  <b class="num">${t("desk.people_count", { count: wish.people })}</b>
  <button class="button button--icon" type="button" aria-label=${t("desk.more")} @click=${() => hands.wish({ people: Math.min(99, wish.people + 1) })}>+</button>
  <kbd>−</kbd><kbd>+</kbd>`;

export function nextPrinter(printers, chosen) {
  const all = [null, ...printers.map((each) => each.id)];
  return all[(all.indexOf(chosen) + 1) % all.length];
}

export const printerName = (printers, chosen) => printers.find((each) => each.id === chosen)?.name ?? t("desk.usual_printer");

const shutView = ({ lines }) => html`
  <div class="note note--special">${icon("info")}<p>${t(lines?.fallback?.open ? "desk.shut_fallback" : "desk.shut_nobody")}</p></div>`;

function lineWords(desk, service) {
  const [, low, high, ahead] = desk.lines?.lines[service.id] ?? [0, null, null, 0];
  const before = ahead ? t("desk.ahead", { count: ahead }) : t("desk.nobody_ahead");
  return high === null ? before : `${before} · ${low ? t("desk.range", { low, high }) : t("desk.under", { high })}`;
}

function keysOfNote(event, hands) {
  if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
  event.preventDefault();
  document.getElementById("desk").focus({ preventScroll: true });
  if (event.key === "Enter" && !event.repeat) hands.issue();
}
