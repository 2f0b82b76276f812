// One of a few, in the console's dialog: its figure is the answer.

import { t } from "./page.js";
import { html } from "./vendor/lit-html.js";
import { closeDialog, headView, tell } from "./window_dialog.js";

/** Choose one; `choices`: [{id, face, off?}]; the dialog closes before `use(id)` is called. */
export function pick(title, choices, use) {
  const run = (id) => {
    closeDialog();
    use(id);
  };
  const keys = (event) => {
    const chosen = choices[Number(event.key) - 1];
    if (!chosen || chosen.off || event.repeat) return;
    event.preventDefault();
    run(chosen.id);
  };
  tell(() => html`${headView(title)}
    <div class="dialog__body stack tight pick" @keydown=${keys}>
      ${choices.map((each, index) => html`<button class="button button--wide button--large" type="button" ?data-first=${!index} ?disabled=${each.off}
        @click=${() => run(each.id)}>${each.face}<kbd>${index + 1}</kbd></button>`)}</div>
    <div class="dialog__foot"><button class="button" type="button" @click=${closeDialog}>${t("window.close_dialog")}<kbd>Esc</kbd></button></div>`);
}
