// The list of walkthroughs: what a phone kept without a link and could not send, its page being closed, goes from here.

import { pageData, t } from "./page.js";
import { forgetPages, keepPages, outboxOf, waitingOf } from "./walkthrough_kept.js";

const place = document.getElementById("left");
const counts = new Map();
const refused = [];

function show() {
  const count = [...counts.values()].reduce((sum, each) => sum + each, 0);
  const words = count ? t("walkthrough.left", { count }) : t("walkthrough.left_sent");
  place.querySelector("p").textContent = [words, ...refused].join(" ");
  place.hidden = false;
}

/** The list as it is now that a walk is over. */
async function refresh() {
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".walk-list");
  if (fresh) document.querySelector(".walk-list").replaceWith(fresh);
}

for (const walkthrough of await waitingOf(pageData.mine)) {
  const outbox = outboxOf(walkthrough, `${walkthrough}/`, {
    onSent: ({ verb }) => verb === "finish" && void refresh(),
    onChange: (items) => {
      counts.set(walkthrough, items.length);
      show();
    },
    onRefused: (error, { words }) => refused.push([words, error.message].filter(Boolean).join(" · ")),
  });
  await outbox.flush();
}
void forgetPages(pageData.walking);
void keepPages();
