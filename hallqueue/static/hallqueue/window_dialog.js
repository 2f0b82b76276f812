// The one dialog of the console: perhaps something to choose from a list, perhaps a reason, then Enter.

import { Refusal, t, Unreachable } from "./page.js";
import { html, nothing, render } from "./vendor/lit-html.js";
import { giveUp, saying } from "./window_say.js";
import { icon } from "./window_words.js";

const element = document.getElementById("dialog");
const LONGEST_REASON = 200;
const TYPING_PAUSE = 120;

let open = null;

/**
 * Ask. `plan`: {title, lead?, search?: {label, find(query) → Promise<items>, few?}, first?, presets?: [text], longest?,
 * choices?: [{name, label, options: [[value, text]], value}], reason?: {label, hint, value}, confirm: text, alarm?,
 * submit({item, reason, values}) → Promise}. An item: {id, face, words, group?}. `few` are all the items there are, none
 * with a figure in its words: a figure chooses one of them, as among the presets. The dialog closes when
 * `submit` resolves to true; a refusal is shown in it, and what was typed stays.
 */
export function ask(plan) {
  render(nothing, element);
  open = { longest: LONGEST_REASON, items: plan.search?.few ?? null, chosen: 0, query: "", found: "", refusal: "", busy: false, asked: 0, ...plan };
  draw();
  if (!element.open) element.showModal();
  (element.querySelector("[data-first]") ?? element.querySelector("button[type=submit]")).focus();
  if (open.search && !open.search.few) search("");
}

/** Show a page of words with buttons as the caller renders them; `lasting` cannot be waved away. */
export function tell(content, lasting = false) {
  render(nothing, element);
  open = { content, lasting };
  draw();
  if (!element.open) element.showModal();
  (element.querySelector("[data-first]") ?? element).focus();
}

/** Type what was struck before the dialog stood, as if it were struck now. */
export function typeIn(text) {
  for (const key of text) {
    const field = document.activeElement;
    if (!element.contains(field)) return;
    const isFree = field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    if (!isFree || !field.matches("input, textarea")) continue;
    field.value += key;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

export const isLasting = () => Boolean(open?.lasting);

export function closeDialog() {
  open = null;
  if (element.open) element.close();
  render(nothing, element);
}

element.addEventListener("cancel", (event) => {
  event.preventDefault();
  if (!open?.busy && !open?.lasting) closeDialog();
});
element.addEventListener("click", (event) => {
  if (event.target === element && !open?.busy && !open?.lasting) closeDialog();
});

async function search(query) {
  const plan = open;
  const turn = ++plan.asked;
  plan.query = query;
  const items = await plan.search.find(query).catch(() => []);
  if (plan !== open || turn !== plan.asked) return;
  const first = plan.first ? items.findIndex((item) => item.id === plan.first) : 0;
  Object.assign(plan, { items, found: query, chosen: Math.max(0, first), first: null });
  draw();
}

/** Keys may be faster than the list: what was typed decides, not what stood there before it was found. */
async function settle(plan) {
  clearTimeout(plan.typing);
  const query = element.querySelector("#dialog-search")?.value ?? "";
  if (plan.search && query !== plan.found) await search(query);
}

function typed(event) {
  const query = event.target.value;
  clearTimeout(open.typing);
  open.typing = setTimeout(() => open && search(query), TYPING_PAUSE);
}

async function submit(event) {
  event.preventDefault();
  const plan = open;
  if (plan.busy) return;
  const reason = element.querySelector("[name=reason]")?.value.trim() ?? "";
  const values = Object.fromEntries((plan.choices ?? []).map(({ name }) => [name, element.querySelector(`[name=${name}]`).value]));
  Object.assign(plan, { busy: true, refusal: "" });
  draw();
  try {
    await settle(plan);
    if ((await plan.submit({ item: plan.items?.[plan.chosen], reason, values })) && plan === open) return closeDialog();
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof Unreachable)) throw error;
    plan.refusal = error.message;
  } finally {
    plan.busy = false;
  }
  if (plan === open) draw();
}

function keysOfList(event) {
  const index = Number(event.key) - 1;
  if (open.search.few?.[index] && !event.target.value) return chooseFigure(event, index);
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.code];
  const count = open.items?.length ?? 0;
  if (step && count) {
    event.preventDefault();
    choose(Math.min(count - 1, Math.max(0, open.chosen + step)));
  } else if (event.key === "Enter" && !event.isComposing && open.presets) {
    event.preventDefault();
    if (!event.repeat) element.querySelector("[name=reason]").focus();
  }
}

/** A figure settles which one, and the reason is next; a key held down says nothing of the reason. */
function chooseFigure(event, index) {
  event.preventDefault();
  if (event.repeat) return;
  choose(index);
  element.querySelector("[name=reason]")?.focus();
}

function choose(index) {
  open.chosen = index;
  draw();
  element.querySelector(`#item-${index}`)?.scrollIntoView({ block: "nearest" });
}

