// On the ticket's own page: call somebody to one's seat.

import { html, nothing } from "./vendor/lit-html.js";
import { newKey, post } from "./page.js";

const KINDS = { wheelchair: "accessibility", interpreter: "languages", agent: "hand-helping", other: "bell" };
const calling = { busy: false, said: "" };

/** The part of the page; `speak`: {word, say, icon, draw}. */
export const helpPart = ({ word, say, icon, draw }) => html`
  <details class="slip__help"><summary>${icon("hand-helping")}${word("help.call")}</summary>
    <div class="stack">
      <input class="input" id="spot" maxlength="60" autocomplete="off" aria-label=${say("help.spot")} placeholder=${say("help.spot")}>
      <div class="grid grid--narrow">${Object.entries(KINDS).map(
        ([kind, name]) => html`<button class="button" type="button" ?disabled=${calling.busy} @click=${() => ask(kind, draw)}>
          ${icon(name)}<span>${word(`help.kind.${kind}`)}</span></button>`,
      )}</div>
      ${calling.said ? html`<p class=${calling.said === "help.asked" ? "note note--done" : "alarm"} role="status">${word(calling.said)}</p>` : nothing}
    </div></details>
`;

async function ask(kind, draw) {
  Object.assign(calling, { busy: true, said: "" });
  draw();
  try {
    const spot = document.getElementById("spot").value.trim();
    await post("help/", { kind, spot }, { key: newKey(), tries: 3 });
    calling.said = "help.asked";
  } catch {
    calling.said = "help.failed";
  }
  calling.busy = false;
  draw();
}
