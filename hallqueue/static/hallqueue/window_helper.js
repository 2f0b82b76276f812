// A clerk calls a helper to the window: the desk hears it at once.

import { newKey, pageData, post, t } from "./page.js";
import { html } from "./vendor/lit-html.js";
import { pick } from "./pick_dialog.js";
import { icon, toast } from "./window_words.js";

const ICONS = { wheelchair: "accessibility", interpreter: "languages", agent: "hand-helping", other: "bell" };

/** Ask what is needed at window `number`, and tell the desk. */
export function callHelper(number) {
  const choices = Object.entries(ICONS).map(([id, name]) => ({ id, face: html`${icon(name)}<span class="grow">${t(`help.kind.${id}`)}</span>` }));
  const key = newKey();
  pick(t("help.window_title"), choices, async (kind) => {
    try {
      await post(`/${pageData.hall}/help/`, { kind, window: number }, { key, tries: 3 });
      toast(t("help.told"));
    } catch (error) {
      toast(error.message || t("help.failed"), true);
    }
  });
}