function keysOfReason(event) {
  const preset = open.presets[Number(event.key) - 1];
  if (event.key === "Enter" && (event.repeat || event.isComposing)) event.preventDefault();
  if (event.target.value || !preset || event.repeat) return;
  event.preventDefault();
  event.target.value = preset;
}

function takePreset(text) {
  const field = element.querySelector("[name=reason]");
  field.value = text;
  field.focus();
}

const listView = (plan) => html`
  <div class="field">
    <label for="dialog-search">${plan.search.label}</label>
    <input class="input" id="dialog-search" data-first autocomplete="off" spellcheck="false" role="combobox" maxlength="60"
      aria-expanded="true" aria-controls="dialog-list" aria-activedescendant="item-${plan.chosen}"
      @input=${typed} @keydown=${keysOfList}>
  </div>
  <ul class="list choices" id="dialog-list" role="listbox" aria-label=${plan.search.label}>
    ${(plan.items ?? []).map((item, index) => itemView(plan, item, index))}
    ${plan.items && !plan.items.length ? html`<li class="choices__none soft">${t("window.nothing_found")}</li>` : nothing}
  </ul>`;

const itemView = (plan, item, index) => html`
  <li class="list__row" id="item-${index}" role="option" aria-selected=${index === plan.chosen} @click=${() => choose(index)}>
    ${plan.search.few && !plan.query ? html`<kbd>${index + 1}</kbd>` : nothing}${item.face}
  </li>`;

const reasonView = (plan) => html`
  <div class="field">
    <label for="dialog-reason">${plan.reason?.label ?? t("window.reason")}</label>
    <input class="input" id="dialog-reason" name="reason" ?data-first=${!plan.search} autocomplete="off"
      value=${plan.reason?.value ?? nothing} maxlength=${plan.longest} aria-describedby="dialog-hint" @keydown=${keysOfReason}>
    <p class="field__hint" id="dialog-hint">${plan.reason?.hint ?? t("window.reason_hint", { limit: plan.longest })}</p>
  </div>
  <div class="presets">
    ${plan.presets.map(
      (text, index) => html`<button class="button button--small" type="button" tabindex="-1" @click=${() => takePreset(text)}>
        <kbd>${index + 1}</kbd>${text}</button>`,
    )}
  </div>`;

/** Small choices beside the reason: what is chosen already is what is usual, so that Enter is enough. */
const choicesView = (plan) => html`
  <div class="choices-row">${plan.choices.map(({ name, label, options, value }) => html`
    <div class="field"><label for="dialog-${name}">${label}</label>
      <select class="input" id="dialog-${name}" name=${name} @keydown=${enterSubmits}>
        ${options.map(([each, words]) => html`<option value=${each} ?selected=${each === value}>${words}</option>`)}
      </select></div>`)}</div>`;

function enterSubmits(event) {
  if (event.key !== "Enter" || event.repeat) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

const askView = (plan) => html`
  <form @submit=${submit}>
    ${headView(plan.title)}
    <div class=${plan.search && plan.presets ? "dialog__body dialog__body--two" : "dialog__body"}>
      ${plan.lead ? html`<p class="soft">${plan.lead}</p>` : nothing}
      ${plan.search ? html`<div class="dialog__part">${listView(plan)}</div>` : nothing}
      ${plan.presets || plan.choices
        ? html`<div class="dialog__part">${plan.presets ? reasonView(plan) : nothing} ${plan.choices ? choicesView(plan) : nothing}</div>`
        : nothing}
      <p class="field__error" role="alert" ?hidden=${!plan.refusal}>${plan.refusal}</p>
      ${saying.lost ? lostView() : nothing}
    </div>
    <div class="dialog__foot">
      <button class="button" type="button" @click=${closeDialog}>${t("window.close_dialog")}<kbd>Esc</kbd></button>
      <button class="button ${plan.alarm ? "button--alarm" : "button--primary"}" type="submit"
        aria-busy=${plan.busy}>${plan.confirm}<kbd>↵</kbd></button>
    </div>
  </form>`;

export const headView = (title) => html`
  <div class="dialog__head"><h2 id="dialog-title">${title}</h2>
    ${open?.lasting ? nothing : html`<button class="button button--quiet button--icon" type="button"
      aria-label=${t("window.close_dialog")} @click=${closeDialog}>${icon("x")}</button>`}</div>`;

/** The server is away; the press is tried again until the clerk gives up. */
export const lostView = () => html`
  <div class="note note--special" role="alert">${icon("wifi-off")}
    <p class="grow">${t("window.lost", { verb: t(`window.verb.${saying.verb}`) })}</p>
    <button class="button button--small" type="button" @click=${giveUp}>${t("window.give_up")}</button></div>`;

/** Draw again what is open, when something it shows has changed. */
export function refresh() {
  if (open) draw();
}

function draw() {
  render(open.content ? open.content() : askView(open), element);
}
