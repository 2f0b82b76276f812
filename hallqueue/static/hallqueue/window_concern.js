// 没办成: a concern raised with one key at the window, born from the ticket in front of the clerk.

import { newKey, pageData, post, Refusal, t } from "./page.js";
import { html } from "./vendor/lit-html.js";
import { closeDialog, headView, refresh, tell } from "./window_dialog.js";
import { toast } from "./window_words.js";

const KINDS = ["refused", "repeated", "doubted", "conduct", "slow", "other"];

/** Ask what could not be done; `frame` is the window's. The same key goes with every try of this dialog. */
export function askConcern(frame) {
  const plan = { kind: KINDS[0], key: newKey(), window: frame.window.number, current: frame.current, refusal: "", busy: false };
  tell(() => formView(plan));
}

const formView = (plan) => html`
  <form @submit=${(event) => submit(event, plan)}>
    ${headView(plan.current ? t("window.concern.title", plan.current) : t("window.concern.title_none"))}
    <div class="dialog__body">
      <div class="field"><span class="field__label">${t("window.concern.kind")}</span>
        <div class="presets" role="radiogroup" aria-label=${t("window.concern.kind")}>${KINDS.map((kind, index) => kindView(plan, kind, index))}</div></div>
      <label class="field"><span class="field__label">${t("window.concern.failed")}</span>
        <textarea class="input" name="failed" data-first maxlength="1000" @keydown=${(event) => keys(event, plan)}></textarea>
        <span class="field__hint">${t("window.concern.hint")}</span></label>
      <label class="field"><span class="field__label">${t("window.concern.wish")}</span><input class="input" name="wish" maxlength="500" autocomplete="off"></label>
      <div class="row">
        <label class="field grow"><span class="field__label">${t("window.concern.name")}</span><input class="input" name="name" maxlength="40" autocomplete="off"></label>
        <label class="field grow"><span class="field__label">${t("window.concern.phone")}</span><input class="input" name="phone" inputmode="tel" maxlength="30" autocomplete="off"></label>
      </div>
      <p class="field__error" role="alert" ?hidden=${!plan.refusal}>${plan.refusal}</p>
    </div>
    <div class="dialog__foot">
      <button class="button" type="button" @click=${closeDialog}>${t("window.close_dialog")}<kbd>Esc</kbd></button>
      <button class="button button--primary" type="submit" aria-busy=${plan.busy}>${t("window.concern.save")}<kbd>↵</kbd></button>
    </div>
  </form>`;

const kindView = (plan, kind, index) => html`
  <button class="button button--small" type="button" role="radio" aria-checked=${plan.kind === kind} aria-pressed=${plan.kind === kind}
    @click=${() => choose(plan, kind)}><kbd>${index + 1}</kbd>${t(`concern.kind.${kind}`)}</button>`;

function choose(plan, kind) {
  plan.kind = kind;
  refresh();
}

/** A figure chooses the kind while nothing is written; Enter sends. */
function keys(event, plan) {
  if (event.isComposing || event.repeat) return;
  const kind = event.target.value ? undefined : KINDS[Number(event.key) - 1];
  if (kind) choose(plan, kind);
  else if (event.key === "Enter" && !event.shiftKey) event.target.form.requestSubmit();
  else return;
  event.preventDefault();
}

async function submit(event, plan) {
  event.preventDefault();
  if (plan.busy) return;
  const typed = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value.trim()));
  const ticket = plan.current?.ticket;
  Object.assign(plan, { busy: true, refusal: "" });
  refresh();
  try {
    const fields = { ...typed, kind: plan.kind, window: plan.window, ...(ticket ? { ticket } : {}) };
    const answer = await post(`/${pageData.hall}/concerns/raise/`, fields, { key: plan.key });
    closeDialog();
    return toast(t("window.concern.done", answer));
  } catch (error) {
    plan.refusal = error instanceof Refusal ? error.message : t("window.concern.lost");
  }
  plan.busy = false;
  refresh();
}
