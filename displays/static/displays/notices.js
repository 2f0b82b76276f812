// The page of notices: as long as a video is made ready, its card is looked at anew every few seconds.

const EVERY = 2000;
const waiting = () => document.querySelectorAll("[data-making]");

async function look() {
  const answer = await fetch(location.pathname).catch(() => null);
  if (answer?.redirected) return location.reload();
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const card of waiting()) {
    const now = fresh.getElementById(card.id);
    if (now && !card.isEqualNode(now) && !card.contains(document.activeElement)) card.replaceWith(document.adoptNode(now));
  }
}

setInterval(() => waiting().length && look(), EVERY);
